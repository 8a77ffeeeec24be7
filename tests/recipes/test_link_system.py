from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import get_args

import pytest
import torch

from graphkg.datasets.triples import TripleData, read_triple_data
from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.recipes import load
from graphkg.recipes.link import LinkRecipe, build_link_recipe
from graphkg.recipes.link_presets import PRESETS
from graphkg.recipes.link_training import train_link

MODELS = get_args(LinkRecipe.model_fields["model"].annotation)
SMALL = {"dim": 16, "epochs": 3, "batch_size": 32, "progress": False, "conve_width": 4}


@pytest.fixture(scope="session")
def triples(tmp_path_factory) -> TripleData:
    folder = tmp_path_factory.mktemp("triples")
    people = [f"p{n:02d}" for n in range(12)]
    parent = [(a, "parent", b) for a, b in zip(people, people[1:])]
    grand = [(a, "grandparent", b) for a, b in zip(people, people[2:])]
    lives = [(a, "lives_in", f"city {n % 3}") for n, a in enumerate(people)]
    rows = {
        "train": parent + grand[:-4] + lives[:-2],
        "valid": grand[-4:-2] + lives[-2:-1],
        "test": grand[-2:] + lives[-1:],
    }
    for split, part in rows.items():
        lines = "".join("\t".join(row) + "\n" for row in part)
        (folder / f"{split}.tsv").write_text(lines, encoding="utf-8")
    named = [f"{p}\tPerson {p}\tperson" for p in people] + [
        f"city {n}\tCity {n}\tplace" for n in range(3)
    ]
    (folder / "entities.tsv").write_text("id\tname\ttype\n" + "\n".join(named) + "\n", "utf-8")
    return read_triple_data(str(folder))


@pytest.fixture(scope="session")
def run(triples, tmp_path_factory):
    recipe = build_link_recipe(None, {**SMALL, "model": "distmult", "data": "family tree"})
    folder = tmp_path_factory.mktemp("runs") / "run"
    return train_link(recipe, folder, data=triples), folder


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("loss", ["kvsall", "1vsall", "negative"])
def test_every_predictor_trains_with_every_loss_and_loads_with_the_same_bits(
    model, loss, triples, tmp_path
):
    changes = {**SMALL, "model": model, "loss": loss, "epochs": 1, "data": "x"}
    system = train_link(build_link_recipe(None, changes), tmp_path / "run", data=triples)
    again = load(tmp_path / "run")
    asked = torch.tensor([0, 3]), torch.tensor([1, 0])
    assert torch.equal(system.model.score_tails(*asked), again.model.score_tails(*asked))
    assert system.evaluate().summary() == again.evaluate().summary()


def test_a_graph_network_in_front_is_trained_and_saved_too(triples, tmp_path):
    changes = {**SMALL, "model": "distmult", "encoder": "gat", "epochs": 1, "data": "x"}
    system = train_link(build_link_recipe(None, changes), tmp_path / "run", data=triples)
    again = load(tmp_path / "run")
    assert any(name.startswith("encoder.") for name in again.model.state_dict())
    assert system.predict("p00", "parent") == again.predict("p00", "parent")


def test_the_scores_of_a_saved_run_are_the_same_in_a_new_process(run):
    system, folder = run
    code = (
        "import json, sys; from graphkg import load; "
        "print(json.dumps(load(sys.argv[1]).evaluate('test').summary()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == system.evaluate("test").summary()


def test_a_resumed_run_equals_an_uninterrupted_one(triples, tmp_path):
    recipe = build_link_recipe(None, {**SMALL, "model": "complex", "data": "x", "patience": 0})
    whole = train_link(recipe, tmp_path / "whole", data=triples)
    short = recipe.model_copy(update={"train": recipe.train.model_copy(update={"epochs": 2})})
    train_link(short, tmp_path / "parts", data=triples)
    path = tmp_path / "parts" / "recipe.yaml"
    path.write_text(path.read_text().replace("epochs: 2", "epochs: 3"))
    parts = train_link(recipe, tmp_path / "parts", resume=True, data=triples)
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, parts.model.state_dict()[name]), name


def test_a_question_is_asked_by_label_or_name_and_known_answers_are_left_out(run):
    system, _ = run
    answers = system.predict("Person p00", "parent", top=3)
    assert [answer.rank for answer in answers] == [1, 2, 3]
    assert "p01" not in {answer.label for answer in answers}
    assert answers == sorted(answers, key=lambda answer: -answer.score)
    whole = system.predict("p00", "parent", top=100, keep_known=True)
    assert len(whole) == 15 and [a.label for a in whole if a.known] == ["p01"]
    heads = system.predict(relation="parent", tail="p01", top=100)
    assert "p00" not in {answer.label for answer in heads}


def test_who_is_asked_about_is_no_answer_unless_the_relation_has_loops(run, monkeypatch):
    system, _ = run

    def answers(**more):
        return {answer.label for answer in system.predict("p00", "parent", top=100, **more)}

    assert "p00" not in answers() and "p00" in answers(keep_known=True)
    train = system.triples.train
    loop = torch.tensor([[3], [3]]), torch.tensor([system.triples.relations["parent"]])
    looped = KnowledgeGraph.from_ids(*loop, train.entities, train.relations)
    monkeypatch.setattr(system, "triples", replace(system.triples, valid=looped))
    assert "p00" in answers()


def test_candidates_can_be_a_type_or_those_seen_or_a_list(run):
    system, _ = run
    cities = {f"city {n}" for n in range(3)}
    for candidates in ("place", "seen", sorted(cities)):
        found = system.predict("p05", "lives_in", candidates=candidates, keep_known=True)
        assert {answer.label for answer in found} == cities
    with pytest.raises(InputError, match="neither 'seen' nor one of the 2 entity types"):
        system.predict("p05", "lives_in", candidates="plaice")


def test_unknown_names_are_answered_with_the_nearest(run):
    system, _ = run
    with pytest.raises(InputError, match="'p0O' is neither a label nor a name.*did you mean 'p10'"):
        system.predict("p0O", "parent")
    with pytest.raises(InputError, match="parent"):
        system.predict("p00", "parant")
    with pytest.raises(InputError, match="either a head or a tail"):
        system.predict(relation="parent")


def test_a_graph_with_other_names_is_refused(run):
    system, _ = run
    with pytest.raises(InputError, match="other entity names"):
        system.evaluate(KnowledgeGraph.from_triples([("a", "parent", "b")]))
    with pytest.raises(InputError, match="split 'dev' is not one of"):
        system.evaluate("dev")


def test_scores_that_are_not_numbers_are_told(triples, tmp_path):
    recipe = build_link_recipe(None, {**SMALL, "model": "distmult", "data": "x", "epochs": 1})
    system = train_link(recipe, tmp_path / "run", data=triples)
    with torch.no_grad():
        system.model.store["entity"].weight.fill_(float("nan"))
    for ask in (lambda: system.evaluate(), lambda: system.predict("p00", "parent")):
        with pytest.raises(InputError, match="NaN"):
            ask()


def test_every_preset_is_a_recipe():
    for name in PRESETS:
        recipe = build_link_recipe(name)
        assert name.removesuffix("-paper") == f"{recipe.data}-{recipe.model}"
    with pytest.raises(InputError, match="preset 'umls-konve'"):
        build_link_recipe("umls-konve")
