"""Graphs drawn: who is there, what joins them, and places that do not depend on chance."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
import torch

from graphkg import KnowledgeGraph
from graphkg.exchange.network import draw_graph
from graphkg.exchange.places import MARGIN, least_stress, level, pack, place_nodes

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed():
    """Closes the figures of a test."""
    yield
    matplotlib.pyplot.close("all")


def shown(ax):
    ax.figure.canvas.draw()
    return sorted(text.get_text() for text in ax.texts)


def arrows(ax):
    return [p for p in ax.patches if isinstance(p, matplotlib.patches.FancyArrowPatch)]


def test_relations_of_the_same_two_entities_are_one_arrow(graph):
    ax = draw_graph(graph)
    pair, names = "residence\nplace of birth", ["Marie Curie", "Poland </script>", "Warsaw"]
    assert shown(ax) == sorted([*names, pair, "country"])  # Łódź has no relation
    first, second = (arrow.get_alpha() for arrow in arrows(ax))
    assert first == pytest.approx(0.3 + 0.6 * 0.75) and second == pytest.approx(0.9)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["LOCATION", "PERSON"]
    assert shown(draw_graph(graph, labels=False)) == names


def test_the_same_relation_both_ways_has_two_heads_and_others_bend():
    both = [("Ann", "spouse", "Bob"), ("Bob", "spouse", "Ann")]
    ax = draw_graph(KnowledgeGraph.from_triples(both))
    assert shown(ax) == ["Ann", "Bob", "spouse"] and len(arrows(ax)) == 1
    other = draw_graph(KnowledgeGraph.from_triples([both[0], ("Bob", "child", "Ann")]))
    assert shown(other) == ["Ann", "Bob", "child", "spouse"] and len(arrows(other)) == 2


def test_long_and_many_relations_are_cut():
    names = ["located in the administrative territorial entity", "a", "b", "c", "d"]
    ax = draw_graph(KnowledgeGraph.from_triples([("Ann", name, "Bob") for name in names]))
    assert "located in the…\na\nb\n+ 2" in shown(ax)


def test_the_best_connected_entities_are_drawn_and_a_piece_of_a_graph_is(graph):
    star = [("hub", "r", f"leaf {n}") for n in range(9)]
    kg = KnowledgeGraph.from_triples([*star, ("leaf 0", "r", "leaf 1")])
    assert shown(draw_graph(kg, limit=3, labels=False)) == ["hub", "leaf 0", "leaf 1"]
    nodes = torch.tensor(graph.entities.ids(["Warsaw", "Poland </script>"]))
    piece = graph.subgraph({"entity": nodes})
    assert shown(draw_graph(piece)) == ["Poland </script>", "Warsaw", "country"]


def test_a_graph_without_an_edge_and_loops_draw_nothing():
    assert shown(draw_graph(KnowledgeGraph.from_triples([]))) == []
    assert shown(draw_graph(KnowledgeGraph.from_triples([("Ann", "knows", "Ann")]))) == []


def test_neighbours_are_nearer_than_others_and_places_are_repeatable():
    path = networkx.path_graph(5)
    distances = np.asarray(networkx.floyd_warshall_numpy(path))
    places = level(least_stress(distances))
    far = np.linalg.norm(places[:, None] - places[None], axis=-1)
    assert np.allclose(far, distances, atol=0.1)
    assert np.ptp(places[:, 0]) == pytest.approx(4, abs=0.1) and np.ptp(places[:, 1]) < 0.4
    assert np.array_equal(least_stress(distances), least_stress(distances))
    assert least_stress(np.zeros((1, 1))).tolist() == [[0.0, 0.0]]


def test_components_do_not_overlap_whatever_their_order():
    graph = networkx.disjoint_union_all([networkx.star_graph(n) for n in (6, 1, 3, 1, 2)])
    graph = networkx.relabel_nodes(graph, str)
    places = place_nodes(graph)
    boxes = []
    for part in networkx.connected_components(graph):
        spots = np.array([places[name] for name in part])
        boxes.append((spots.min(0) - MARGIN, spots.max(0) + MARGIN))
    for number, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[:number]:
            assert (high <= other_low + 1e-6).any() or (low >= other_high - 1e-6).any()
    turned = networkx.Graph(reversed([edge[::-1] for edge in graph.edges]))
    again = place_nodes(turned)
    assert all(np.allclose(places[name], again[name]) for name in places)


def test_boxes_are_packed_into_the_form_that_is_asked_for():
    boxes = [np.array([2.0, 1.0])] * 8
    ends = np.array([corner + boxes[0] for corner in pack(boxes, wide=2.0)]).max(0)
    assert ends.tolist() == [6.0, 3.0]
    assert pack([], 1.0) == []
