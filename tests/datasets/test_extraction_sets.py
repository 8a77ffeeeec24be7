"""Known sets for triple extraction by name and protocol, and where their files lie."""

from __future__ import annotations

import json

import pytest

from graphkg.datasets.extraction_sets import (
    KNOWN,
    find_extraction_files,
    holds_extraction,
    known_set,
)
from graphkg.errors import InputError


def touch(folder, *names, content="{}"):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(content, encoding="utf-8")


def test_protocols_of_one_folder_have_files_of_their_own(tmp_path, monkeypatch):
    names = [f"nyt-{x}.{y}" for x in ("exact", "partial") for y in ("test.jsonl", "relations.txt")]
    touch(tmp_path / "nyt", *names, "nyt-exact.dev.jsonl", "train.jsonl")
    monkeypatch.setenv("GRAPHKG_DATA", str(tmp_path))
    exact, partial = (find_extraction_files(name) for name in ("nyt-exact", "NYT-partial"))
    assert {part: path.name for part, path in exact.parts.items()} == {
        "valid": "nyt-exact.dev.jsonl", "test": "nyt-exact.test.jsonl"
    }  # fmt: skip
    assert exact.relations.name == "nyt-exact.relations.txt" and exact.match == "exact"
    assert list(partial.parts) == ["test"] and partial.match == "partial"


def test_a_known_set_also_has_usual_names_in_a_folder_that_is_given(tmp_path):
    touch(tmp_path, "train.json", "types.json")
    files = find_extraction_files("webnlg-exact", tmp_path)
    assert files.name == "WebNLG, whole spans" and files.types.name == "types.json"


def test_folds_of_ade_are_found_by_number(tmp_path):
    touch(tmp_path, *(f"ade_split_{n}_{part}.json" for n in (0, 3) for part in ("train", "test")))
    touch(tmp_path, "ade_types.json")
    files = find_extraction_files("ade-3", tmp_path)
    assert [path.name for path in files.parts.values()] == [
        "ade_split_3_train.json", "ade_split_3_test.json"
    ]  # fmt: skip
    assert files.types.name == "ade_types.json" and files.name == "ADE, fold 3"
    assert find_extraction_files("ade", tmp_path).parts["test"].name == "ade_split_0_test.json"
    assert known_set("ade-10") is None and set(KNOWN) >= {"ade", "scierc", "conll04"}


def test_what_is_not_there_is_told(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="neither a folder nor a known set.*'nyt-exact'"):
        find_extraction_files("nyt-exat")
    with pytest.raises(InputError, match="holds none of train, valid, test"):
        find_extraction_files(tmp_path)
    with pytest.raises(InputError, match="holds none of nyt-exact.train"):
        find_extraction_files("nyt-exact", tmp_path)
    monkeypatch.delenv("GRAPHKG_DATA", raising=False)
    with pytest.raises(InputError, match="set the environment variable GRAPHKG_DATA"):
        find_extraction_files("scierc")


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        ({"text": "a", "triples": []}, True),
        ({"tokens": ["a"], "entities": [], "relations": []}, True),
        ({"words": ["a", "b"], "subject": [0, 1], "object": [1, 2], "relation": "r"}, False),
        ({"words": ["a", "b"], "entities": [], "relation": "r"}, False),
        ({}, False),
    ],
)
def test_rows_of_triples_are_told_from_rows_with_one_pair(tmp_path, row, holds):
    touch(tmp_path, "train.jsonl", content="{\n" + json.dumps(row))
    assert holds_extraction(find_extraction_files(tmp_path)) is holds
