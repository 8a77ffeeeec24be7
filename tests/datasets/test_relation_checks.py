"""Checks of folders of relations: all problems at once, and what the files hold."""

from __future__ import annotations

import json

import pytest

from graphkg.datasets.relation_checks import check_relations, find_relation_files

ROW = {"words": ["Ann", "met"], "subject": [0, 1, "P"], "object": [1, 2, "P"], "relation": "a"}


def checked(folder):
    problems, counts = check_relations(find_relation_files(folder))
    return [(p.path.name, p.line, p.kind) for p in problems], list(counts.values())


def test_every_problem_is_listed_and_sound_rows_are_counted(tmp_path):
    rows = [ROW, {**ROW, "words": []}, {**ROW, "object": [1, 3]}, {**ROW, "heads": [0, 0]}]
    rows += [{**ROW, "key": "k"}, {**ROW, "key": "k", "subject": [0, 2]}]
    lines = [json.dumps(row) for row in rows]
    (tmp_path / "train.jsonl").write_text("\n".join([*lines, "{"]), encoding="utf-8")
    (tmp_path / "test.jsonl").write_text(json.dumps({**ROW, "relation": "b"}), encoding="utf-8")
    (tmp_path / "valid.jsonl").write_text("", encoding="utf-8")
    problems, (train, valid, test) = checked(tmp_path)
    assert problems == [
        ("train.jsonl", 2, "empty sentence"),
        ("train.jsonl", 3, "wrong span"),
        ("train.jsonl", 4, "several roots"),
        ("train.jsonl", 6, "overlapping mentions"),
        ("train.jsonl", 6, "repeated key"),
        ("train.jsonl", 7, "not JSON"),
        ("valid.jsonl", 1, "unreadable"),
        ("test.jsonl", 1, "unknown label"),
    ]
    assert train.sentences == 4 and train.labels == {"a": 4} and train.kinds == 3
    assert train.trees == 1 and train.tags == 0
    assert valid.sentences == 0 and test.sentences == 1


def test_marked_sentences_are_checked_against_the_labels_of_their_task(tmp_path):
    text = '0\t" <e1> A </e1> in <e2> B </e2> . "\nper:origin(e1,e2)\n\n\n'
    more = text.replace("0\t", "1\t")
    text += more.replace("A ", "") + more.replace("1\t", "2\t").replace("origin", "orgin")
    text += more.replace('" <', "<").replace("1\t", "3\t")
    (tmp_path / "train.txt").write_text(text, encoding="utf-8")
    assert checked(tmp_path)[0] == [
        ("train.txt", 5, "empty mention"),
        ("train.txt", 10, "unknown label"),
        ("train.txt", 13, "wrong line"),
    ]


@pytest.mark.parametrize("content", ["a\tr\tb\n", "", "1\tr\t2\n"])
def test_a_folder_of_triples_holds_no_relations(tmp_path, content):
    (tmp_path / "train.txt").write_text(content)
    assert find_relation_files(tmp_path) == {}


def test_a_part_without_a_file_is_told(tmp_path):
    (tmp_path / "train.json").write_text(json.dumps([ROW]), encoding="utf-8")
    problems, _ = check_relations(find_relation_files(tmp_path))
    assert [problem.kind for problem in problems] == ["missing part"]
    assert "no file of valid and test" in problems[0].message


def test_a_file_that_is_no_text_is_a_problem_at_its_line(tmp_path):
    (tmp_path / "train.jsonl").write_bytes(b'{"a": 1}\n\xff\n')
    (tmp_path / "valid.jsonl.gz").write_bytes(b"no gzip")
    (tmp_path / "test.json").write_text("[" * 100_000)
    assert checked(tmp_path)[0] == [
        ("train.jsonl", 2, "not UTF-8"),
        ("valid.jsonl.gz", 1, "unreadable"),
        ("test.json", 1, "not JSON"),
        ("test.json", 1, "unreadable"),
    ]
