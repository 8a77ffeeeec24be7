"""graphkg train mtl-kgc, and the choices of evaluate that text models have."""

from __future__ import annotations

import json

import pytest
from pieces import tiny_encoder_folder
from text_graphs import TEST, small_data

SMALL = {"max_length": 24, "num_negatives": 1, "batch_size": 8, "epochs": 1, "progress": "false"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text-models")
    small_data(folder / "data")
    tiny_encoder_folder(folder / "encoder")
    return folder


@pytest.fixture(scope="module")
def runs(folder):
    from graphkg.cli import main

    changes = [f"--set={name}={value}" for name, value in SMALL.items()]
    given = ["--data", str(folder / "data")]
    text = [*changes, f"--set=encoder={folder / 'encoder'}", "--set=eval_subset=1"]
    links = ["--set=epochs=1", "--set=dim=8", "--set=progress=false", "--model", "distmult"]
    for system, options in (("mtl-kgc", text), ("link", links)):
        with pytest.raises(SystemExit) as ended:
            main(["train", system, *given, "-o", str(folder / system), *options])
        assert ended.value.code == 0
    return folder / "mtl-kgc", folder / "link"


def test_training_prints_the_scores_of_so_many_triples(command, folder, tmp_path):
    given = [f"--set={name}={value}" for name, value in SMALL.items()]
    given += [f"--set=encoder={folder / 'encoder'}", "--set=eval_subset=1", "--set=tasks=lp"]
    out = tmp_path / "run"
    ended = command("train", "mtl-kgc", "--data", folder / "data", "-o", out, *given)
    assert ended.code == 0, ended.err
    lines = dict(line.split(" ", 1) for line in ended.out.splitlines())
    assert set(json.loads(lines["test"])) == {"mrr", "mr", "hits@1", "hits@3", "hits@10"}
    assert "ranking 2 ends of triples: 2 questions, 10 sequences" in ended.err
    none = command(
        "train", "mtl-kgc", "--data", folder / "data", "-o", tmp_path / "b", *given,
        "--set=eval_subset=0",
    )  # fmt: skip
    assert none.code == 0 and none.out == ""


def test_a_subset_is_ranked_and_written_with_its_triples(command, runs, tmp_path):
    ended = command(
        "evaluate", runs[0], "--subset", 2, "--ranks", tmp_path / "ranks", "-o", tmp_path / "json"
    )
    assert ended.code == 0, ended.err
    assert "subset: 2 of 3 triples of test, drawn by seed 0" in ended.out
    saved = json.loads((tmp_path / "json").read_text())
    assert saved["triples"] == 2 and saved["protocol"]["subset"].startswith("2 of 3")
    head, *rows = (line.split("\t") for line in (tmp_path / "ranks").read_text().splitlines())
    assert len(rows) == 4 and {tuple(row[:3]) for row in rows} < set(TEST)
    whole = command("evaluate", runs[0], "--ranks", tmp_path / "whole")
    assert whole.code == 0
    every = set((tmp_path / "whole").read_text().splitlines())
    assert {"\t".join(row) for row in rows} < every


def test_candidates_of_another_run_are_ranked_and_told(command, runs):
    ended = command("evaluate", runs[0], "--candidates-from", runs[1], "--top", 2)
    assert ended.code == 0, ended.err
    assert "the best 2 of 'link' that training does not know" in ended.out
    assert "5 questions, 10 sequences" in ended.err


def test_a_journal_is_gone_on_with(command, runs, tmp_path):
    first = command("evaluate", runs[0], "--journal", tmp_path / "journal")
    again = command("evaluate", runs[0], "--journal", tmp_path / "journal")
    assert first.code == again.code == 0 and first.out == again.out
    assert "ranking" in first.err and "ranking" not in again.err
    other = command("evaluate", runs[0], "--journal", tmp_path / "journal", "--subset", 1)
    assert other.code == 2 and "journal of another ranking" in other.err


def test_relations_are_ranked_beside(command, runs, tmp_path):
    ended = command("evaluate", runs[0], "--relations", "-o", tmp_path / "json")
    assert ended.code == 0 and "relations (3 triples)" in ended.out
    found = json.loads((tmp_path / "json").read_text())["relations"]
    assert set(found["filtered"]) == {"hits@1", "hits@3", "hits@10", "mr"}


def test_predict_answers_with_a_text_model(command, runs):
    ended = command(
        "predict", runs[0], "--head", "Ann", "--relation", "left", "--format", "jsonl", "--top", 2
    )
    assert ended.code == 0, ended.err
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert len(answers) == 2 and all(0 < answer["probability"] < 1 for answer in answers)


@pytest.mark.parametrize(
    "given", [("--subset", 2), ("--journal", "file"), ("--candidates-from", "x"), ("--relations",)]
)
def test_systems_without_a_choice_refuse_it_in_one_sentence(command, runs, given):
    ended = command("evaluate", runs[1], *given)
    assert ended.code == 2 and ended.err.count("\n") == 1
    assert f"{given[0]} was given, but it is for text models" in ended.err
    assert "LinkSystem: leave it out" in ended.err


def test_choices_that_do_not_fit_are_one_sentence(command, runs, folder, tmp_path):
    cases = [
        (["--top", 3], "--top 3 was given, but it says how many candidates"),
        (["--subset", 0], "a subset of 0 triples was asked for"),
        (["--candidates-from", tmp_path / "none"], "is neither a folder nor bundled"),
        (["--candidates-from", runs[1], "--top", 0], "top is 0"),
        (["--journal", folder], "cannot be read as a journal"),
    ]
    for given, said in cases:
        ended = command("evaluate", runs[0], *given)
        assert ended.code == 2 and said in ended.err, (given, ended.err)
        assert ended.err.startswith("graphkg: ") and ended.err.count("\n") == 1
