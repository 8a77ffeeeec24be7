"""graphkg combine, and evaluate and predict of what it wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FAMILY = Path(__file__).parents[2] / "datasets" / "family"
QUICK = ["--set", "epochs=2", "--set", "dim=16", "--set", "progress=false"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    from graphkg.cli import main

    folder = tmp_path_factory.mktemp("cli-combine")
    for model in ("distmult", "complex"):
        train = ["train", "link", "--data", str(FAMILY), "--model", model]
        with pytest.raises(SystemExit) as ended:
            main([*train, "-o", str(folder / model), *QUICK])
        assert ended.value.code == 0
    return folder / "distmult", folder / "complex"


def test_two_runs_are_combined_evaluated_and_asked(command, runs, tmp_path):
    both = tmp_path / "both"
    ended = command("combine", *runs, "-o", both, "--bonus-hops", 2, "--steps", 4)
    assert ended.code == 0, ended.err
    lines = [line.partition("{") for line in ended.out.splitlines()]
    said = {name.strip(): json.loads(opened + rest) for name, opened, rest in lines}
    assert list(said) == ["weights", "bonus", "valid mrr alone", "valid", "test"]
    assert set(said["weights"]) == {"distmult", "complex"}
    assert sum(said["weights"].values()) == 1 and said["bonus"]["hops"] == 2
    assert said["valid"]["mrr"] >= max(said["valid mrr alone"].values())

    test = command("evaluate", both, "-o", tmp_path / "test.json")
    assert test.code == 0 and "both sides" in test.out
    saved = json.loads((tmp_path / "test.json").read_text(encoding="utf-8"))
    assert round(saved["mrr"], 4) == said["test"]["mrr"]
    again = command("evaluate", both, "--data", FAMILY, "--memory", "2MB")
    table = [line for line in test.out.splitlines() if line.startswith("both sides")]
    assert again.code == 0 and table[0] in again.out.splitlines()

    asked = ["--head", "Mina Fabri", "--relation", "works for", "--format", "jsonl"]
    answers = command("predict", both, *asked, "--top", 3)
    assert answers.code == 0, answers.err
    assert [json.loads(line)["rank"] for line in answers.out.splitlines()] == [1, 2, 3]


def test_what_cannot_be_combined_is_one_sentence(refused, runs, tmp_path):
    both = ["-o", tmp_path / "both"]
    assert "1 run was given" in refused("combine", runs[0], *both)
    assert "does not fit" in refused("combine", *runs, *both, "--normalise", "max")
    assert "neither a folder" in refused("combine", runs[0], tmp_path / "x", *both)
    assert "bonus_hops = 0" in refused("combine", *runs, *both, "--bonus-hops", 0)


def test_combinations_are_not_trained(refused, command, runs, tmp_path):
    assert "take graphkg combine" in refused("train", "combined", "-o", tmp_path / "run")
    command("combine", *runs, "-o", tmp_path / "both", "--steps", 1)
    told = refused("train", "link", "-o", tmp_path / "both", "--resume")
    assert "holds a run of 'combined'" in told
