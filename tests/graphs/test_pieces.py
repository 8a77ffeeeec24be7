"""Pieces of a knowledge graph: subgraphs and what a NodeLoader samples."""

from __future__ import annotations

import pytest
import torch
from torch_geometric.loader import NodeLoader

from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.graphs.knowledge import EDGE


@pytest.mark.parametrize(
    "kept", [torch.tensor([0, 1, 3]), torch.tensor([True, True, False, True])], ids=["ids", "mask"]
)
def test_a_subgraph_keeps_names_types_and_class(family, kept):
    family["entity"].category = torch.tensor([10, 11, 12, 13])
    piece = family.subgraph({"entity": kept})
    assert type(piece) is KnowledgeGraph
    assert piece["entity"].n_id.tolist() == [0, 1, 3]
    assert piece["entity"].category.tolist() == [10, 11, 13]
    assert piece[EDGE].edge_index.tolist() == [[0, 1, 0], [1, 2, 2]]
    assert piece[EDGE].edge_type.tolist() == [0, 0, 1]
    assert piece.triples() == [("a", "child", "b"), ("b", "child", "d"), ("a", "friend", "d")]
    assert sorted(piece.to_networkx().nodes) == ["a", "b", "d"]
    assert "n_id" not in family["entity"] and "e_id" not in family[EDGE]


def test_a_subgraph_in_another_order_names_its_nodes_right(family):
    piece = family.subgraph({"entity": torch.tensor([3, 0])})
    assert piece[EDGE].edge_index.tolist() == [[1], [0]]
    assert piece.triples() == [("a", "friend", "d")]


def test_a_subgraph_of_a_subgraph_still_names_the_whole(family):
    piece = family.subgraph({"entity": torch.tensor([1, 2, 3])})
    piece = piece.subgraph({"entity": torch.tensor([0, 2])})
    assert piece.triples() == [("b", "child", "d")]
    assert piece["entity"].n_id.tolist() == [1, 3]


def test_an_edge_subgraph_keeps_all_nodes_and_the_edges_named(family):
    piece = family.edge_subgraph({EDGE: torch.tensor([3, 0])})
    assert piece.triples() == [("a", "friend", "d"), ("a", "child", "b")]
    assert piece["entity"].num_nodes == 4 and piece[EDGE].e_id.tolist() == [3, 0]


def test_inverses_of_a_piece_name_the_whole_too(family):
    piece = family.subgraph({"entity": torch.tensor([3, 0])}).with_inverses()
    assert piece.triples() == [("a", "friend", "d"), ("d", "friend (inverse)", "a")]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_node_loader_keeps_class_types_and_category(family, incoming, workers):
    family["entity"].category = torch.tensor([10, 11, 12, 13])
    loader = NodeLoader(
        family,
        incoming(family),
        input_nodes=("entity", torch.tensor([3, 1])),
        batch_size=1,
        num_workers=workers,
    )
    first, second = list(loader)
    assert type(first) is KnowledgeGraph
    assert first["entity"].n_id.tolist() == [3, 0, 1]
    assert first["entity"].category.tolist() == [13, 10, 11]
    assert first[EDGE].edge_index.tolist() == [[2, 1], [0, 0]]
    assert first[EDGE].edge_type.tolist() == [0, 1]
    assert first[EDGE].e_id.tolist() == [2, 3]
    assert second["entity"].n_id.tolist() == [1, 0]


def test_a_sampled_graph_has_no_relation_rows_while_its_types_stay_global(family, incoming):
    loader = NodeLoader(family, incoming(family), input_nodes=("entity", torch.tensor([3])))
    (batch,) = loader
    assert batch["relation"].num_nodes == 0
    assert batch[EDGE].edge_type.max() == 1


def test_a_sampled_graph_names_its_nodes_in_this_process(family, incoming):
    (batch,) = NodeLoader(family, incoming(family), input_nodes=("entity", torch.tensor([3])))
    assert batch.triples() == [("b", "child", "d"), ("a", "friend", "d")]


def test_a_worker_sends_ids_and_leaves_the_names_behind(family, incoming):
    loader = NodeLoader(
        family, incoming(family), input_nodes=("entity", torch.tensor([3])), num_workers=1
    )
    (batch,) = loader
    assert not {"_entities", "_relations"} & set(batch.__dict__)
    with pytest.raises(InputError, match="worker process"):
        print(batch.entities)
    assert family.entities.label(int(batch["entity"].n_id[0])) == "d"


def test_a_loader_over_a_piece_still_gives_ids_of_the_whole(family, incoming):
    piece = family.subgraph({"entity": torch.tensor([1, 3])})
    (batch,) = NodeLoader(piece, incoming(piece), input_nodes=("entity", torch.tensor([1])))
    assert batch["entity"].n_id.tolist() == [3, 1]
    assert batch.triples() == [("b", "child", "d")]
