"""Nearness against networkx, and the bonus by hand."""

from __future__ import annotations

import networkx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rankers import Scored, Tiled, Writing, draw_triples, equal, index_of

from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.models import Neighbourhood, NeighbourhoodBonus
from graphkg.training import evaluate_ranking
from graphkg.vocab import Vocabulary


def graph_of(edges, entities: int) -> KnowledgeGraph:
    names = Vocabulary([f"e{n}" for n in range(entities)], name="entity")
    index = torch.tensor(edges, dtype=torch.long).view(-1, 2).t()
    relations = Vocabulary(["r"], name="relation")
    return KnowledgeGraph.from_ids(index, torch.zeros(len(edges)).long(), names, relations)


@given(st.data(), st.integers(1, 12), st.integers(1, 4))
def test_what_is_near_is_what_networkx_reaches(data, entities, hops):
    node = st.integers(0, entities - 1)
    edges = data.draw(st.lists(st.tuples(node, node), max_size=20))
    graph = networkx.Graph(edges)
    graph.add_nodes_from(range(entities))
    found = Neighbourhood(graph_of(edges, entities), hops)(torch.arange(entities))
    for start in range(entities):
        reached = networkx.single_source_shortest_path_length(graph, start, cutoff=hops)
        assert set(found[start].nonzero().view(-1).tolist()) == set(reached)


def test_repeated_queries_have_rows_of_their_own():
    near = Neighbourhood(graph_of([(0, 1), (1, 2)], 4), 1)
    assert near(torch.tensor([2, 0, 2])).int().tolist() == [
        [0, 1, 1, 0],
        [1, 1, 0, 0],
        [0, 1, 1, 0],
    ]


def test_the_bonus_is_added_near_what_is_given_on_either_side():
    scores = torch.tensor([[0.0, 1.0, 2.0, 3.0]] * 4)
    near = Neighbourhood(graph_of([(0, 1), (2, 1)], 4), 1)
    ranker = NeighbourhoodBonus(Scored(scores), near, 0.5)
    zero = torch.tensor([0])
    assert ranker.score_tails(zero, zero).tolist() == [[0.5, 1.5, 2.0, 3.0]]
    assert ranker.score_heads(zero, torch.tensor([1])).tolist() == [[0.5, 1.5, 2.5, 3.0]]


@pytest.mark.parametrize("kind", [Tiled, Writing])
def test_a_bonus_of_nothing_changes_no_rank_and_one_of_much_does(kind):
    triples = draw_triples(300, seed=1)
    known, model = index_of(draw_triples(2000, seed=2)), kind(few_bits=False)
    near = Neighbourhood(graph_of(triples[:, [0, 2]].tolist(), model.num_entities), 1)
    alone = evaluate_ranking(model, triples, known)
    equal(evaluate_ranking(NeighbourhoodBonus(model, near, 0.0), triples, known), alone.ranks)
    much = evaluate_ranking(NeighbourhoodBonus(model, near, 1e6), triples, known)
    assert much.both["mrr"] > alone.both["mrr"] + 0.05
    small = evaluate_ranking(NeighbourhoodBonus(model, near, 1e6), triples, known, memory_budget=1)
    equal(small, much.ranks)


def test_what_does_not_fit_is_told():
    graph = graph_of([(0, 1)], 3)
    with pytest.raises(InputError, match="the graph has 3 entities and the ranker has 4"):
        NeighbourhoodBonus(Scored(torch.zeros(4, 4)), Neighbourhood(graph))
    with pytest.raises(InputError, match="a bonus of -1 was given"):
        NeighbourhoodBonus(Scored(torch.zeros(3, 3)), Neighbourhood(graph), -1)
    with pytest.raises(InputError, match="hops=0 was given"):
        Neighbourhood(graph, 0)


def test_it_prints_its_sizes():
    assert repr(Neighbourhood(graph_of([(0, 1)], 3))) == "Neighbourhood(3 entities, 2 hops)"
