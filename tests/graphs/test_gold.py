"""Gold triples of a sentence: those of its edges, and those that no edge can hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from torch_geometric.data import Batch

from graphkg.graphs import SentenceGraph, end_of, gold_mentions, gold_triples

ANN, PARIS = ("Ann Lee", (0, 2), "PER"), ("Paris", (3, 4), "LOC")


@pytest.fixture(name="graph")
def sentence():
    mentions = [(0, 2, "PER"), (3, 4, "LOC")]
    pairs = [(0, 1, "left"), (0, 1, "saw"), (1, 0, None)]
    graph = SentenceGraph.build("Ann Lee left Paris".split(), mentions=mentions, pairs=pairs)
    off = ((0, "met", 1), (0, "left", "Cancún"))
    return graph.with_labels(replace(graph.labels, off_graph=off))


def test_triples_off_the_graph_are_gold_too(graph):
    assert gold_triples(graph) == [
        (ANN, "left", PARIS),
        (ANN, "saw", PARIS),
        (ANN, "met", PARIS),
        (ANN, "left", ("Cancún", None, "_")),
    ]
    assert gold_mentions(graph) == {(0, 2, "PER"), (3, 4, "LOC")}


def test_other_pairs_bring_no_gold_with_them(graph):
    guess = graph.with_pairs([(1, 0, "left")])
    assert gold_triples(guess) == [(PARIS, "left", ANN)]
    assert len(gold_triples(graph)) == 4


def test_any_tokens_are_an_end_with_their_text():
    graph = SentenceGraph.build(["a", "b", "c"], text="a  b c", key="k")
    assert end_of(graph, 0, 2) == ("a  b", (0, 2), "_")
    assert end_of(graph, 2, 3, "K") == ("c", (2, 3), "K")


def test_sentences_with_triples_off_the_graph_batch_as_others_do(graph):
    batch = Batch.from_data_list([graph, graph.with_pairs([])])
    assert batch["mention"].span.tolist() == [[0, 2], [3, 4], [4, 6], [7, 8]]
