"""Adjacency: who hears whom, and what lies within some hops."""

from __future__ import annotations

import networkx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.graphs import Adjacency, KnowledgeGraph, message_edges

# a -r-> b, a -s-> c, c -r-> a, d -r-> d; e is alone.
TRIPLES = [("a", "r", "b"), ("a", "s", "c"), ("c", "r", "a"), ("d", "r", "d")]


def build(triples=TRIPLES, names="abcde"):
    return KnowledgeGraph.from_triples(triples, entities=names, relations=["r", "s"])


@pytest.mark.parametrize(
    ("direction", "rows"),
    [
        ("in", [[(2, 2)], [(0, 0)], [(0, 1)], [(3, 3)], []]),
        ("out", [[(1, 0), (2, 1)], [], [(0, 2)], [(3, 3)], []]),
        (
            "both",
            [[(2, 2), (1, 0), (2, 1)], [(0, 0)], [(0, 1), (0, 2)], [(3, 3), (3, 3)], []],
        ),
    ],
)
def test_a_row_holds_the_neighbours_that_an_entity_reads_and_their_edges(direction, rows):
    found = Adjacency.of(build(), direction)
    for entity, expected in enumerate(rows):
        part = slice(int(found.ptr[entity]), int(found.ptr[entity + 1]))
        assert list(zip(found.neighbour[part].tolist(), found.edge[part].tolist())) == expected
    assert found.degree(torch.arange(5)).tolist() == [len(row) for row in rows]


def test_messages_of_the_edges_out_of_an_entity_go_against_the_triple():
    index, edge = message_edges(build(), "out")
    assert index.tolist() == [[1, 2, 0, 3], [0, 0, 2, 3]] and edge.tolist() == [0, 1, 2, 3]
    with pytest.raises(InputError, match="direction='up'.*one of"):
        message_edges(build(), "up")


def test_a_start_is_within_no_hop_of_itself_and_an_isolated_one_stays_alone():
    rows = Adjacency.of(build(), "both")
    start = torch.tensor([1, 4, 1])
    found = rows.within(start, 0)
    assert found.values.tolist() == [1, 4, 1] and found.ptr.tolist() == [0, 1, 2, 3]
    found = rows.within(start, 2)
    assert found.values.tolist() == [0, 1, 2, 4, 0, 1, 2] and found.ptr.tolist() == [0, 3, 4, 7]


def test_ids_that_the_graph_lacks_raise():
    with pytest.raises(InputError, match=r"start 1 is entity 5, but the graph has 5 \(0-4\)"):
        Adjacency.of(build()).within(torch.tensor([0, 5]), 1)


def test_the_printed_form_has_its_sizes():
    assert repr(Adjacency.of(build(), "both")) == "Adjacency(5 entities, 8 edges)"


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20),
    st.lists(st.integers(0, 7), max_size=5),
    st.integers(0, 3),
)
def test_what_lies_within_some_hops_is_what_a_graph_library_finds(pairs, starts, hops):
    names = "abcdefgh"
    graph = build([(names[h], "r", names[t]) for h, t in pairs], names)
    other = networkx.Graph(pairs)
    other.add_nodes_from(range(8))
    found = Adjacency.of(graph, "both").within(torch.tensor(starts, dtype=torch.long), hops)
    assert len(found) == len(starts)
    for row, start in enumerate(starts):
        near = networkx.single_source_shortest_path_length(other, start, cutoff=hops)
        assert found[row].tolist() == sorted(near)
