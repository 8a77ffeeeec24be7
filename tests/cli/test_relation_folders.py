"""Folders of relations on the command line: checked, trained on, refused in one sentence."""

from __future__ import annotations

import json

import pytest

ROW = {
    "words": ["Ann", "met", "Bob"],
    "heads": [2, 0, 2],
    "deprels": ["nsubj", "root", "obj"],
    "pos": ["A", "B", "C"],
    "ner": ["P", "O", "P"],
    "subject": [0, 1, "P"],
    "object": [2, 3, "P"],
    "relation": "knows",
}
NONE = {**ROW, "relation": "no_relation", "words": ["Ann", "saw", "Bob"]}


def write(folder, part, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / f"{part}.jsonl").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "mine"
    found.mkdir()
    for part in ("train", "valid", "test"):
        write(found, part, ROW, NONE)
    return found


def test_a_sound_folder_is_told_with_counts_and_labels(command, folder):
    ended = command("data", "check", folder)
    assert ended.code == 0 and ended.out.startswith(f"mine: {folder}\n")
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["train.jsonl", "2", "2", "2", "2", "2"] in rows and ["knows", "1", "1", "1"] in rows
    assert ended.out.endswith("errors: 0, warnings: 0\n")


def test_errors_are_listed_with_file_and_line_and_end_in_code_1(command, folder):
    write(folder, "test", ROW, {**ROW, "object": [2, 4]}, "{", {**ROW, "relation": "new"})
    write(folder, "valid", {**ROW, "heads": [0, 0, 2]})
    ended = command("data", "check", folder)
    assert ended.code == 1 and "errors: 3, warnings: 1" in ended.out
    assert "error: wrong span (1)" in ended.out and "test.jsonl:2 " in ended.out
    assert "error: not JSON (1)" in ended.out and "error: unknown label (1)" in ended.out
    assert "warning: several roots (1)" in ended.out and "valid.jsonl:1 " in ended.out


def test_a_known_name_without_data_is_refused(refused, tmp_path, monkeypatch):
    monkeypatch.delenv("GRAPHKG_DATA", raising=False)
    assert "the data of kbp37 were asked for without a path" in refused("data", "check", "kbp37")
    monkeypatch.setenv("GRAPHKG_DATA", str(tmp_path))
    (tmp_path / "tacred").mkdir()
    assert "holds none of train.json" in refused("data", "check", "tacred")


@pytest.mark.parametrize(
    ("part", "row", "message"),
    [
        ("train", {**ROW, "subject": [0, 4, "P"]}, "train.jsonl:2: the subject has the span [0, 4"),
        ("train", {**ROW, "words": []}, "train.jsonl:2: words is empty"),
        ("train", {**ROW, "heads": [2, 1, 2]}, "train.jsonl:2: heads: the heads of tokens 1, 2"),
        ("train", {**ROW, "pos": ["A"]}, "train.jsonl:2: 1 pos for 3 words: give one each"),
        ("train", '{"words": [', "train.jsonl:2: not JSON"),
        ("valid", {**ROW, "relation": "new"}, "valid.jsonl:2: the relation 'new' is not one of"),
        ("test", {**ROW, "object": None}, "test.jsonl:2: object is missing"),
    ],
)
def test_bad_rows_are_one_sentence_with_their_place(refused, folder, tmp_path, part, row, message):
    write(folder, part, ROW, row)
    output = tmp_path / "run"
    said = refused("train", "jrrelp", "-o", output, "--set", f"data={folder}")
    assert message in said.removeprefix("reading")
    assert not output.exists()


def test_a_folder_is_trained_on_and_scored_and_oddities_are_told(
    command, folder, tmp_path, settings
):
    write(folder, "train", *[ROW, NONE] * 4, {**ROW, "heads": [0, 0, 1]})
    given = {**settings, "epochs": 1, "data": str(folder), "relation_loss": "softmax"}
    changes = [part for key in given for part in ("--set", f"{key}={json.dumps(given[key])}")]
    ended = command("train", "jrrelp", "-o", tmp_path / "run", *changes)
    assert ended.code == 0 and '"f1"' in ended.out
    assert f"graphkg: warning: {folder}/train.jsonl:9: the tree has 2 roots" in ended.err
    scores = tmp_path / "scores.json"
    ended = command("evaluate", tmp_path / "run", "-o", scores)
    assert ended.code == 0
    assert json.loads(scores.read_text())["protocol"]["data"] == "mine"
