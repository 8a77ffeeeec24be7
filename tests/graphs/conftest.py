"""Sentences and graphs small enough to check on paper."""

from __future__ import annotations

import pytest

from graphkg.graphs import KnowledgeGraph, SentenceGraph


@pytest.fixture
def ada() -> SentenceGraph:
    """``Ada Lovelace met Charles Babbage .`` with two people and one relation."""
    return SentenceGraph.build(
        "Ada Lovelace met Charles Babbage .".split(),
        heads=[2, 3, 0, 5, 3, 3],
        deprels=["compound", "nsubj", "root", "compound", "obj", "punct"],
        pos=["PROPN", "PROPN", "VERB", "PROPN", "PROPN", "PUNCT"],
        ner=["PER", "PER", "O", "PER", "PER", "O"],
        mentions=[(0, 2, "PER"), (3, 5, "PER")],
        pairs=[(0, 1, "met")],
        text="Ada Lovelace met Charles Babbage.",
        entities=[7, -1],
        key="notes#3",
        offset=100,
    )


@pytest.fixture
def bob() -> SentenceGraph:
    """``Bob slept`` with one mention and no pair."""
    return SentenceGraph.build(["Bob", "slept"], mentions=[(0, 1, "PER")], entities=[2], key="b")


@pytest.fixture
def bare() -> SentenceGraph:
    """``Hello`` without heads, mentions and pairs."""
    return SentenceGraph.build(["Hello"])


@pytest.fixture
def family() -> KnowledgeGraph:
    """Four people: a -> b, a -> c, b -> d (child) and a -> d (friend)."""
    return KnowledgeGraph.from_triples(
        [
            ("a", "child", "b"),
            ("a", "child", "c"),
            ("b", "child", "d"),
            ("a", "friend", "d"),
        ]
    )
