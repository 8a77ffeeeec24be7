"""The commands with QIDN: train, evaluate, extract, build, draw."""

from __future__ import annotations

import json

import pytest
from qidn_runs import SMALL

from graphkg import load
from graphkg.graphs import Evidence

TEXT = "Ann left Rome today. Lee left Rome today.\n"


@pytest.fixture(name="qidn")
def folder_of_a_run(qidn_run):
    return qidn_run[1]


@pytest.fixture(name="changes")
def few_epochs(qidn_run):
    given = {**SMALL, "encoder": qidn_run[0].recipe.encoder, "epochs": 2, "validate_every": 1}
    return [part for key in given for part in ("--set", f"{key}={json.dumps(given[key])}")]


@pytest.fixture(name="four")
def folder_of_the_data(qidn_run):
    return qidn_run[0].recipe.data


def test_train_saves_a_run_and_prints_its_scores(command, changes, four, tmp_path):
    run = tmp_path / "run"
    cut = ["--set", "num_queries=1", "--set", "train.seed=7"]
    ended = command("train", "qidn", "-o", run, "--data", four, *changes, *cut)
    assert ended.code == 0, ended.err
    lines = dict(line.split(" ", 1) for line in ended.out.splitlines())
    assert set(lines) == {"valid", "test"} and {"f1", "ner_f1"} <= set(json.loads(lines["test"]))
    system = load(run)
    assert (system.recipe.train.seed, system.recipe.data) == (7, four)
    assert (
        "best epoch" in ended.err and "training left out, and scores do not: 3 surplus" in ended.err
    )
    again = command("train", "qidn", "-o", run, "--resume")
    assert again.code == 0 and again.out == ended.out


def test_a_preset_takes_its_data_from_the_folder_that_is_named(command, changes, four, tmp_path):
    preset = ["--preset", "conll04", "--data", four]
    assert command("train", "qidn", "-o", tmp_path / "run", *preset, *changes).code == 0
    assert load(tmp_path / "run").recipe.data == "conll04"


def test_evaluate_prints_every_rule_and_writes_the_protocol(command, qidn, tmp_path):
    ended = command("evaluate", qidn, "-o", tmp_path / "scores.json")
    assert ended.code == 0 and "triples, strict" in ended.out and "mentions" in ended.out
    found = json.loads((tmp_path / "scores.json").read_text())
    assert found["f1"] == 1.0 and found["classes"]["EPO"]["f1"] == 1.0
    assert (found["protocol"]["system"], found["protocol"]["split"]) == ("qidn", "test")
    assert command("evaluate", qidn, "--split", "valid").code == 0


def test_extract_prints_triples_where_the_text_says_them(command, qidn, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    ended = command("extract", qidn, path)
    assert ended.code == 0
    found = [Evidence(**json.loads(line)) for line in ended.out.splitlines()]
    said = {(e.subject, e.relation, e.object, e.sentence_start) for e in found}
    assert {("Ann", "left", "Rome", 0), ("Ann", "born", "Rome", 0)} <= said
    assert {e.sentence_start for e in found} <= {0, 21}
    assert all(TEXT[e.subject_start : e.subject_end] == e.subject for e in found)
    assert all(TEXT[e.object_start : e.object_end] == e.object for e in found)
    assert {(e.subject_kind, e.model) for e in found} == {("PER", "four")}


def test_build_makes_a_graph_of_what_qidn_found(command, qidn, tmp_path):
    path, out = tmp_path / "text.txt", tmp_path / "graph"
    path.write_text(TEXT, encoding="utf-8")
    assert command("build", path, "-o", out, "--model", qidn).code == 0
    rows = [json.loads(line) for line in (out / "triples.jsonl").read_text().splitlines()]
    assert {("Ann", "left", "Rome"), ("Ann", "born", "Rome")} <= {
        (row["head"], row["relation"], row["tail"]) for row in rows
    }
    assert json.loads((out / "build.json").read_text())["model"] == "four"


def test_attention_writes_a_picture(command, qidn, tmp_path):
    for name in ("a.png", "new/b.svg"):
        ended = command("attention", qidn, "Ann left Rome today", "-o", tmp_path / name)
        assert ended.code == 0 and ended.out == "", ended.err
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "new" / "b.svg").read_text()
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preset", "webnlg"], "did you mean 'webnlg-exact'"),
        (["--set", "layer=3"], "unknown key 'layer'; did you mean 'layers'"),
        (["--set", "data=webnlg-partail"], "did you mean 'webnlg-partial'"),
        (["--model", "conve"], "--model 'conve' names a link predictor, but qidn has its own"),
        (["--vectors", "somewhere"], "--vectors somewhere was given, but qidn takes none"),
        (["--parser", "spacy:xx"], "--parser spacy:xx was given, but qidn takes none"),
        (["--resume"], "recipe.yaml does not exist"),
    ],
)
def test_a_mistake_in_training_starts_nothing(refused, tmp_path, arguments, message):
    assert message in refused("train", "qidn", "-o", tmp_path / "run", *arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--baseline"], "--baseline was given, but"),
        (["--raw"], "finds triples in sentences: leave it out"),
        (["--ranks", "x.tsv"], "--ranks was given, but"),
        (["--subset", "3"], "--subset was given, but it is for text models of links"),
        (["--split", "dev"], "'dev' is not one of train, valid, test"),
        (["--data", "nowhere"], "neither a folder nor a known set"),
    ],
)
def test_evaluate_refuses_what_is_for_other_systems(refused, qidn, arguments, message):
    assert message in refused("evaluate", qidn, *arguments)


def test_predictions_are_written_and_compared_without_the_model(command, refused, qidn, tmp_path):
    file = tmp_path / "said.jsonl"
    ended = command("evaluate", qidn, "--predictions", file)
    assert ended.code == 0 and "triples, strict" in ended.out, ended.err
    assert len(file.read_text(encoding="utf-8").splitlines()) == 4
    ended = command("compare", qidn, file, "--samples", "100", "--metric", "recall")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[0].split() == ["score", "recall"]
    assert "resampled: 4 sentences, 100 times, seed 0" in ended.out
    said = refused("evaluate", qidn, "--predictions", tmp_path / "said.tsv")
    assert "predictions of triples in sentences are .jsonl" in said


def test_commands_of_other_systems_refuse_a_qidn(refused, qidn, model, tmp_path):
    assert "is a run of jrrelp, but" in refused("compare", qidn, model)
    assert "QIDNSystem" in refused("predict", qidn, "--relation", "left", "--head", "Ann")
    assert "QIDNSystem" in refused("combine", qidn, qidn, "-o", tmp_path / "x")


@pytest.mark.parametrize(
    ("sentence", "name", "message"),
    [
        ("Ann left Rome today", "a.txt", "a.txt ends in none of .png, .svg, .pdf"),
        ("a b c", "a.png", "no triple was found in 'a b c'"),
        ("Ann left Rome. It rained.", "a.png", "2 sentences were given, but one is drawn"),
        ("  ", "a.png", "0 sentences were given"),
    ],
)
def test_attention_draws_nothing_it_cannot(refused, qidn, tmp_path, sentence, name, message):
    assert message in refused("attention", qidn, sentence, "-o", tmp_path / name)


def test_attention_is_of_qidn_alone(refused, model, tmp_path):
    said = refused("attention", model, "Ann left Rome", "-o", tmp_path / "a.png")
    assert "is a RelationSystem, which has no queries" in said
