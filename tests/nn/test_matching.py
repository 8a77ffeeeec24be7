"""match: the cheapest way to give each gold triple a slot."""

from __future__ import annotations

from itertools import permutations

import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.nn.matching import match


def least(cost):
    """The least sum over all ways to put the rows into distinct columns."""
    rows = range(len(cost))
    ways = permutations(range(cost.size(1)), len(cost))
    return min(sum(float(cost[row, way[row]]) for row in rows) for way in ways)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=4), st.integers(0, 1000))
def test_no_permutation_is_cheaper(counts, seed):
    cost = torch.rand(sum(counts), 5, generator=torch.Generator().manual_seed(seed))
    ptr = torch.tensor([0, *counts]).cumsum(0)
    slot = match(cost, ptr)
    for start, end in zip(ptr.tolist(), ptr.tolist()[1:]):
        own = slot[start:end]
        assert len(set(own.tolist())) == end - start
        paid = cost[start:end].gather(1, own.unsqueeze(1)).sum()
        assert abs(float(paid) - least(cost[start:end])) < 1e-5


def test_the_dearest_triples_of_a_full_sentence_get_no_slot():
    cost = torch.tensor([[-1.0, -0.2], [-0.1, -0.1], [-0.5, -0.9]])
    assert match(cost, torch.tensor([0, 3])).tolist() == [0, -1, 1]


def test_there_is_no_gradient():
    cost = torch.rand(2, 3, requires_grad=True)
    assert not match(cost, torch.tensor([0, 2])).requires_grad
