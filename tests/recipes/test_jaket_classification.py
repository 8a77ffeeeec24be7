"""Entities of an unseen graph are classified: the paper's rows, files, resuming, protocol."""

from __future__ import annotations

import pytest
import torch
from jaket_runs import people, people_encoder, pretrained

from graphkg.errors import InputError
from graphkg.metrics.categories import CategoryScores
from graphkg.recipes import load
from graphkg.recipes.jaket_classification import build_classification_recipe
from graphkg.recipes.jaket_classification_training import train_classification
from graphkg.recipes.jaket_data import held_out

SMALL = {"data": "people", "held_out": 0.6, "description_limit": 16, "knowledge_heads": 4,
         "epochs": 6, "batch_size": 8, "rate": 0.01, "rates": {"encoder": 0.002},
         "shares": (0.4, 0.2), "progress": False, "device": "cpu"}  # fmt: skip


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return people_encoder(tmp_path_factory.mktemp("jaket") / "encoder")


@pytest.fixture(scope="module")
def pretraining(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("runs") / "pretraining"
    pretrained(folder, encoder, epochs=2, add_inverse=True)
    return folder


def train(folder, encoder, resume=False, **changes):
    recipe = build_classification_recipe(None, {**SMALL, "encoder": encoder, **changes})
    return train_classification(recipe, folder, resume=resume, data=people())


ROWS = [("encoder", "on"), ("random", "on"), ("memory", "on"), ("memory", "off"),
        ("memory", "shuffled"), ("jaket", "on"), ("jaket", "off"),
        ("jaket", "shuffled")]  # fmt: skip


@pytest.mark.parametrize(("start", "kg"), ROWS)
def test_every_row_of_the_paper_trains_and_loads_with_the_same_bits(
    tmp_path, encoder, pretraining, start, kg
):
    init = {"init": str(pretraining)} if start == "jaket" else {}
    system = train(tmp_path / "run", encoder, start=start, kg=kg, epochs=2, **init)
    again = load(tmp_path / "run")
    every = torch.arange(len(system.triples.entities))
    assert torch.equal(again.scores(every), system.scores(every))
    assert again.evaluate("valid") == system.evaluate("valid")
    protocol = again.evaluate().protocol
    assert protocol["start"] == start and protocol["labels"]["shares"] == [0.4, 0.2]
    assert protocol["kg"] == ("not read" if start == "encoder" else kg)
    assert ("sha256" in protocol["data"]["began_with"]) == (start == "jaket")


def test_the_kinds_of_the_people_are_learned_from_the_graph(tmp_path, encoder):
    system = train(tmp_path / "run", encoder, epochs=30, held_out=0.0, add_inverse=True)
    scores = system.evaluate()
    assert isinstance(scores, CategoryScores)
    assert scores.accuracy > scores.majority_rate + 0.1
    assert system.evaluate("train").accuracy > 0.9
    said = system.predict(["Brenna"])[0]
    assert said.entity == "Brenna" and said.category in system.categories
    assert 1 / 3 <= said.probability <= 1


def test_the_best_epoch_has_the_best_validation_accuracy(tmp_path, encoder):
    system = train(tmp_path / "run", encoder)
    assert system.evaluate("valid").accuracy == pytest.approx(system.training["best"])


def test_entities_and_model_are_those_of_the_run_it_begins_with(tmp_path, encoder, pretraining):
    system = train(tmp_path / "run", encoder, start="jaket", init=str(pretraining), held_out=0.1)
    run = load(pretraining)
    assert not set(system.triples.entities) & set(run.triples.entities)
    assert system.triples.entities.labels == held_out(people(), run.recipe)[1].entities.labels
    assert system.recipe.add_inverse and system.recipe.held_out == 0.35
    lower = run.model.lower.state_dict()
    assert all(
        torch.equal(lower[n], v) for n, v in system.model.reader.model.lower.state_dict().items()
    )
    norm = "layers.0.linear.weight"
    own, given = (m.knowledge.state_dict()[norm] for m in (system.model.reader.model, run.model))
    assert not torch.equal(own, given) and torch.allclose(own, given, atol=0.2)
    triples = sum(graph.heads.numel() for graph in system.triples.parts.values())
    assert system.model.reader.graph["entity", "rel", "entity"].edge_type.numel() == 2 * triples


OTHERS = {
    "train.tsv": "Zed\tleads\tAcme\nYan\tleads\tAcme\nZed\tknows\tYan\nPia\tknows\tZed\n",
    "entities.tsv": "id\ttype\nZed\tperson\nYan\tperson\nPia\tperson\nAcme\tfirm\n",
}


def write_others(folder, more=""):
    """A graph of entities that the people do not know, and perhaps of some that they do."""
    folder.mkdir()
    for name, text in OTHERS.items():
        (folder / name).write_text(text + (more if name == "train.tsv" else ""), encoding="utf-8")
    return str(folder)


def test_the_entities_that_another_graph_has_more_are_the_unseen_ones(
    tmp_path, encoder, pretraining
):
    known = people().entities.label(0)
    others = write_others(tmp_path / "others")
    with (tmp_path / "others" / "entities.tsv").open("a", encoding="utf-8") as table:
        table.write(f"{known}\tperson\n")
    with (tmp_path / "others" / "train.tsv").open("a", encoding="utf-8") as triples:
        triples.write(f"{known}\tknows\tZed\n")
    start = {"start": "jaket", "init": str(pretraining), "unseen": others}
    system = train(tmp_path / "run", encoder, epochs=2, **start)
    assert system.triples.entities.labels == ["Zed", "Yan", "Pia", "Acme"]
    assert sum(graph.heads.numel() for graph in system.triples.parts.values()) == 4
    assert "4 entities that people lacks" in system.triples.name
    assert system.evaluate().protocol["data"]["began_with"]["run"] == str(pretraining)
    every = torch.arange(4)
    assert torch.equal(load(tmp_path / "run").scores(every), system.scores(every))


def test_another_graph_without_new_entities_is_refused(tmp_path, encoder):
    (tmp_path / "same").mkdir()
    labels = people().entities.labels
    (tmp_path / "same" / "train.tsv").write_text(f"{labels[0]}\tr\t{labels[1]}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"all 2 entities of .* are in people, too"):
        train(tmp_path / "run", encoder, unseen=str(tmp_path / "same"))


def test_drawn_neighbours_teach_what_all_neighbours_teach(tmp_path, encoder):
    same = {"epochs": 2, "held_out": 0.0, "knowledge_dropout": 0.0}
    whole = train(tmp_path / "whole", encoder, **same)
    drawn = train(tmp_path / "drawn", encoder, neighbourhood="sampled", fan_outs=(99, 99), **same)
    assert drawn.evaluate().protocol["neighbourhood_in_training"] == "sampled"
    every = torch.arange(len(whole.triples.entities))
    assert torch.allclose(drawn.scores(every), whole.scores(every), atol=0.05)
    few = train(tmp_path / "few", encoder, neighbourhood="sampled", fan_outs=(1, 1), **same)
    assert not torch.allclose(few.scores(every), whole.scores(every), atol=0.05)


def test_a_run_that_saw_the_entities_is_refused(tmp_path, encoder):
    from jaket_runs import people_recipe

    from graphkg.recipes.jaket_training import train_jaket

    train_jaket(people_recipe(encoder, epochs=1), tmp_path / "all", data=people())
    with pytest.raises(InputError, match=r"was pre-trained on 34 of the 34 entities"):
        train(tmp_path / "run", encoder, start="jaket", init=str(tmp_path / "all"))


def test_a_smaller_fraction_learns_from_fewer_of_the_same_entities(tmp_path, encoder):
    whole = train(tmp_path / "a", encoder, epochs=1).split()
    some = train(tmp_path / "b", encoder, epochs=1, fraction=0.5).split()
    assert set(some.train.tolist()) < set(whole.train.tolist())
    assert torch.equal(some.test, whole.test)


def test_a_stopped_run_resumes_to_the_same_bits(tmp_path, encoder, monkeypatch):
    from graphkg.models import EntityClassifier

    whole = train(tmp_path / "whole", encoder, epochs=3)
    real, steps = EntityClassifier.losses, []

    def killed(self, batch):
        steps.append(1)
        if len(steps) == 3:
            raise KeyboardInterrupt
        return real(self, batch)

    monkeypatch.setattr(EntityClassifier, "losses", killed)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train(tmp_path / "run", encoder, epochs=3)
    monkeypatch.setattr(EntityClassifier, "losses", real)
    again = train(tmp_path / "run", encoder, resume=True)
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name]), name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": "jaket"}, "start=jaket needs the folder of a pre-training in init=RUN"),
        ({"init": "x"}, "and only it takes one"),
        ({"start": "jaket", "init": "nowhere"}, "nowhere.recipe.yaml does not exist"),
        ({"shares": (0.9, 0.2)}, "shares of training and validation"),
        ({"knowledge_heads": 5}, "dim=32 cannot be shared by 5 heads"),
        ({"leave_out": ["boss"]}, "relation 'boss' is neither a label nor a name"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, encoder, changes, message):
    with pytest.raises(InputError, match=message):
        train(tmp_path / "run", encoder, **changes)


def test_a_split_or_data_that_it_does_not_have_are_told(tmp_path, encoder):
    system = train(tmp_path / "run", encoder, epochs=1)
    with pytest.raises(InputError, match="split 'dev' was asked for"):
        system.evaluate("dev")
    with pytest.raises(InputError, match="the graph in its run folder: leave them out"):
        system.evaluate("test", tmp_path)
