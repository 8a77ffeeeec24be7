"""graphkg train link, evaluate and predict, and what they answer to bad input."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

FAMILY = Path(__file__).parents[2] / "datasets" / "family"
QUICK = ["--set", "epochs=2", "--set", "dim=20", "--set", "progress=false"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    from graphkg.cli import main

    run = tmp_path_factory.mktemp("cli-link") / "run"
    with pytest.raises(SystemExit) as ended:
        main(
            ["train", "link", "--data", str(FAMILY), "--model", "distmult", "-o", str(run), *QUICK]
        )
    assert ended.value.code == 0
    return run


def write(folder: Path, train: str, **more: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in {"train": train, **more}.items():
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    return folder


def test_training_prints_filtered_scores_of_both_held_out_parts(command, tmp_path):
    folder = write(tmp_path / "data", "a\tr\tb\nb\tr\tc\n", valid="a\tr\tc\n", test="c\tr\tb\n")
    ended = command(
        "train", "link", "--data", folder, "--model", "complex", "-o", tmp_path / "run", *QUICK
    )
    assert ended.code == 0, ended.err
    lines = dict(line.split(" ", 1) for line in ended.out.splitlines())
    assert set(lines) == {"valid", "test"}
    assert set(json.loads(lines["test"])) == {"mrr", "mr", "hits@1", "hits@3", "hits@10"}
    more = command("train", "link", "-o", tmp_path / "run", "--resume", "--data", folder)
    assert more.code == 0, more.err


def test_evaluate_prints_a_table_and_saves_its_protocol(command, run, tmp_path):
    ended = command("evaluate", run, "-o", tmp_path / "test.json")
    assert ended.code == 0 and "both sides" in ended.out and "ties: realistic" in ended.out
    saved = json.loads((tmp_path / "test.json").read_text(encoding="utf-8"))
    protocol = saved["protocol"]
    assert protocol["data"]["entities"] == 266 and protocol["split"] == "test"
    assert len(protocol["data"]["sha256"]) == 64 and protocol["ties"] == "realistic"
    small = command("evaluate", run, "--memory", "2MB", "-o", tmp_path / "small.json")
    assert small.code == 0
    again = json.loads((tmp_path / "small.json").read_text(encoding="utf-8"))
    assert again["by_relation"] == saved["by_relation"]
    raw = command("evaluate", run, "--raw", "--data", FAMILY)
    assert raw.code == 0 and "raw ranks" in raw.out


def test_the_averages_can_be_computed_again_from_the_rank_of_every_triple(command, run, tmp_path):
    ended = command("evaluate", run, "--ranks", tmp_path / "ranks.tsv", "-o", tmp_path / "a.json")
    assert ended.code == 0, ended.err
    lines = (tmp_path / "ranks.tsv").read_text(encoding="utf-8").splitlines()
    names, *rows = (line.split("\t") for line in lines)
    ranks = [float(row[names.index("realistic")]) for row in rows]
    saved = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert len(ranks) == 2 * saved["triples"]
    assert sum(1 / rank for rank in ranks) / len(ranks) == pytest.approx(saved["mrr"])
    test = {tuple(line.split("\t")) for line in (FAMILY / "test.tsv").read_text().splitlines()}
    assert {tuple(row[:3]) for row in rows} == test


def test_a_run_that_ranks_links_finds_no_triples_in_texts(refused, run, tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("Ann left Rome.\n", encoding="utf-8")
    said = "holds a LinkSystem, which finds no triples in texts: give a run of jrrelp or qidn"
    assert said in refused("extract", run, text)
    assert said in refused("build", text, "--model", run, "-o", tmp_path / "graph")


def test_options_of_the_other_kind_of_model_are_told(command, run, tmp_path):
    for option in (["--texts", "redocred"], ["--baseline"]):
        _one_sentence(command("evaluate", run, *option), f"{option[0]} was given, but .* links")
    for option in (["--raw"], ["--ranks", tmp_path / "x"]):
        _one_sentence(command("evaluate", "default", *option), f"{option[0]} was given, but")


def test_predict_takes_names_and_writes_lines(command, run):
    ended = command("predict", run, "--head", "Mina Fabri", "--relation", "works for", "--top", 3)
    assert ended.code == 0, ended.err
    assert [line.split()[0] for line in ended.out.splitlines()] == ["rank", "1", "2", "3"]
    options = ["--relation", "works_for", "--candidates", "company", "--format", "jsonl"]
    lines = command("predict", run, "--head", "mina_fabri", *options).out.splitlines()
    rows = [json.loads(line) for line in lines]
    assert rows and all(not row["known"] for row in rows)
    kept = command("predict", run, "--head", "mina_fabri", *options, "--keep-known", "--top", 99)
    known = [json.loads(line) for line in kept.out.splitlines()]
    assert {row["label"] for row in known if row["known"]} == {"borealis_labs"}
    heads = command("predict", run, "--tail", "borealis_labs", "--relation", "works_for")
    assert heads.code == 0 and "mina_fabri" not in heads.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--head", "Mina Fabry", "--relation", "works_for"], "'Mina Fabri'|'mina_fabri'"),
        (["--head", "mina_fabri", "--relation", "work_for"], "works_for"),
        (["--relation", "works_for"], "either a head or a tail"),
        (["--head", "mina_fabri", "--relation", "works_for", "--format", "x"], "--format 'x'"),
        (["--head", "mina_fabri", "--relation", "works_for", "--top", "0"], "top is 0"),
        (["--head", "mina_fabri", "--relation", "works_for", "--candidates", "x"], "entity types"),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_sentence(command, run, arguments, message):
    ended = command("predict", run, *arguments)
    _one_sentence(ended, message)


BAD = {
    "empty": ({"train": ""}, "train.tsv:1: the file is empty"),
    "two columns": ({"train": "a\tr\tb\na\tr\n"}, "train.tsv:2: 2 columns"),
    "unknown id": (
        {"train": "a\tr\tb\n", "entities": "id\tname\na\tA\n"},
        "train.tsv:1: entity 'b'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_data_are_located_and_nothing_is_written(command, tmp_path, case):
    files, message = BAD[case]
    folder = write(tmp_path / "data", **files)
    ended = command("train", "link", "--data", folder, "-o", tmp_path / "run")
    _one_sentence(ended, message)
    assert not (tmp_path / "run").exists()


def test_a_triple_that_stands_twice_is_told_with_its_line_and_trains(command, tmp_path):
    folder = write(tmp_path / "data", "a\tr\tb\nb\tr\tc\na\tr\tb\n")
    ended = command("data", "check", folder)
    assert ended.code == 0 and "train.tsv:3" in ended.out
    assert command("train", "link", "--data", folder, "-o", tmp_path / "run", *QUICK).code == 0


def test_a_model_of_other_names_is_not_scored(command, run, tmp_path):
    folder = write(tmp_path / "data", "a\tr\tb\n", test="b\tr\ta\n")
    _one_sentence(command("evaluate", run, "--data", folder), "other entity names")


def test_scores_that_are_nan_are_told(command, run, tmp_path):
    from safetensors.torch import load_file, save_file

    from graphkg.training.saving import write_checksums

    broken = tmp_path / "broken"
    shutil.copytree(run, broken)
    weights = load_file(broken / "model.safetensors")
    weights["store.tables.entity.weight"].fill_(float("nan"))
    save_file(weights, broken / "model.safetensors")
    names = json.loads((broken / "checksums.json").read_text(encoding="utf-8"))
    write_checksums(broken, list(names))
    ended = command("evaluate", broken, "-o", tmp_path / "out.json")
    _one_sentence(ended, "NaN")
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "conv"], "conv"),
        (["--preset", "umls-konve"], "preset 'umls-konve'"),
        (["--set", "dims=3"], "unknown key 'dims'"),
        (["--data", "nowhere"], "nowhere"),
    ],
)
def test_settings_that_do_not_fit_are_told(command, tmp_path, arguments, message):
    given = ["--data", FAMILY, *arguments] if "--data" not in arguments else arguments
    ended = command("train", "link", "-o", tmp_path / "run", *given)
    _one_sentence(ended, message)
    assert not (tmp_path / "run").exists()


def _one_sentence(ended, message: str) -> None:
    import re

    assert ended.code == 2
    assert re.search(message, ended.err), ended.err
    assert "Traceback" not in ended.err and ended.err.count("graphkg:") == 1
