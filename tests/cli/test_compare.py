"""graphkg compare and graphkg evaluate --predictions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from graphkg.recipes import relation_data

FAMILY = Path(__file__).parents[2] / "datasets" / "family"
QUICK = ["--samples", "200"]


@pytest.fixture(autouse=True)
def invented(monkeypatch, data):
    monkeypatch.setitem(relation_data.READERS, "fake", lambda path, parser, seed: data)


@pytest.fixture(scope="module")
def weaker(data, settings, tmp_path_factory):
    """Two seeds of a system that was barely trained."""
    from graphkg.recipes.jrrelp import build_recipe
    from graphkg.recipes.relation_training import train_jrrelp

    folder = tmp_path_factory.mktemp("weaker")
    for seed in (0, 1):
        alone = {"link_weight": 0.0, "coupling_weight": 0.0}
        recipe = build_recipe(None, {**settings, **alone, "epochs": 8, "seed": seed})
        train_jrrelp(recipe, folder / f"seed{seed}", data=data)
    return folder


@pytest.fixture(scope="module")
def links(tmp_path_factory):
    from graphkg.recipes.link import build_link_recipe
    from graphkg.recipes.link_training import train_link

    folder = tmp_path_factory.mktemp("links") / "run"
    changes = {"data": str(FAMILY), "model": "distmult", "dim": 16, "epochs": 2}
    train_link(build_link_recipe(None, {**changes, "progress": False}), folder)
    return folder


def test_a_real_gain_is_told_with_its_interval_and_saved(command, weaker, model, tmp_path):
    ended = command("compare", weaker, model, *QUICK, "-o", tmp_path / "out" / "gain.json")
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0].split() == ["score", "f1"]
    assert lines[1].startswith(str(weaker)) and "(n = 2)" in lines[1]
    assert lines[2].startswith(str(model)) and "(n = 1)" in lines[2]
    assert lines[3].startswith("gain") and ", 95% interval +" in lines[3]
    assert "resampled: 32 sentences, 200 times, seed 0" in lines
    saved = json.loads((tmp_path / "out" / "gain.json").read_text(encoding="utf-8"))
    assert saved["difference"] > 0 and saved["interval"][0] > 0 and saved["p"] < 0.05
    assert saved["second"]["only_right"] > saved["first"]["only_right"]
    assert saved["protocol"]["samples"] == 200 and saved["protocol"]["test"]["split"] == "test"


def test_the_same_command_gives_the_same_result(command, weaker, model):
    options = [*QUICK, "--seed", "4", "--metric", "accuracy", "--split", "valid", "--over-seeds"]
    first, again = (command("compare", weaker, model, *options).out for _ in range(2))
    assert first == again and first.splitlines()[0].endswith("accuracy")
    assert "and the runs of each system, 200 times, seed 4" in first


@pytest.mark.parametrize("ending", ["jsonl", "tsv"])
def test_predictions_are_written_and_compared_without_the_model(
    command, weaker, model, data, tmp_path, ending
):
    files = [tmp_path / f"{name}.{ending}" for name in ("weak", "good")]
    for run, file in zip((weaker / "seed0", model), files):
        ended = command("evaluate", run, "--predictions", file)
        assert ended.code == 0, ended.err
    assert len(files[0].read_text().splitlines()) == len(data.test) + (ending == "tsv")
    live = command("compare", weaker / "seed0", model, *QUICK).out.splitlines()
    stored = command("compare", *files, *QUICK).out.splitlines()
    assert [line.split() for line in stored[3:]] == [line.split() for line in live[3:]]


def test_a_line_of_predictions_has_key_gold_predicted_and_score(command, model, data, tmp_path):
    command("evaluate", model, "--predictions", tmp_path / "answers.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert [row["key"] for row in rows] == [graph.key for graph in data.test]
    assert {"gold", "predicted", "score", "model", "data", "split"} <= rows[0].keys()
    assert rows[0]["gold"] == list(data.test[0].labels.relations)
    assert all(len(row["score"]) == len(row["predicted"]) for row in rows)


def test_ranks_are_compared_as_the_runs_they_come_from(command, links, tmp_path):
    ranks = tmp_path / "ranks.tsv"
    assert command("evaluate", links, "--ranks", ranks).code == 0
    for pair in ((ranks, links), (links, ranks), (ranks, ranks)):
        ended = command("compare", *pair, "--metric", "hits@10", *QUICK)
        assert ended.code == 0, ended.err
        assert "gain" in ended.out and "+0.000, 95% interval +0.000 to +0.000" in ended.out
    ended = command("compare", ranks, ranks, *QUICK)
    assert ended.out.splitlines()[0].split() == ["score", "mrr"]


def test_ranks_that_do_not_fit_are_located(refused, links, command, tmp_path):
    ranks = tmp_path / "ranks.tsv"
    command("evaluate", links, "--ranks", ranks)
    head, *rows = ranks.read_text(encoding="utf-8").splitlines(keepends=True)
    ranks.write_text(head + rows[0] + "a\tb\n", encoding="utf-8")
    assert "ranks.tsv:3: not a triple, a side and 4 numbers" in refused("compare", ranks, ranks)
    ranks.write_text(head, encoding="utf-8")
    assert "holds no rank" in refused("compare", ranks, ranks)
    ranks.write_text(head + rows[0] + rows[-1], encoding="utf-8")
    assert "heads and tails were asked of different triples" in refused("compare", ranks, ranks)


def test_mistakes_are_one_sentence(refused, weaker, model, links, tmp_path):
    said = refused("compare", model, links)
    assert "is a run of link" in said and "compare two of one kind" in said
    assert "metric 'f' is not one of" in refused("compare", model, model, "--metric", "f")
    assert "split 'dev'" in refused("compare", model, model, "--split", "dev")
    assert "samples=0" in refused("compare", model, model, "--samples", "0")
    assert "neither a folder nor bundled" in refused("compare", tmp_path / "none", model)
    assert "is a folder" in refused("compare", model, model, "-o", tmp_path)
    shutil.copytree(weaker / "seed0", tmp_path / "half")
    recipe = tmp_path / "half" / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("trained: true", "trained: false"))
    assert "has not ended" in refused("compare", model, tmp_path / "half")


def test_predictions_that_cannot_be_written_are_told_before_anything_is_read(
    refused, model, links, tmp_path
):
    refusals = {
        (
            "--predictions",
            tmp_path / "a.csv",
        ): "predictions of relations in sentences are .jsonl or .tsv",
        ("--predictions", tmp_path): "is a folder",
        ("--predictions", tmp_path / "a.tsv", "--texts", "redocred"): "drop one",
    }
    for options, message in refusals.items():
        assert message in refused("evaluate", model, *options)
    said = refused("evaluate", links, "--predictions", tmp_path / "a.tsv")
    assert "--predictions was given, but" in said and "predicts links" in said
