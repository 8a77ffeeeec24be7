"""Pairs: the mention pair of each sentence of a batch."""

from __future__ import annotations

import pytest
import torch
from cases import sentences
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.relation import Pairs


@pytest.fixture
def graphs():
    return sentences()[0]


def test_pairs_of_a_batch_are_numbered_over_the_batch(graphs):
    pairs = Pairs.of(Batch.from_data_list(graphs))
    assert pairs.ptr.tolist() == [0, 5, 17, 22, 27, 29] and len(pairs) == 5
    assert pairs.subject.tolist() == [0, 3, 4, 6, 8] and pairs.object.tolist() == [1, 2, 5, 7, 9]
    assert pairs.sentence.tolist() == [0, 1, 2, 3, 3, 4]
    assert pairs.relation.tolist() == [2, 0, 0, 1, 2, 0]
    assert torch.equal(pairs.token, torch.arange(5).repeat_interleave(pairs.ptr.diff()))


def test_a_single_sentence_is_a_batch_of_one(graphs):
    pairs = Pairs.of(graphs[3])
    assert pairs.ptr.tolist() == [0, 5] and pairs.sentence.tolist() == [0, 0]
    assert (pairs.subject.tolist(), pairs.object.tolist()) == ([0], [1])


def test_several_relations_make_a_multi_hot_row(graphs):
    hot = Pairs.of(Batch.from_data_list(graphs)).targets(3)
    assert hot.tolist() == [[0, 0, 1], [1, 0, 0], [1, 0, 0], [0, 1, 1], [1, 0, 0]]


def test_a_relation_to_predict_is_no_target():
    graph = SentenceGraph.build(
        ["a", "b"], mentions=[(0, 1, "X"), (1, 2, "Y")], pairs=[(0, 1, None)]
    )
    assert Pairs.of(graph).targets(2).tolist() == [[0.0, 0.0]]


def test_tokens_inside_a_span(graphs):
    batch = Batch.from_data_list(graphs)
    pairs = Pairs.of(batch)
    inside = pairs.inside(batch["mention"].span[pairs.object])
    assert inside.nonzero().view(-1).tolist() == [3, 5 + 6, 17 + 3, 22, 27]


@pytest.mark.parametrize("pairs", [[], [(0, 1, "r"), (1, 0, "r")]])
def test_other_than_one_pair_a_sentence_is_an_error(pairs):
    mentions = [(0, 1, "X"), (1, 2, "Y")]
    graph = SentenceGraph.build(["a", "b"], mentions=mentions, pairs=pairs)
    with pytest.raises(InputError, match="one pair a sentence.*split_pairs"):
        Pairs.of(graph)
