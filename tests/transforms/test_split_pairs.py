"""split_pairs: one graph a pair of mentions."""

from __future__ import annotations

import torch
from cases import raw_sentences

from graphkg.graphs import SentenceGraph
from graphkg.graphs.sentence import DEP, REL
from graphkg.transforms import split_pairs
from graphkg.vocab import Vocabularies


def build():
    vocabularies = Vocabularies()
    for relation in ("r", "s", "t"):
        vocabularies.relation.add(relation)
    pairs = [(0, 1, "t"), (1, 0, None), (0, 1, "s")]
    mentions = [(0, 1, "X"), (2, 3, "Y")]
    return SentenceGraph.build(
        "a b c".split(), [2, 0, 2], mentions=mentions, pairs=pairs, vocabularies=vocabularies
    )


def test_the_relations_of_two_mentions_stay_together():
    first, second = split_pairs(build())
    assert first.pairs == [(0, 1, "t"), (0, 1, "s")] and second.pairs == [(1, 0, None)]
    assert first[REL].edge_type.tolist() == [2, 1] and second[REL].edge_type.tolist() == [-1]


def test_tensors_are_shared_and_the_graph_stays():
    graph = build()
    for piece in split_pairs(graph):
        assert piece[DEP].edge_index is graph[DEP].edge_index
        assert piece["mention"].span is graph["mention"].span
        assert piece.words == graph.words
    assert len(graph.pairs) == 3


def test_no_pair_gives_no_graph():
    assert split_pairs(SentenceGraph.build(["a"])) == []


def test_a_graph_of_one_pair_is_itself():
    graph = raw_sentences()[3]
    (piece,) = split_pairs(graph)
    assert piece.pairs == graph.pairs
    assert torch.equal(piece[REL].edge_index, graph[REL].edge_index)
