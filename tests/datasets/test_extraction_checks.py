"""Checks of folders for triple extraction: all problems at once, and what the files hold."""

from __future__ import annotations

import json

import pytest

from graphkg.datasets.extraction_checks import check_extraction
from graphkg.datasets.extraction_sets import find_extraction_files

ROW = {"text": "Ann Lee met Bob", "triples": [["Ann Lee", "met", "Bob"]]}


def write(folder, part, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / f"{part}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def checked(folder):
    problems, parts = check_extraction(find_extraction_files(folder))
    return [(p.path.name, p.line, p.kind, p.count) for p in problems], list(parts.values())


def test_every_problem_is_listed_and_sound_rows_are_counted(tmp_path):
    absent = [["Ann", "met", "Cancún"], ["Oslo", "met", "Bob"], ["Ann", "met", "Bob"]]
    write(
        tmp_path, "train",
        ROW,
        {**ROW, "text": " "},
        {"tokens": ["a"], "triples": [[[0, 2], "met", "a"]]},
        {**ROW, "sentence": 1},
        "{",
        {"text": "Ann Lee met Bob .", "triples": absent + absent[:1], "key": "k"},
        {"text": "x", "triples": [], "key": "k"},
    )  # fmt: skip
    write(tmp_path, "test", {**ROW, "triples": [["Ann", "saw", "Bob"], ["Bob", "saw", "Ann"]]})
    write(tmp_path, "valid", "")
    problems, (train, _, test) = checked(tmp_path)
    assert problems == [
        ("train.jsonl", 2, "empty sentence", 1),
        ("train.jsonl", 3, "wrong span", 1),
        ("train.jsonl", 4, "unknown key", 1),
        ("train.jsonl", 5, "not JSON", 1),
        ("valid.jsonl", 1, "unreadable", 1),
        ("train.jsonl", 6, "string not found", 2),
        ("train.jsonl", 6, "repeated triple", 1),
        ("train.jsonl", 7, "repeated key", 1),
        ("test.jsonl", 1, "unknown relation", 2),
        ("test.jsonl", 1, "repeated text", 1),
    ]
    assert (train.counts.sentences, train.counts.triples, train.counts.absent) == (3, 4, 2)
    assert train.relations == {"met": 4} and train.triples[0] == [("Ann Lee", "met", "Bob")]
    assert (train.counts.longest, train.counts.most_triples) == (5, 3)
    assert test.counts.unknown_relation == test.counts.triples == 2


def test_labels_that_a_file_lacks_are_errors_in_training_and_warnings_elsewhere(tmp_path):
    entities = [{"start": 0, "end": 1, "type": "A"}, {"start": 1, "end": 2, "type": "B"}]
    relations = [{"head": 0, "tail": 1, "type": "r"}]
    row = {"tokens": ["x", "y"], "entities": entities, "relations": relations}
    for part in ("train", "valid", "test"):
        write(tmp_path, part, row)
    types = {"entities": {"A": {}}, "relations": {"r": {}}}
    (tmp_path / "types.json").write_text(json.dumps(types))
    problems, _ = check_extraction(find_extraction_files(tmp_path))
    found = [(p.path.name, p.kind, p.severity) for p in problems if p.kind != "repeated text"]
    assert found == [
        ("train.jsonl", "unknown label", "error"),
        ("valid.jsonl", "unknown kind", "warning"),
        ("test.jsonl", "unknown kind", "warning"),
    ]
    (tmp_path / "types.json").write_text("{")
    assert (
        "types.json is not JSON" in check_extraction(find_extraction_files(tmp_path))[0][-1].message
    )


def test_a_part_without_a_file_is_told(tmp_path):
    write(tmp_path, "train", ROW)
    assert checked(tmp_path)[0] == [("train.jsonl", 1, "missing part", 1)]


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b'{"text": "a\xff", "triples": []}', b""])
def test_a_file_that_is_no_text_is_a_problem(tmp_path, content):
    write(tmp_path, "train", ROW)
    write(tmp_path, "valid", {**ROW, "text": ROW["text"] + " ."})
    (tmp_path / "test.jsonl").write_bytes(content)
    (problem,) = checked(tmp_path)[0]
    assert problem[0] == "test.jsonl" and problem[2] in ("not UTF-8", "unreadable")
