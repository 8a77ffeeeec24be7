"""graphkg train and graphkg evaluate: a run folder, and scores with their protocol."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphkg import load
from graphkg.recipes import relation_data

TEXTS = Path(__file__).parents[2] / "datasets" / "texts"


@pytest.fixture(autouse=True)
def invented(monkeypatch, data):
    """Makes the invented sentences a data set that the command knows."""
    monkeypatch.setitem(relation_data.READERS, "fake", lambda path, parser, seed: data)


@pytest.fixture
def changes(settings):
    """The settings of the tiny system as ``--set key=value``."""
    given = {**settings, "epochs": 1}
    return [part for key in given for part in ("--set", f"{key}={json.dumps(given[key])}")]


def test_train_saves_a_run_that_loads_and_prints_its_scores(command, changes, tmp_path):
    run = tmp_path / "runs" / "one"
    ended = command("train", "jrrelp", "-o", run, *changes, "--set", "train.seed=7")
    assert ended.code == 0
    lines = dict(line.split(" ", 1) for line in ended.out.splitlines())
    assert set(lines) == {"valid", "test"} and "f1" in json.loads(lines["test"])
    system = load(run)
    assert system.recipe.train.seed == 7 and system.recipe.hidden == 20
    assert "best epoch" in ended.err and str(run) in ended.err
    more = command("train", "jrrelp", "-o", run, "--resume")
    assert more.code == 0  # nothing is left to do, and the settings are those of the run


def test_evaluate_prints_scores_and_writes_them_with_their_protocol(command, model, tmp_path):
    ended = command("evaluate", model, "--baseline", "-o", tmp_path / "scores.json")
    assert ended.code == 0
    assert ended.out.startswith("most frequent relation of the two kinds\n")
    found = json.loads((tmp_path / "scores.json").read_text())
    assert found["f1"] > 0.9 and found["protocol"]["data"] == "fake"
    assert command("evaluate", model, "--split", "valid").out != ended.out


def test_evaluate_scores_from_raw_text(command, model, tmp_path):
    output = tmp_path / "scores.json"
    ended = command("evaluate", model, "--texts", TEXTS, "--split", "dev", "-o", output)
    assert ended.code == 0 and "strict" in ended.out and "relaxed" in ended.out
    found = json.loads(output.read_text())
    assert found["protocol"]["documents"] == 25 and found["protocol"]["split"] == "dev"
    assert 0 < found["strict"]["correct"] <= found["relaxed"]["correct"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["jrelp"], "'jrelp' is no system; did you mean 'jrrelp'?"),
        (["jrrelp", "--preset", "semeval"], "did you mean 'semeval-cgcn' or"),
        (["jrrelp", "--set", "epoch=3"], "unknown key 'epoch'"),
        (["jrrelp", "--set", "epochs"], "'epochs' is no setting: write key=value"),
        (["jrrelp", "--set", "epochs=many"], "epochs"),
        (["jrrelp", "--set", "epochs=[3"], "'[3' is no YAML value"),
        (["jrrelp", "--set", "data=semevil"], "did you mean 'semeval'?"),
        (["jrrelp", "--resume"], "recipe.yaml does not exist"),
    ],
)
def test_a_mistake_in_the_settings_starts_nothing(refused, tmp_path, arguments, message):
    assert message in refused("train", *arguments, "-o", tmp_path / "run")


def test_a_folder_with_something_in_it_is_not_trained_into(refused, changes, model):
    assert "exists and is not empty" in refused("train", "jrrelp", "-o", model, *changes)


def test_an_unknown_split_is_answered_with_the_known_ones(refused, model):
    assert "'dev' is not one of train, valid, test" in refused("evaluate", model, "--split", "dev")
    said = refused("evaluate", model, "--texts", TEXTS, "--split", "train")
    assert "has no split 'train': ask for dev or test" in said
    assert "has no split 'graph'" in refused(
        "evaluate", model, "--texts", TEXTS, "--split", "graph"
    )
