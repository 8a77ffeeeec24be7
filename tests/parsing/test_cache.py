"""The cache of parses: the same graphs, parsed once, by as many processes as there are."""

from __future__ import annotations

import os
from multiprocessing import get_context

import pytest

from graphkg.errors import InputError
from graphkg.parsing import cache
from graphkg.parsing.base import Parsed, Parser
from graphkg.parsing.cache import CachedParser, cache_folder, cached

SENTENCES = [["Ann", "left", "Rome"], ["Łódź"], ["in", "1999"], ["Ann", "left", "Rome"]]


class Counting(Parser):
    """Hangs every word on the one before it, and counts the sentences that it parses."""

    def __init__(self, name="one", vocabularies=None):
        super().__init__(True, vocabularies)
        self.name, self.parsed = name, []

    @property
    def fingerprint(self):
        return self.name

    def _parse_pieces(self, pieces):
        for piece in pieces:
            yield piece, list(self._parse_lists(iter([piece.text.split()])))

    def _parse_lists(self, sentences):
        for words in sentences:
            self.parsed.append(words)
            starts = [len(" ".join(words[:n])) + (n > 0) for n in range(len(words))]
            chars = [(start, start + len(word)) for start, word in zip(starts, words)]
            mentions = [(0, 1, "NAME")] if words[0].istitle() else []
            labels = [f"d{n}" for n in range(len(words))]
            tags = [word[:1].upper() for word in words]
            yield Parsed(words, chars, list(range(len(words))), labels, tags, mentions)


def shown(graphs):
    return [
        (g.labels, g.heads, g.text, g.key, g.offset, g.mentions, g["token"].chars.tolist())
        for g in graphs
    ]


@pytest.fixture(params=[1, 1024])
def chunk(request, monkeypatch):
    monkeypatch.setattr(cache, "CHUNK", request.param)


def test_the_second_reading_parses_nothing_and_gives_the_same_graphs(tmp_path, chunk):
    plain = shown(Counting().parse_words(SENTENCES))
    first, second = Counting(), Counting()
    assert shown(CachedParser(first, tmp_path).parse_words(SENTENCES)) == plain
    assert first.parsed == SENTENCES[:3]
    assert shown(CachedParser(second, tmp_path).parse_words(SENTENCES)) == plain
    assert second.parsed == []


def test_only_what_is_missing_is_parsed(tmp_path):
    list(CachedParser(Counting(), tmp_path).parse_words(SENTENCES[:1]))
    parser = Counting()
    graphs = list(CachedParser(parser, tmp_path).parse_words(SENTENCES))
    assert parser.parsed == SENTENCES[1:3] and [g.key for g in graphs] == ["0", "1", "2", "3"]
    assert graphs[2].labels.ner == ("O", "DATE")


def test_parsers_with_other_fingerprints_share_nothing(tmp_path):
    list(CachedParser(Counting("one"), tmp_path).parse_words(SENTENCES))
    other = Counting("two")
    list(CachedParser(other, tmp_path).parse_words(SENTENCES))
    assert len(other.parsed) == 3
    with pytest.raises(InputError, match="has no fingerprint"):
        CachedParser(Counting(""), tmp_path)


def test_broken_lines_are_parsed_anew_and_nothing_else_lies_in_the_folder(tmp_path):
    parser = CachedParser(Counting(), tmp_path)
    list(parser.parse_words(SENTENCES))
    (path,) = parser.folder.iterdir()
    lines = path.read_text(encoding="utf-8").splitlines()
    assert path.suffix == ".jsonl" and len(lines) == 3
    path.write_text("\n".join([lines[0][:90], lines[1], lines[2].replace("[0", '["a", 0', 1)]))
    again = Counting()
    found = shown(CachedParser(again, tmp_path).parse_words(SENTENCES))
    assert found == shown(Counting().parse_words(SENTENCES)) and len(again.parsed) == 2


def test_a_reader_that_stops_early_keeps_what_was_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "CHUNK", 1)
    stream = CachedParser(Counting(), tmp_path).parse_words(SENTENCES)
    next(stream)
    stream.close()
    parser = Counting()
    list(CachedParser(parser, tmp_path).parse_words(SENTENCES[:2]))
    assert parser.parsed == SENTENCES[1:2]


def read(folder, name):
    words = [[f"w{n}", name] if n % 2 else [f"w{n}", "both"] for n in range(50)]
    list(CachedParser(Counting(), folder).parse_words(words))


def test_two_processes_may_write_at_once(tmp_path):
    context = get_context("spawn")
    running = [context.Process(target=read, args=(tmp_path, name)) for name in ("a", "b")]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0, 0]
    parser = Counting()
    both = [[f"w{n}", name] for n in range(1, 50, 2) for name in ("a", "b")]
    list(CachedParser(parser, tmp_path).parse_words(both))
    assert parser.parsed == [] and not list(tmp_path.rglob("*.part"))


def test_raw_texts_go_to_the_parser_itself(tmp_path):
    parser = Counting()
    wrapped = CachedParser(parser, tmp_path)
    assert shown(wrapped.parse(["Ann left"])) == shown(Counting().parse(["Ann left"]))
    assert parser.parsed == [["Ann", "left"]] and not list(tmp_path.iterdir())
    assert repr(wrapped) == f"CachedParser({parser!r})" and wrapped.fingerprint == "one"


def test_a_sentence_without_words_raises_as_without_a_cache(tmp_path):
    with pytest.raises(InputError, match="sentence 1 is list"):
        list(CachedParser(Counting(), tmp_path).parse_words([["a"], []]))


def test_the_folder_is_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAPHKG_CACHE", str(tmp_path / "own"))
    assert cached(Counting()).folder == tmp_path / "own" / "parses" / "one"
    monkeypatch.setenv("GRAPHKG_CACHE", "off")
    assert cache_folder() is None and isinstance(cached(Counting()), Counting)
    monkeypatch.delenv("GRAPHKG_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "graphkg"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "graphkg"


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRAPHKG_CACHE", str(tmp_path / "file"))
    parser = Counting()
    assert cached(parser) is parser
    assert cached(Counting("")).fingerprint == ""
    inside = CachedParser(parser, tmp_path / "file")  # found out only when it writes
    assert len(list(inside.parse_words(SENTENCES))) == 4
    monkeypatch.setenv("GRAPHKG_CACHE", str(tmp_path / "shut"))
    monkeypatch.setattr(os, "access", lambda *given: False)
    assert cached(parser) is parser


def test_the_bundled_parser_gives_the_same_graphs_from_the_cache(tmp_path):
    from graphkg.parsing import SpacyParser

    parser = SpacyParser()
    words = ["Marie Curie was born in Warsaw in 1867 .".split(), ["Yes", "\xa0"]]
    plain = shown(parser.parse_words(words))
    for _ in range(2):
        assert shown(CachedParser(parser, tmp_path).parse_words(words)) == plain
    assert SpacyParser().fingerprint == parser.fingerprint != ""
    others = [SpacyParser(values=False), SpacyParser(ner=False), SpacyParser(kinds={"GPE": "X"})]
    prints = {parser.fingerprint, *(other.fingerprint for other in others)}
    assert len(prints) == 4
    assert SpacyParser(parser.nlp).fingerprint == ""  # an object may have been changed
