"""Texts for JAKET: offsets, chunks that cut no mention, files."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pieces import tiny_tokenizer

from graphkg.datasets.words import split_words
from graphkg.errors import InputError
from graphkg.linking import Match, NameMatcher
from graphkg.recipes.jaket_texts import Text, cut, link_texts, read_texts

TEXT = "Ann left Romeville.  There, Lee fell in the city of Rome today. Ann born there."


def linked(text=TEXT, limit=12):
    names = [("Ann", 0), ("Lee", 1), ("the city of Rome", 2), ("Romeville", 3)]
    matcher = NameMatcher(names, lambda name: split_words(name)[0])
    return link_texts([Text("doc", text)], matcher, tiny_tokenizer(), limit)


def test_every_mention_stands_where_its_offsets_say():
    found = linked()
    names = []
    for graph in found.graphs:
        for mention in graph.mentions:
            start, end = (graph.offset + place for place in mention.chars)
            assert TEXT[start:end] == mention.text
            names.append((mention.text, mention.entity))
    assert names == [("Ann", 0), ("Romeville", 3), ("Lee", 1), ("the city of Rome", 2), ("Ann", 0)]
    assert found.counts == {"texts": 1, "chunks": 3, "words": 19, "linked": 5, "ambiguous": 0}
    assert [graph.key for graph in found.graphs] == ["doc#0", "doc#1", "doc#2"]


def test_chunks_have_at_most_so_many_pieces_and_lose_no_word():
    for limit in (7, 9, 12, 40):
        graphs = linked(limit=limit).graphs
        assert all(graph["piece"].num_nodes <= limit for graph in graphs)
        assert [w for g in graphs for w in g.words] == split_words(TEXT)[0]


def test_a_sentence_that_does_not_fit_is_cut_before_a_mention():
    graphs = linked(limit=8).graphs
    assert any(m.text == "the city of Rome" for g in graphs for m in g.mentions)


def test_a_text_without_words_gives_no_chunk():
    assert linked(" \n").graphs == []


@given(
    st.lists(st.tuples(st.sampled_from(["a", "."]), st.integers(0, 4)), max_size=30),
    st.integers(1, 9),
    st.data(),
)
def test_cuts_cover_the_text_and_respect_mentions_that_fit(given_words, room, data):
    words = [word for word, _ in given_words]
    pieces = [count for _, count in given_words]
    starts = sorted(data.draw(st.sets(st.integers(0, max(len(words) - 1, 0)), max_size=4)))
    ends = [*starts[1:], len(words)]
    mentions = [Match(a, b, 0) for a, b in zip(starts, ends) if a < b and b - a < 4]
    spans = cut(words, pieces, mentions, room)
    assert [n for a, b in spans for n in range(a, b)] == list(range(len(words)))
    for a, b in spans:
        assert sum(pieces[a:b]) <= room or b == a + 1
    for m in mentions:
        if sum(pieces[m.start : m.end]) <= room and all(
            pieces[n] <= room for n in range(len(words))
        ):
            assert any(a <= m.start and m.end <= b for a, b in spans)


def test_texts_are_read_from_lines_of_json_paragraphs_and_folders(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"text": "One.", "key": "k"}) + '\n{"text": " "}\n'
    )
    (tmp_path / "b.txt").write_text("Two\nlines.\n\n\nThree.\n")
    with gzip.open(tmp_path / "c.jsonl.gz", "wt") as file:
        file.write('{"text": "Four."}\n')
    assert [(key, text.strip()) for key, text in read_texts(tmp_path)] == [
        ("k", "One."), ("b.txt:1", "Two\nlines."), ("b.txt:2", "Three."), ("c.jsonl.gz:1", "Four.")
    ]  # fmt: skip


def test_what_are_no_texts_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    with pytest.raises(InputError, match=r"a.csv is no file of texts: give one that ends in"):
        read_texts(tmp_path / "a.csv")
    with pytest.raises(InputError, match="holds no texts"):
        read_texts(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"words": 1}\n')
    with pytest.raises(InputError, match=r"a.jsonl:1: text is missing"):
        read_texts(tmp_path / "a.jsonl")
