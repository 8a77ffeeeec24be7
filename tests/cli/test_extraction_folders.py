"""Folders for triple extraction on the command line: told what they hold, and what is wrong."""

from __future__ import annotations

import json

import pytest

ROW = {"text": "Ann Lee met Bob", "triples": [["Ann Lee", "met", "Bob"], ["Ann", "saw", "Bob"]]}


def write(folder, part, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / f"{part}.jsonl").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "mine"
    found.mkdir()
    for number, part in enumerate(("train", "valid", "test")):
        write(found, part, {**ROW, "text": f"{ROW['text']} {number}"})
    return found


def test_a_sound_folder_is_told_with_counts_and_classes(command, folder):
    ended = command("data", "check", folder)
    assert ended.code == 0 and ended.out.startswith(f"mine: {folder}\n")
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["train.jsonl", "1", "2", "2", "0", "2", "5"] in rows
    assert ["SEO", "1", "1", "1"] in rows and ["N=2", "1", "1", "1"] in rows
    assert ended.out.endswith("errors: 0, warnings: 0\n")


def test_errors_are_listed_with_file_and_line_and_end_in_code_1(command, folder):
    wrong = [{**ROW, "text": ""}, {"tokens": ["a"], "triples": [[[0, 2], "met", "a"]]}, "{"]
    write(folder, "test", *wrong, {**ROW, "tripels": []})
    absent = {"text": "Bob .", "triples": [["Ann", "met", "Bob"], ["Bob", "new", "Bob"]]}
    write(folder, "valid", absent)
    ended = command("data", "check", folder)
    assert ended.code == 1 and "errors: 5, warnings: 2" in ended.out
    for line, kind in enumerate(("empty sentence", "wrong span", "not JSON", "unknown key"), 1):
        told = ended.out[ended.out.index(f"error: {kind} (1)") :].splitlines()
        assert told[2].startswith(f"test.jsonl:{line} ")
    assert "error: unreadable (1)" in ended.out  # no row of the file is sound
    assert "warning: string not found (1)" in ended.out and "valid.jsonl:1 " in ended.out
    assert "warning: unknown relation (1)" in ended.out


def test_a_known_set_is_checked_by_its_name(command, refused, tmp_path, monkeypatch):
    monkeypatch.delenv("GRAPHKG_DATA", raising=False)
    assert "the data of webnlg were asked for" in refused("data", "check", "webnlg-exact")
    (tmp_path / "webnlg").mkdir()
    write(tmp_path / "webnlg", "webnlg-partial.train", ROW)
    monkeypatch.setenv("GRAPHKG_DATA", str(tmp_path))
    ended = command("data", "check", "webnlg-partial")
    assert ended.code == 0 and ended.out.startswith("WebNLG, last words: ")
    assert "warning: missing part (1)" in ended.out


def test_real_sets_have_no_error(command, data_folder):
    for name in ("webnlg-exact", "conll04"):
        if not (data_folder / name.split("-")[0]).is_dir():
            pytest.skip(f"{data_folder} has no {name}")
        ended = command("data", "check", name)
        assert ended.code == 0 and "errors: 0" in ended.out
