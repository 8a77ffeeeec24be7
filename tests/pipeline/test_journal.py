"""The journal: a finished document is read once, whatever happened to the last line."""

from __future__ import annotations

import pytest

from graphkg.pipeline import text_to_graph

TEXTS = [("a", "Ann met Bob 🧪\nit rained"), ("b", "Bob knows Łucja surely"), ("c", "no name")]


@pytest.fixture(autouse=True)
def together(monkeypatch):
    """Documents are read one by one, unless a test says otherwise."""
    monkeypatch.setattr(text_to_graph, "TOGETHER", 1)


def plain(documents):
    return [
        (
            document.key,
            [(g.key, g.text, g.offset, g.labels, g.heads, g.mentions) for g in document.sentences],
            document.triples,
        )
        for document in documents
    ]


def test_documents_come_back_as_they_were_read(reader, tmp_path):
    first = plain(reader.read(TEXTS, tmp_path / "journal"))
    assert plain(reader.read(TEXTS, tmp_path / "journal")) == first == plain(reader.read(TEXTS))
    assert reader.parser.read == [*"abc", *"abc"]  # the second time nothing was parsed


@pytest.mark.parametrize("cut", [1, 2, 60, 400])
def test_a_half_written_last_line_is_read_anew(reader, tmp_path, cut):
    whole = plain(reader.read(TEXTS, tmp_path / "journal"))
    data = (tmp_path / "journal").read_bytes()
    (tmp_path / "journal").write_bytes(data[:-cut])
    lost = 1 + data[:-1].rindex(b"\n") > len(data) - cut
    assert plain(reader.read(TEXTS, tmp_path / "journal")) == whole
    assert reader.parser.read == [*"abc", *("bc" if lost else "c")]
    assert (tmp_path / "journal").read_bytes() == data


def test_a_line_cut_inside_a_character_and_one_of_zeros_are_dropped(reader, tmp_path):
    whole = plain(reader.read(TEXTS[:1], tmp_path / "journal"))
    data = (tmp_path / "journal").read_bytes()
    for rest in (data[: data.index("🧪".encode()) + 2], b"\0" * 9 + b"\n", b"[]\n", b"{}\n"):
        (tmp_path / "journal").write_bytes(data + rest)
        assert plain(reader.read(TEXTS[:1], tmp_path / "journal")) == whole
        assert (tmp_path / "journal").read_bytes() == data
    assert reader.parser.read == ["a"]


@pytest.mark.parametrize("part", ["parser", "model"])
def test_what_another_parser_or_model_read_is_not_taken(reader, other, tmp_path, part):
    list(reader.read(TEXTS, tmp_path / "journal"))
    second = other(part)
    list(second.read(TEXTS, tmp_path / "journal"))
    assert second.parser.read == ["a", "b", "c"]


def test_documents_that_are_read_together_are_found_together(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(text_to_graph, "TOGETHER", 30)
    whole = plain(reader.read(TEXTS, tmp_path / "journal"))
    reader.parser.read.clear()
    data = (tmp_path / "journal").read_bytes()
    (tmp_path / "journal").write_bytes(data[:-1])
    assert plain(reader.read(TEXTS, tmp_path / "journal")) == whole
    assert reader.parser.read == ["b", "c"]
    assert plain(reader.read(TEXTS, tmp_path / "journal")) == whole
    assert reader.parser.read == ["b", "c"]


def test_a_changed_text_and_a_new_key_are_read(reader, tmp_path):
    list(reader.read(TEXTS, tmp_path / "journal"))
    reader.parser.read.clear()
    changed = [("a", "Ann met Bob"), TEXTS[1], ("d", TEXTS[2][1])]
    found = list(reader.read(changed, tmp_path / "journal"))
    assert reader.parser.read == ["a", "d"]
    assert [graph.text for graph in found[0].sentences] == ["Ann met Bob"]
