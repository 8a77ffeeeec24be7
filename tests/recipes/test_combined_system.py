"""Combined systems: weights chosen on validation, saved, loaded, asked; and what is refused."""

from __future__ import annotations

import json
import shutil

import pytest
import torch
from rankers import equal

from graphkg.datasets.triples import TripleData, read_triple_data
from graphkg.errors import InputError
from graphkg.recipes import load, save
from graphkg.recipes.base import write_recipe
from graphkg.recipes.combined import CombinedRecipe
from graphkg.recipes.combined_system import CombinedSystem
from graphkg.recipes.combining import choose_weights, combine
from graphkg.recipes.comparison import compare
from graphkg.recipes.link import build_link_recipe
from graphkg.recipes.link_system import LinkSystem

PEOPLE = [f"p{n}" for n in range(12)]
KNOWS = [(a, "knows", b) for a, b in zip(PEOPLE, PEOPLE[1:])]
ROWS = {
    "train": KNOWS + [(a, "likes", b) for a, b in zip(PEOPLE, PEOPLE[2:])][:-4],
    "valid": [("p6", "likes", "p8"), ("p7", "likes", "p9"), ("p1", "knows", "p0")],
    "test": [("p8", "likes", "p10"), ("p9", "likes", "p11"), ("new", "knows", "p1")],
}


def read(folder, rows=ROWS) -> TripleData:
    folder.mkdir(parents=True)
    for split, part in rows.items():
        lines = "".join("\t".join(row) + "\n" for row in part)
        (folder / f"{split}.tsv").write_text(lines, encoding="utf-8")
    return read_triple_data(str(folder))


def built(triples: TripleData, name: str, seed: int = 0, **changes) -> LinkSystem:
    """A link predictor as it was drawn."""
    settings = {"data": "people", "model": "distmult", "dim": 8, "seed": seed, **changes}
    system = LinkSystem.build(build_link_recipe(None, settings), triples)
    system.name = name
    return system


@pytest.fixture(scope="module")
def triples(tmp_path_factory) -> TripleData:
    return read(tmp_path_factory.mktemp("combined") / "people")


@pytest.fixture
def pair(triples):
    return [built(triples, "one", 1), built(triples, "two", 2, model="transe")]


def chosen(pair, **changes) -> CombinedSystem:
    return choose_weights(pair, CombinedRecipe(data="people", **changes))


@pytest.mark.parametrize("normalise", ["standard", "log_softmax"])
@pytest.mark.parametrize("hops", [None, 1])
def test_no_point_of_the_grid_ranks_validation_better_than_the_chosen_one(pair, normalise, hops):
    recipe = CombinedRecipe(data="x", steps=5, normalise=normalise, bonus_hops=hops)
    system = choose_weights(pair, recipe)
    every = {
        point: CombinedSystem(recipe, pair, point[:2], point[2] if hops else 0.0)
        .evaluate("valid")
        .both["mrr"]
        for point in recipe.grid(2)
    }
    point = (*system.weights, system.bonus) if hops else tuple(system.weights)
    best = max(every.values())
    assert every[point] == pytest.approx(best) and best > min(every.values())
    assert point == next(p for p, mrr in every.items() if mrr == pytest.approx(best, rel=1e-12))
    assert system.training["valid_mrr"] == pytest.approx(best)
    assert system.training["points"] == len(every)
    alone = [member.evaluate("valid").both["mrr"] for member in pair]
    assert list(system.training["valid_mrr_alone"].values()) == pytest.approx(alone)


@pytest.mark.parametrize("weights", [(1, 0), (0, 1)])
def test_all_weight_on_a_member_gives_its_ranks(pair, weights):
    system = CombinedSystem(CombinedRecipe(data="x"), pair, weights)
    member = pair[weights.index(1)]
    for split in ("valid", "test", "train"):
        equal(system.evaluate(split), member.evaluate(split).ranks)
    answers = [[a.label for a in one.predict("p3", "likes", top=5)] for one in (system, member)]
    assert answers[0] == answers[1]


def test_a_saved_combination_is_loaded_with_the_same_ranks(pair, tmp_path):
    changes = {"bonus_hops": 2, "bonus_weights": (0.5,), "steps": 3}
    system = combine(pair, tmp_path / "both", changes)
    again = load(tmp_path / "both")
    assert repr(again) == repr(system) and "'both'" in repr(again)
    equal(again.evaluate("test"), system.evaluate("test").ranks)
    assert again.evaluate("test", memory_budget=1).both == system.evaluate("test").both
    assert again.predict("p3", "likes") == system.predict("p3", "likes")
    assert again.protocol() == system.protocol()
    save(again, tmp_path / "copy")
    equal(load(tmp_path / "copy").evaluate("test"), system.evaluate("test").ranks)


def test_runs_are_given_by_their_folders_and_only_what_is_needed_is_kept(pair, tmp_path):
    for member, place in zip(pair, ("a/run", "b/run")):
        save(member, tmp_path / place)
        (tmp_path / place / "log.jsonl").write_text("{}\n")
    system = combine([tmp_path / "a/run", str(tmp_path / "b/run")], tmp_path / "both")
    assert system.names == ["run", "run-2"]
    assert sorted(p.name for p in (tmp_path / "both" / "members").iterdir()) == ["run", "run-2"]
    assert not list((tmp_path / "both").rglob("log.jsonl"))
    shutil.rmtree(tmp_path / "a")
    shutil.rmtree(tmp_path / "b")
    equal(load(tmp_path / "both").evaluate("test"), system.evaluate("test").ranks)


def test_a_combination_is_a_member_like_any_other(pair, triples):
    inner = CombinedSystem(CombinedRecipe(data="x", bonus_hops=1), pair, [0.5, 0.5], 0.3, "inner")
    outer = choose_weights([inner, built(triples, "third", 3)], CombinedRecipe(data="x"))
    assert outer.training["valid_mrr_alone"]["inner"] == pytest.approx(
        inner.evaluate("valid").both["mrr"]
    )


def test_triples_with_an_unseen_entity_are_scored_apart(pair):
    found = CombinedSystem(CombinedRecipe(data="x"), pair, [0.5, 0.5]).evaluate("test")
    assert {name: part["triples"] for name, part in found.by_group.items()} == {
        "seen entities": 2,
        "an unseen entity": 1,
    }
    assert found.protocol["unseen"] == f"one: {pair[0].unseen_rule}; two: {pair[1].unseen_rule}"


def test_a_figure_tells_members_weights_and_how_they_were_chosen(pair):
    system = chosen(pair, bonus_hops=1, steps=2)
    protocol = json.loads(json.dumps(system.evaluate("test").to_dict()))["protocol"]
    assert protocol["system"] == "combined" and protocol["normalise"] == "standard"
    assert [(m["name"], m["model"]) for m in protocol["members"]] == [
        ("one", "distmult"),
        ("two", "transe"),
    ]
    assert [m["weight"] for m in protocol["members"]] == system.weights
    assert protocol["bonus"] == {"graph": "train", "hops": 1, "weight": system.bonus}
    assert "on valid" in protocol["training"]["chosen"] and protocol["training"]["points"] == 21
    assert chosen(pair).protocol()["bonus"] is None


def test_a_combination_is_compared_with_a_member_and_with_others_of_its_kind(pair, tmp_path):
    save(pair[0], tmp_path / "one")
    both = combine(pair, tmp_path / "seeds" / "both")
    combine(pair[::-1], tmp_path / "seeds" / "again")
    found = compare(tmp_path / "one", tmp_path / "seeds" / "both", samples=50)
    gain = both.evaluate("test").both["mrr"] - pair[0].evaluate("test").both["mrr"]
    assert found.difference == pytest.approx(gain) and gain != 0
    assert compare(tmp_path / "one", tmp_path / "seeds", samples=50).difference == pytest.approx(
        gain
    )


def test_probabilities_add_up_to_one(pair):
    system = CombinedSystem(CombinedRecipe(data="x"), pair, [0.5, 0.5])
    answers = system.predict(relation="likes", tail="p5", top=99, keep_known=True)
    assert sum(answer.probability for answer in answers) == pytest.approx(1)
    assert [a.score for a in answers] == sorted((a.score for a in answers), reverse=True)


def test_a_damaged_member_is_told(pair, tmp_path):
    combine(pair, tmp_path / "both")
    for file, damage in (
        ("members/one/recipe.yaml", "recipe.yaml is not the file that was saved"),
        ("members/two/model.safetensors", "model.safetensors is not the file that was saved"),
    ):
        shutil.copytree(tmp_path / "both", tmp_path / "damaged")
        with (tmp_path / "damaged" / file).open("ab") as out:
            out.write(b" ")
        with pytest.raises(InputError, match=damage):
            load(tmp_path / "damaged")
        shutil.rmtree(tmp_path / "damaged")
    shutil.rmtree(tmp_path / "both" / "members" / "two")
    with pytest.raises(InputError, match="is missing: the folder is incomplete"):
        load(tmp_path / "both")


def test_other_data_are_refused(pair, tmp_path):
    more = {**ROWS, "train": [*ROWS["train"], ("p11", "knows", "p2")]}
    fewer = {split: [row for row in part if row[0] != "new"] for split, part in ROWS.items()}
    for name, rows, message in (
        ("order", {**ROWS, "train": ROWS["train"][::-1]}, "the same entities in another order"),
        ("triples", more, "'one' and 'triples' were trained on other triples"),
        ("entities", fewer, r"'one' and 'entities' were trained on other entities \(13 and 12\)"),
    ):
        other = built(read(tmp_path / name, rows), name)
        with pytest.raises(InputError, match=message) as told:
            combine([pair[0], other], tmp_path / "both")
        assert "\n" not in str(told.value) and not (tmp_path / "both").exists()


def test_runs_that_cannot_be_combined_are_refused(pair, tmp_path):
    unfinished = tmp_path / "unfinished"
    write_recipe(unfinished, "link", pair[0].recipe, trained=False, data=pair[0].data)
    for runs, message in (
        (pair[:1], "1 run was given, but 2 or more are combined"),
        ([pair[0], unfinished], "holds a training that has not ended"),
        ([pair[0], tmp_path / "nowhere"], "is neither a folder nor bundled"),
        ([pair[0], "default"], "is a RelationSystem, which ranks no entities"),
    ):
        with pytest.raises(InputError, match=message):
            combine(runs, tmp_path / "both")
        assert not (tmp_path / "both").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(InputError, match="exists and is not empty"):
        combine(pair, tmp_path / "full")


def test_weights_need_validation_triples(tmp_path):
    rows = {"train": KNOWS, "test": ROWS["test"][:1]}
    data = read(tmp_path / "data", rows)
    pair = [built(data, "one"), built(data, "two", 1)]
    with pytest.raises(InputError, match="has no validation triples to choose weights on"):
        combine(pair, tmp_path / "both")
    own = CombinedSystem(CombinedRecipe(data="x"), pair, [0.3, 0.7])
    save(own, tmp_path / "own")
    assert load(tmp_path / "own").weights == [0.3, 0.7]


def test_a_bonus_needs_hops(pair):
    with pytest.raises(InputError, match="a bonus of 0.5 was given without bonus_hops"):
        CombinedSystem(CombinedRecipe(data="x"), pair, [1, 1], 0.5)


def test_scores_that_are_nan_are_told_before_anything_is_written(pair, tmp_path):
    with torch.no_grad():
        pair[1].model.store["entity"].weight.fill_(float("nan"))
    with pytest.raises(InputError, match="scores of ranker 2 of 2 for heads are NaN"):
        combine(pair, tmp_path / "both")
    assert not (tmp_path / "both").exists()


def test_a_bonus_goes_to_what_training_has_near_and_no_other_split(pair):
    recipe = CombinedRecipe(data="x", bonus_hops=1)
    system = CombinedSystem(recipe, pair, [0.5, 0.5], 100.0)
    answers = system.predict("p1", "knows", top=5, keep_known=True)
    assert {answer.label for answer in answers[:4]} == {"p0", "p1", "p2", "p3"}
    assert answers[3].score > 90 > answers[4].score
