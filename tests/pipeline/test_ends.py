"""Ends of triples that the parser did not find become mentions, and remember what was said."""

from __future__ import annotations

import pytest

from graphkg.graphs import Mention, SentenceGraph, Triple
from graphkg.pipeline import TextToGraph
from graphkg.pipeline.ends import with_ends

WORDS = "Marie Curie saw the University of Paris".split()
FOUND = [(0, 2, "PERSON"), (6, 7, "LOCATION")]


@pytest.fixture(name="graph")
def sentence():
    return SentenceGraph.build(WORDS, range(len(WORDS)), mentions=FOUND, pairs=[(0, 1, "saw")])


def mention(graph, start, end, kind="_"):
    first, last = int(graph["token"].chars[start, 0]), int(graph["token"].chars[end - 1, 1])
    return Mention(start, end, kind, graph.text[first:last], (first, last))


def test_new_ends_are_mentions_behind_those_of_the_parser(graph):
    said = Triple(mention(graph, 1, 2), "saw", mention(graph, 4, 7), 0.5)
    found, (triple,) = with_ends(graph, [said])
    kinds = [(m.start, m.end, m.kind) for m in found.mentions]
    # "Curie" are the last words of a person; the university is no place, though its name ends so.
    assert kinds == [*FOUND, (1, 2, "PERSON"), (4, 7, "_")]
    assert (triple.subject.kind, triple.object.kind) == ("PERSON", "_")
    assert found.pairs == graph.pairs and found.heads == graph.heads
    assert len(graph.mentions) == 2


def test_an_end_that_the_parser_found_is_that_mention(graph):
    said = Triple(mention(graph, 0, 2), "saw", mention(graph, 6, 7, "City"), 0.5)
    found, (triple,) = with_ends(graph, [said])
    assert found is graph
    assert (triple.subject.kind, triple.object.kind) == ("PERSON", "City")


def test_without_triples_nothing_changes(graph):
    assert with_ends(graph, []) == (graph, [])


class Firsts:
    """Says that the first word, in lower case or not, saw the last."""

    name, fingerprint = "firsts", ""

    def extract(self, graphs):
        return [
            [
                Triple(
                    mention(g, 0, 1), "saw", mention(g, len(g.words) - 1, len(g.words), "Thing"), 1
                )
            ]
            for g in graphs
        ]


def test_a_graph_is_built_of_ends_that_no_parser_found(reader, tmp_path):
    texts = {"one": "ann saw rome", "two": "ann saw Ulm"}
    found = TextToGraph(reader.parser, Firsts())
    graph = found.build(texts.items(), tmp_path / "journal")
    assert graph.triples() == [("ann", "saw", "rome"), ("ann", "saw", "Ulm")]
    kinds = [(e.subject_kind, e.object_kind) for kept in graph.evidence for e in kept]
    assert kinds == [("_", "Thing"), ("_", "Thing")]
    again = found.build(texts.items(), tmp_path / "journal")
    assert again.evidence == graph.evidence and reader.parser.read == ["one", "two"]
