"""Locating and reading files: what is wrong is said with its place."""

from __future__ import annotations

import gzip

import pytest

from graphkg.datasets.base import Lazy, find_file, locate, read_jsonl, read_table, read_text
from graphkg.errors import InputError


def test_locate_prefers_the_path_then_the_environment(tmp_path, monkeypatch):
    (tmp_path / "semeval").mkdir()
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("GRAPHKG_DATA", str(tmp_path))
    assert locate("semeval") == tmp_path / "semeval"
    assert locate("semeval", tmp_path / "own") == tmp_path / "own"
    with pytest.raises(InputError, match="own2 is not a folder"):
        locate("semeval", tmp_path / "own2")
    with pytest.raises(InputError, match=r"fewrel is not a folder \(GRAPHKG_DATA is"):
        locate("fewrel")
    monkeypatch.delenv("GRAPHKG_DATA")
    with pytest.raises(InputError, match="give the path of their folder, or set.*GRAPHKG_DATA"):
        locate("semeval")


def test_find_file_takes_plain_files_and_gzip(tmp_path):
    with pytest.raises(InputError, match="holds none of a.txt, b.txt"):
        find_file(tmp_path, "a.txt", "b.txt")
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress("Łódź\r\nok".encode()))
    path = find_file(tmp_path, "a.txt", "b.txt")
    assert path.name == "b.txt.gz" and read_text(path) == "Łódź\nok"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b" \n", "is empty"),
        ("a.txt", b"one\ntwo\0", "a.txt:2: a zero byte"),
        ("a.txt", b"one\n\ncaf\xe9\n", "a.txt:3: not UTF-8 .byte 0xe9"),
        ("a.txt.gz", b"no gzip", "not a whole gzip file"),
        ("a.txt.gz", gzip.compress(b"text" * 100)[:-12], "not a whole gzip file"),
    ],
)
def test_files_that_are_no_text_raise(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_text(tmp_path / name)


def test_a_missing_file_raises(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_text(tmp_path / "none.txt")


def test_json_lines_are_read_with_their_numbers(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": 1}\n\n{"id": 2}\n', encoding="utf-8")
    assert list(read_jsonl(path, ["id"])) == [(1, {"id": 1}), (3, {"id": 2})]
    for line, message in [
        ('{"id": }', "rows.jsonl:2: not JSON"),
        ("[1]", "rows.jsonl:2: list was given"),
        ('{"key": 1}', "rows.jsonl:2: id is missing"),
    ]:
        path.write_text(f'{{"id": 1}}\n{line}\n', encoding="utf-8")
        with pytest.raises(InputError, match=message):
            list(read_jsonl(path, ["id"]))


def test_tables_check_header_and_width(tmp_path):
    path = tmp_path / "rows.tsv"
    path.write_text('name\ttext\na\t"quoted\n', encoding="utf-8")
    assert read_table(path, ("name", "text"), header=True) == [["a", '"quoted']]
    with pytest.raises(InputError, match="rows.tsv:1: the header is name, text"):
        read_table(path, ("name", "words"), header=True)
    with pytest.raises(InputError, match="rows.tsv:1: 2 columns, but 1 were expected"):
        read_table(path, ("name",), header=False)


def test_a_lazy_sequence_builds_an_item_when_it_is_asked_for():
    built = []
    items = Lazy([1, 2, 3], lambda row: built.append(row) or row * 10)
    assert len(items) == 3 and not built
    assert items[-1] == 30 and built == [3]
    assert list(items[:2]) == [10, 20] and repr(items) == "Lazy(3)"
