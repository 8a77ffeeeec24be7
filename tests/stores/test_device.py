"""What moves with a model to an accelerator, and what follows the ids instead."""

from __future__ import annotations

import pytest
import torch

from graphkg.graphs import KnowledgeGraph, NodeText, TripleIndex
from graphkg.stores import EmbeddingStore, LearnedTable, MemoryTable, TableView

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


def test_rows_arrive_where_the_ids_are():
    store = EmbeddingStore(
        token=LearnedTable(4, 2, padding=0, trained=3),
        object=TableView("token", [2, 0]),
        entity=MemoryTable(3, 2),
    ).to("cuda")
    store["entity"].refresh(None, torch.ones(3, 2, device="cuda"))
    ids = torch.tensor([1, 0], device="cuda")
    for name in store:
        assert store[name](ids).device == ids.device
    assert store["token"]().is_cuda and store["object"]().is_cuda
    assert not store["entity"]().is_cuda


def test_texts_and_known_answers_arrive_where_the_ids_are():
    ids = torch.tensor([1, 0], device="cuda")
    pieces = NodeText.from_rows([[1], [2, 3]]).gather(ids)
    assert pieces.values.is_cuda and pieces[0].tolist() == [2, 3]
    kg = KnowledgeGraph.from_triples([("a", "r", "b")])
    hot = TripleIndex(kg).to("cuda").tails_hot(ids, torch.zeros_like(ids))
    assert hot.is_cuda and hot.tolist() == [[0, 0], [0, 1]]
