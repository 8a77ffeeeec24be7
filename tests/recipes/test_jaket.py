"""JAKET as a recipe: pre-training, files, resuming, reading entities and texts, other graphs."""

from __future__ import annotations

import pytest
import torch
from jaket_runs import people, people_encoder, people_recipe, pretrained

from graphkg.errors import InputError
from graphkg.recipes import load
from graphkg.recipes.jaket import build_jaket_recipe
from graphkg.recipes.jaket_classification import build_classification_recipe
from graphkg.recipes.jaket_data import held_out
from graphkg.recipes.jaket_presets import CLASSIFICATION, PRESETS
from graphkg.recipes.jaket_system import JAKETSystem
from graphkg.recipes.jaket_training import train_jaket
from graphkg.training.fit import read_log

LOSSES = ("category", "relation", "token", "entity")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return people_encoder(tmp_path_factory.mktemp("jaket") / "encoder")


@pytest.fixture(scope="module")
def run(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("runs") / "run"
    return pretrained(folder, encoder, epochs=6), folder


def test_presets_are_settings():
    for preset in PRESETS:
        assert build_jaket_recipe(preset).held_out == 0.5
    for preset in CLASSIFICATION:
        assert build_classification_recipe(preset).held_out == 0.5


def test_all_four_losses_fall_and_validation_names_each(run):
    log = read_log(run[1] / "log.jsonl")
    for name in LOSSES:
        assert log[-1][f"loss/{name}"] < log[0][f"loss/{name}"]
    sums = [sum(row[f"valid/{name}"] for name in LOSSES) for row in log]
    assert [row["likelihood"] for row in log] == pytest.approx([-total for total in sums], rel=1e-5)
    assert run[0].training["best"] == max(row["likelihood"] for row in log) > -sums[0]


def test_a_saved_run_loads_with_the_same_bits(run):
    system, folder = run
    again = load(folder)
    assert isinstance(again, JAKETSystem) and again.recipe == system.recipe
    assert torch.equal(again.vectors(), system.vectors())
    assert torch.equal(again.contexts(), system.contexts())
    assert (
        again.data == system.data
        and again.triples.entities.labels == system.triples.entities.labels
    )
    assert again.training == system.training and again.fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"memory": "off", "add_inverse": True, "composition": "mlp"},
        {"memory": "random", "use_relations_in_pretraining": True, "weights": {"token": 0}},
        {"kg": "off", "whiten": True},
        {"kg": "shuffled", "merge_layernorm": False, "valid_share": 0.0},
    ],
)
def test_every_choice_trains_and_loads(tmp_path, encoder, changes):
    system = pretrained(tmp_path / "run", encoder, epochs=1, **changes)
    assert torch.equal(load(tmp_path / "run").vectors(), system.vectors())


def state(system):
    return torch.cat([value.flatten().double() for value in system.model.state_dict().values()])


@pytest.mark.parametrize("whiten", [False, True])
def test_a_killed_run_resumes_to_the_same_bits_memory_included(
    tmp_path, encoder, monkeypatch, whiten
):
    from graphkg.models import JAKET

    changes = {"epochs": 3, "whiten": whiten}
    whole = pretrained(tmp_path / "whole", encoder, **changes)
    real, memories = JAKET.after_step, []

    def killed(self, step):
        real(self, step)
        if step == 5:  # within the second epoch, with a memory mixed from several refreshes
            raise KeyboardInterrupt

    def noted(self, step):
        real(self, step)
        memories.append(self.store["entity"].checksum())

    monkeypatch.setattr(JAKET, "after_step", killed)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        pretrained(tmp_path / "run", encoder, **changes)
    assert not (tmp_path / "run" / "model.safetensors").exists()
    with pytest.raises(InputError, match="has not ended: go on with --resume"):
        load(tmp_path / "run")
    monkeypatch.setattr(JAKET, "after_step", noted)
    again = train_jaket(people_recipe(encoder), tmp_path / "run", resume=True, data=people())
    resumed = list(memories)
    memories.clear()
    pretrained(tmp_path / "third", encoder, **changes)
    assert resumed == memories[-len(resumed) :] and len(set(memories)) > 3
    assert torch.equal(state(whole), state(again))
    logs = [read_log(tmp_path / name / "log.jsonl") for name in ("whole", "run")]
    for one, two in zip(*logs):
        assert {**one, "seconds": 0} == {**two, "seconds": 0}


def test_an_entity_alone_is_read_as_among_all(run):
    system = run[0]
    names = system.triples.entities.labels
    every = system.vectors()
    for place in (0, 7, len(names) - 1):
        assert torch.allclose(system.vectors(names[place])[0], every[place], atol=1e-5)
    assert system.vectors([names[3], names[3]]).shape == (2, 32)
    assert not torch.allclose(every, system.contexts(), atol=0.1)
    with pytest.raises(InputError, match="entity 'Nobody' is neither a label nor a name"):
        system.vectors(["Nobody"])


def test_texts_are_read_with_the_entities_that_they_name(run):
    system = run[0]
    name = system.triples.entities.label(0)
    found = system.read_texts([f"{name} works for nobody .", "nothing is here", ""])
    assert [one.graph.key for one in found] == ["0#0", "1#0"]
    assert [(m.text, m.entity) for m in found[0].graph.mentions] == [(name, 0)]
    assert found[0].rows.shape == (found[0].graph["piece"].num_nodes, 32)
    assert torch.equal(found[0].vector, found[0].rows[0])
    alone = system.read_texts("nothing is here")[0]
    assert torch.allclose(alone.rows, found[1].rows, atol=1e-5)
    without = system.with_graph(people())
    without.__dict__["matcher"] = type(system.matcher)([])
    unlinked = without.read_texts(f"{name} works for nobody .")[0]
    assert (unlinked.rows - found[0].rows).abs().max() > 1e-3


def test_long_texts_come_in_chunks(run):
    text = "Nobody works here today . " * 30
    found = run[0].read_texts(text)
    assert len(found) > 3 and all(one.rows.size(0) <= 24 for one in found)
    assert all(text[one.graph.offset :].startswith(one.graph.text) for one in found)


def test_another_graph_needs_no_training_and_leaves_the_first(run):
    system = run[0]
    before = system.vectors()
    _, unseen = held_out(people(), system.recipe)
    other = system.with_graph(unseen)
    assert other.vectors().shape == (len(unseen.entities), 32)
    assert other.data["entities"] == len(unseen.entities)
    assert torch.equal(system.vectors(), before)
    same = {name: value.data_ptr() for name, value in system.model.state_dict().items()}
    assert {n: v.data_ptr() for n, v in other.model.state_dict().items()} == same
    back = other.with_graph(system.triples)
    assert torch.allclose(back.vectors(), before, atol=1e-6)


def test_mistakes_are_one_sentence(run, tmp_path, encoder):
    with pytest.raises(InputError, match="is a pre-training, which no test set scores"):
        run[0].evaluate()
    with pytest.raises(InputError, match="text_length=512 was asked for, but the encoder reads"):
        pretrained(tmp_path / "a", encoder, text_length=512)
    with pytest.raises(InputError, match="unknown key 'rots'; did you mean 'roots'"):
        build_jaket_recipe(None, {"rots": 3})
    with pytest.raises(InputError, match="a weight of the loss 'tokens' was given"):
        pretrained(tmp_path / "b", encoder, weights={"tokens": 1})
    with pytest.raises(InputError, match="exists and is not empty"):
        pretrained(run[1], encoder)
