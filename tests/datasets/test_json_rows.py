"""Rows of JSON files: arrays in pieces, lines, and what is broken in them."""

from __future__ import annotations

import gzip
import json

import pytest

from graphkg.datasets import json_rows
from graphkg.datasets.json_rows import read_rows
from graphkg.errors import InputError

ROWS = [{"id": f"a{n}", "text": "Łódź [x]," * n} for n in range(20)]


def test_an_array_is_read_in_pieces_of_any_size(tmp_path, monkeypatch):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(ROWS, indent=1, ensure_ascii=False), encoding="utf-8")
    for size in (1, 7, 64, 1 << 20):
        monkeypatch.setattr(json_rows, "CHUNK", size)
        found = list(read_rows(path))
        assert [row for _, row in found] == ROWS
        assert str(found[1][0]) == f"{path}:6 (record 2)"


def test_content_decides_between_an_array_and_lines(tmp_path):
    lines = "\n".join(json.dumps(row) for row in ROWS)
    (tmp_path / "lines.json").write_text(lines, encoding="utf-8")
    (tmp_path / "array.jsonl.gz").write_bytes(gzip.compress(json.dumps(ROWS).encode()))
    assert [row for _, row in read_rows(tmp_path / "lines.json")] == ROWS
    assert [row for _, row in read_rows(tmp_path / "array.jsonl.gz")] == ROWS
    (tmp_path / "empty.json").write_text(" [ ]\n", encoding="utf-8")
    assert list(read_rows(tmp_path / "empty.json")) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "rows.json is empty"),
        (b'[{"a": 1},\n {"a": }]', r"rows.json:2 \(record 2\): not JSON \(Expecting value\)"),
        (b'[{"a": 1}\n {"a": 2}]', r"rows.json:2 \(record 1\): not JSON \(',' is missing\)"),
        (b'[{"a": 1},\n', r"rows.json:2 .*not JSON"),
        (b'[{"a": 1}]\n]', "rows.json:2 .*text after the array"),
        (b"[1]", r"rows.json:1 \(record 1\): int was given"),
        (b'[{"a": 1},\n{"a": "\xff"}]', "rows.json:2: not UTF-8 .byte 0xff"),
        (b'{"a": 1}\n{"a": }\n', "rows.json:2: not JSON .Expecting value at column 7"),
        (b'{"a": 1}\n[2]\n', "rows.json:2: list was given"),
    ],
)
def test_what_is_broken_raises_with_its_place(tmp_path, content, message):
    (tmp_path / "rows.json").write_bytes(content)
    with pytest.raises(InputError, match=message):
        list(read_rows(tmp_path / "rows.json"))


def test_a_cut_gzip_raises(tmp_path):
    packed = gzip.compress(json.dumps(ROWS).encode())
    (tmp_path / "rows.json.gz").write_bytes(packed[:-12])
    with pytest.raises(InputError, match="rows.json.gz:1: the file cannot be read"):
        list(read_rows(tmp_path / "rows.json.gz"))
    with pytest.raises(InputError, match="none.json does not exist"):
        list(read_rows(tmp_path / "none.json"))


def test_broken_lines_can_be_collected_while_the_others_are_read(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"a": 1}\n{\n3\n{"a": 2}\n', encoding="utf-8")
    errors = []
    rows = [row for _, row in read_rows(tmp_path / "rows.jsonl", errors.append)]
    assert rows == [{"a": 1}, {"a": 2}]
    assert [(error.problem.line, error.problem.kind) for error in errors] == [
        (2, "not JSON"), (3, "not JSON")
    ]  # fmt: skip
