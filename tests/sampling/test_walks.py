"""Random walks: steps along edges, and distinct roots until there are enough."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.graphs import Adjacency, KnowledgeGraph
from graphkg.sampling import RandomWalks

# a -> b -> c -> a, b -> d, d -> d; e is alone.
TRIPLES = [("a", "r", "b"), ("b", "r", "c"), ("c", "r", "a"), ("b", "r", "d"), ("d", "r", "d")]


def walks(length=2, triples=TRIPLES, names="abcde"):
    graph = KnowledgeGraph.from_triples(triples, entities=names, relations=["r"])
    return RandomWalks(Adjacency.of(graph, "out"), length)


def fixed(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_step_goes_along_an_edge_and_each_is_taken_equally_often():
    start = torch.tensor([0, 1, 4]).repeat_interleave(4000)
    path = walks().walk(start, fixed())
    assert path.shape == (12_000, 3) and torch.equal(path[:, 0], start)
    assert (path[:4000, 1] == 1).all()
    to_c = (path[:4000, 2] == 2).double().mean()
    assert abs(to_c - 0.5) < 0.04 and ((path[:4000, 2] == 2) | (path[:4000, 2] == 3)).all()
    assert (path[8000:] == 4).all()


@given(st.integers(0, 5), st.integers(0, 100))
def test_roots_are_distinct_and_as_many_as_asked_for(count, seed):
    roots = walks().roots(count, fixed(seed))
    assert roots.unique().numel() == roots.numel() == count


def test_roots_come_walk_by_walk():
    names = [f"e{n}" for n in range(1000)]
    ring = [(names[n], "r", names[(n + 1) % 1000]) for n in range(1000)]
    roots = walks(3, ring, names).roots(8, fixed(1))
    # Two walks of 3 steps on a ring: four entities in a row each.
    assert ((roots[1:] - roots[:-1]) % 1000 == 1).tolist() == [True] * 3 + [False] + [True] * 3


def test_a_graph_without_edges_gives_roots_all_the_same():
    assert walks(triples=[]).roots(5, fixed()).sort().values.tolist() == [0, 1, 2, 3, 4]
    assert walks(triples=[]).walk(torch.tensor([2])).tolist() == [[2, 2, 2]]


def test_all_entities_of_a_graph_whose_walks_end_in_one_place_become_roots():
    names = [f"e{n}" for n in range(200)]
    star = [(name, "r", "e0") for name in names]
    assert walks(2, star, names).roots(200, fixed()).sort().values.tolist() == list(range(200))


def test_a_seed_decides_the_roots():
    assert torch.equal(walks().roots(3, fixed(1)), walks().roots(3, fixed(1)))
    assert any(not torch.equal(walks().roots(3, fixed(n)), walks().roots(3)) for n in range(9))


def test_what_cannot_be_walked_raises():
    with pytest.raises(InputError, match="6 roots were asked for, but the graph has 5"):
        walks().roots(6)
    with pytest.raises(InputError, match="give a graph with entities and 1 step or more"):
        walks(0)
    with pytest.raises(InputError, match="start 0 is entity 9"):
        walks().walk(torch.tensor([9]))
    assert repr(walks()) == "RandomWalks(5 entities, 2 steps)"
