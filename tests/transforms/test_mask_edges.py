"""MaskEdges: facts and categories that are asked about, and what carries no message."""

from __future__ import annotations

import pytest
import torch
from jaket_models import ANN, BORN, LEE, LEFT, OF, ROME, ROMEVILLE, small_graph

from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.graphs.knowledge import ASKED, EDGE
from graphkg.sampling import NeighborSampler
from graphkg.transforms import MaskEdges

FACTS = {(ANN, BORN, ROME), (ANN, LEFT, ROMEVILLE), (LEE, BORN, ROME), (ROMEVILLE, OF, ROME)}


def seeded(number=0):
    return torch.Generator().manual_seed(number)


def rows(graph, edge=EDGE):
    (heads, tails), types = graph[edge].edge_index.tolist(), graph[edge].edge_type.tolist()
    return list(zip(heads, types, tails))


def both(facts):
    return sorted([*facts, *((t, r + 3, h) for h, r, t in facts)])


def test_every_fact_is_asked_or_carries_messages_in_both_directions():
    graph = small_graph().with_inverses()
    counts = set()
    for seed in range(30):
        found = MaskEdges(graph, share=0.5, generator=seeded(seed))(graph)
        asked = rows(found, ASKED)
        assert len(set(asked)) == len(asked) and set(asked) <= FACTS
        assert sorted(rows(found)) == both(FACTS - set(asked))
        counts.add(len(asked))
    assert {0, 1, 2, 3, 4} == counts
    assert sorted(rows(graph)) == both(FACTS) and ASKED not in graph.edge_types


def test_masking_can_be_left_out():
    graph = small_graph().with_inverses()
    found = MaskEdges(graph, share=1.0, mask_target_edges=False)(graph)
    assert set(rows(found, ASKED)) == FACTS and sorted(rows(found)) == both(FACTS)


def test_a_graph_without_inverses_has_one_direction():
    graph = small_graph([("Ann", "born", "Rome"), ("Ann", "born", "Rome"), ("Rome", "born", "Ann")])
    found = MaskEdges(graph, share=1.0)(graph)
    assert sorted(rows(found, ASKED)) == [(ANN, BORN, ROME), (ROME, BORN, ANN)]
    assert rows(found) == []


def test_a_relation_that_is_its_own_inverse_has_one_fact():
    graph = small_graph([("Rome", "of", "Ann"), ("Ann", "of", "Rome")])
    graph["relation"].inverse = torch.tensor([0, 1, 2])
    found = MaskEdges(graph, share=1.0)(graph)
    assert rows(found, ASKED) == [(ANN, OF, ROME)] and rows(found) == []


def test_only_facts_that_touch_a_seed_and_categories_of_seeds_are_asked_about():
    graph = small_graph().with_inverses()
    piece = graph.subgraph({"entity": torch.tensor([ROMEVILLE, LEE, ROME, ANN])})
    found = MaskEdges(graph, share=1.0)(piece, seeds=1)
    asked = [(int(piece["entity"].n_id[h]), r, int(piece["entity"].n_id[t]))
             for h, r, t in rows(found, ASKED)]  # fmt: skip
    assert set(asked) == {(ANN, LEFT, ROMEVILLE), (ROMEVILLE, OF, ROME)}
    assert len(rows(found)) == 4  # the two births, both ways
    assert found["entity"].label.tolist() == [1, -1, -1, -1]
    assert MaskEdges(graph)(piece)["entity"].label.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("direction", ["in", "out", "both"])
@pytest.mark.parametrize("inverses", [False, True])
def test_a_sampled_piece_is_asked_about_triples_however_it_is_read(direction, inverses):
    graph = small_graph().with_inverses() if inverses else small_graph()
    sampler = NeighborSampler(graph, (-1, -1), direction)
    piece = sampler.sample(torch.tensor([ANN, ROMEVILLE]))
    nodes, read = piece["entity"].n_id.tolist(), set()
    for seed in range(20):
        found = MaskEdges(graph, 0.5, generator=torch.Generator().manual_seed(seed))(piece)
        asked = {(nodes[h], r, nodes[t]) for h, r, t in rows(found, ASKED)}
        ends = [{nodes[a], nodes[b]} for a, _, b in rows(found)]
        assert not any({h, t} in ends for h, _, t in asked)
        assert found["entity"].label.tolist()[:2] == [0, 1]
        read |= asked
    near = {(ANN, LEFT, ROMEVILLE)}
    if inverses or direction != "in":  # else no entity reads what it points to
        near |= {(ANN, BORN, ROME), (ROMEVILLE, OF, ROME)}
    assert read == near  # not the birth of Lee, which touches no seed


def test_edge_attributes_stay_with_their_edges():
    graph = small_graph().with_inverses()
    piece = graph.subgraph({"entity": torch.arange(5)})
    found = MaskEdges(graph, share=0.5, generator=seeded(1))(piece)
    assert 0 < found[EDGE].e_id.numel() < 8
    assert torch.equal(graph[EDGE].edge_type[found[EDGE].e_id], found[EDGE].edge_type)


def test_relations_left_out_carry_no_message_and_are_not_asked_about():
    graph = small_graph().with_inverses()
    found = MaskEdges(graph, share=1.0, mask_target_edges=False, leave_out=["of"])(graph)
    left = FACTS - {(ROMEVILLE, OF, ROME)}
    assert set(rows(found, ASKED)) == left and sorted(rows(found)) == both(left)
    with pytest.raises(InputError, match="borne"):
        MaskEdges(graph, leave_out=["borne"])


def test_a_graph_without_edges_or_categories_asks_nothing():
    graph = KnowledgeGraph.from_triples([], entities=["a", "b"], relations=["r"])
    found = MaskEdges(graph, share=1.0)(graph)
    assert found["entity"].label.tolist() == [-1, -1]
    assert found[ASKED].edge_index.shape == (2, 0) and rows(found) == []


def test_the_share_is_that_of_facts():
    names = [f"e{n}" for n in range(1001)]
    triples = [(a, "r", b) for a, b in zip(names, names[1:])]
    graph = KnowledgeGraph.from_triples(triples)
    found = MaskEdges(graph, generator=seeded())(graph)
    assert len(rows(found, ASKED)) == pytest.approx(150, abs=45)  # deviation 11.3
    with pytest.raises(InputError, match="share=1.5"):
        MaskEdges(graph, share=1.5)


def test_the_printed_form():
    made = MaskEdges(small_graph().with_inverses(), leave_out=["of"])
    assert repr(made) == "MaskEdges(0.15 of facts, 2 relations left out)"
