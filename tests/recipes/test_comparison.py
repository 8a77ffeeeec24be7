"""Comparing runs: seeds of two systems on one test set, and what cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphkg.errors import InputError
from graphkg.parsing.base import Parser
from graphkg.recipes import load, relation_data
from graphkg.recipes.comparison import compare, find_runs
from graphkg.recipes.jrrelp import build_recipe
from graphkg.recipes.link import build_link_recipe
from graphkg.recipes.link_training import train_link
from graphkg.recipes.prediction_files import write_predictions
from graphkg.recipes.predictions import Predictions
from graphkg.recipes.relation_training import train_jrrelp

FAMILY = Path(__file__).parents[2] / "datasets" / "family"


class Idle(Parser):
    """The invented sentences need no parser."""

    def _parse_pieces(self, pieces):
        raise AssertionError("asked to parse")

    def _parse_lists(self, sentences):
        raise AssertionError("asked to parse")


QUICK = {"samples": 300, "parser": Idle()}


@pytest.fixture(autouse=True)
def invented(monkeypatch, data):
    monkeypatch.setitem(relation_data.READERS, "fake", lambda path, parser, seed: data)


@pytest.fixture(scope="module")
def runs(data, settings, tmp_path_factory):
    """Two systems, ``short`` and ``long`` trainings of the extractor alone, two seeds each."""
    folder = tmp_path_factory.mktemp("seeds")
    alone = {**settings, "link_weight": 0.0, "coupling_weight": 0.0}
    for kind, epochs in {"short": 6, "long": 10}.items():
        for seed in (0, 1):
            recipe = build_recipe(None, {**alone, "epochs": epochs, "seed": seed})
            train_jrrelp(recipe, folder / kind / f"seed{seed}", data=data)
    return folder


@pytest.fixture(scope="module")
def links(tmp_path_factory):
    """Two link predictors on the same triples."""
    folder = tmp_path_factory.mktemp("links")
    for seed, model in enumerate(("distmult", "complex")):
        changes = {"data": str(FAMILY), "model": model, "dim": 16, "epochs": 2, "progress": False}
        train_link(build_link_recipe(None, {**changes, "seed": seed}), folder / model)
    return folder


def test_a_run_compared_with_itself_has_no_gain(runs):
    run = runs / "long" / "seed0"
    found = compare(run, run, **QUICK)
    assert (found.difference, found.p, found.first.n) == (0, 1, 1)
    assert found.t_test is None


def test_folders_of_seeds_are_compared_by_their_means(runs, data):
    found = compare(runs / "short", runs / "long", **QUICK)
    scores = {
        kind: [load(runs / kind / f"seed{n}").evaluate(data.test).summary()["f1"] for n in (0, 1)]
        for kind in ("short", "long")
    }
    assert found.first.mean == pytest.approx(sum(scores["short"]) / 2)
    assert found.difference == pytest.approx((sum(scores["long"]) - sum(scores["short"])) / 2)
    assert found.low < found.difference < found.high and found.second.n == 2
    assert found.t_test is not None and found.t_test.kind == "Welch"
    protocol = json.loads(found.to_json())["protocol"]
    assert protocol["n"] == len(data.test) and protocol["unit"] == "sentences"
    assert protocol["test"]["data"] == "fake" and protocol["test"]["split"] == "test"
    assert [Path(run).name for run in protocol["runs"]["first"]] == ["seed0", "seed1"]


def test_files_of_predictions_compare_as_their_runs_do(runs, data, tmp_path):
    names = [runs / kind / "seed0" for kind in ("short", "long")]
    for name, ending in zip(names, ("jsonl", "tsv")):
        answers = Predictions.of(load(name), data.test, "test")
        write_predictions(answers, tmp_path / f"{name.parent.name}.{ending}")
    live = compare(*names, **QUICK)
    stored = compare(tmp_path / "short.jsonl", tmp_path / "long.tsv", **QUICK)
    mixed = compare(names[0], tmp_path / "long.tsv", **QUICK)
    for found in (stored, mixed):
        assert (found.difference, found.low, found.p) == (live.difference, live.low, live.p)


def test_the_valid_split_and_another_metric_can_be_asked(runs, data):
    first, second = (runs / kind / "seed0" for kind in ("short", "long"))
    found = compare(first, second, "valid", "accuracy", **QUICK)
    assert found.protocol["test"]["split"] == "valid" and found.metric == "accuracy"
    answers = Predictions.of(load(second), data.valid, "valid")
    assert found.second.mean == answers.outcomes("accuracy").score


def test_links_are_compared_over_triples(links):
    found = compare(links / "distmult", links / "complex", samples=300)
    expected = [load(links / name).evaluate().summary()["mrr"] for name in ("distmult", "complex")]
    assert found.metric == "mrr" and found.protocol["unit"] == "triples"
    assert found.first.mean == pytest.approx(expected[0])
    assert found.second.mean == pytest.approx(expected[1])
    hits = compare(links / "distmult", links / "complex", metric="hits@10", samples=300)
    assert hits.metric == "hits@10" and 0 <= hits.first.mean <= 1


def test_runs_of_one_folder_differ_in_their_seed_alone(runs, tmp_path):
    def linked(*names):
        folder = tmp_path / "+".join(kind for kind, _ in names)
        folder.mkdir()
        for number, (kind, seed) in enumerate(names):
            (folder / str(number)).symlink_to(runs / kind / seed)
        return folder

    mixed = linked(("short", "seed0"), ("long", "seed1"))
    with pytest.raises(InputError, match="differ in train.epochs, so they are no seeds of one"):
        compare(mixed, runs / "short", **QUICK)
    twice = linked(("short", "seed0"), ("short", "seed0"))
    with pytest.raises(InputError, match="both have seed 0"):
        compare(twice, runs / "short", **QUICK)


def test_what_cannot_be_compared_is_one_sentence(runs, links, data, tmp_path):
    run = runs / "long" / "seed0"
    with pytest.raises(InputError, match="is a run of link, but .*: compare two of one kind"):
        compare(run, links / "complex")
    with pytest.raises(InputError, match="metric 'f2' is not one of f1, accuracy"):
        compare(run, run, metric="f2", **QUICK)
    with pytest.raises(InputError, match="split 'dev' is not one of"):
        compare(run, run, split="dev")
    with pytest.raises(InputError, match="is no run folder and holds none"):
        compare(run, tmp_path)
    with pytest.raises(InputError, match="neither a folder nor bundled"):
        compare(tmp_path / "none", run)
    with pytest.raises(InputError, match="holds its triples: leave it out"):
        compare(links / "complex", links / "distmult", data=FAMILY)
    answers = Predictions.of(load(run), data.valid, "valid")
    write_predictions(answers, tmp_path / "valid.jsonl")
    with pytest.raises(InputError, match="not asked the same: split is 'test' and 'valid'"):
        compare(run, tmp_path / "valid.jsonl", **QUICK)
    answers = Predictions.of(load(run), data.test[::-1], "test")
    write_predictions(answers, tmp_path / "turned.jsonl")
    with pytest.raises(InputError, match="example 1 is .* in the same order"):
        compare(run, tmp_path / "turned.jsonl", **QUICK)
    write_predictions(Predictions.of(load(run), data.test[:1], "test"), tmp_path / "one.jsonl")
    with pytest.raises(InputError, match="needs at least 2"):
        compare(tmp_path / "one.jsonl", tmp_path / "one.jsonl")


def test_runs_on_other_data_are_told_before_anything_is_read(runs):
    with pytest.raises(InputError, match="was trained on redocred, but .* on fake: compare two on"):
        compare(runs / "short", "default")


def test_a_training_that_has_not_ended_is_told(runs, tmp_path):
    text = (runs / "short" / "seed0" / "recipe.yaml").read_text(encoding="utf-8")
    (tmp_path / "half").mkdir()
    stopped = text.replace("trained: true", "trained: false")
    (tmp_path / "half" / "recipe.yaml").write_text(stopped, encoding="utf-8")
    with pytest.raises(InputError, match="a training that has not ended"):
        compare(runs / "short" / "seed1", tmp_path / "half", **QUICK)


def test_a_side_is_a_run_a_folder_of_runs_or_a_file(runs, tmp_path):
    (tmp_path / "a.jsonl").write_text("", encoding="utf-8")
    assert find_runs(tmp_path / "a.jsonl") == [tmp_path / "a.jsonl"]
    assert find_runs(runs / "short") == [runs / "short" / "seed0", runs / "short" / "seed1"]
    assert find_runs(runs / "short" / "seed1") == [runs / "short" / "seed1"]
    assert len(find_runs("default")) == 1
