from __future__ import annotations

import pytest
import torch
from torch_geometric.data import TensorAttr
from torch_geometric.loader import NodeLoader

from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.graphs.knowledge import EDGE
from graphkg.stores import EmbeddingStore, LearnedTable, MemoryTable, TableView


@pytest.fixture
def store() -> EmbeddingStore:
    torch.manual_seed(0)
    return EmbeddingStore(
        entity=LearnedTable(4, 2), token=LearnedTable(3, 2), object=TableView("token", [2])
    )


@pytest.fixture
def kg() -> KnowledgeGraph:
    return KnowledgeGraph.from_triples(
        [("a", "r", "b"), ("c", "s", "b"), ("d", "r", "a"), ("b", "s", "d")]
    )


def test_every_table_is_the_feature_x_of_its_name(store):
    features = store.features()
    assert [(a.group_name, a.attr_name) for a in features.get_all_tensor_attrs()] == [
        ("entity", "x"),
        ("token", "x"),
        ("object", "x"),
    ]
    assert features.get_tensor_size(TensorAttr("entity", "x")) == (4, 2)
    assert repr(features) == "StoreFeatures(entity, token, object)"


@pytest.mark.parametrize("index", [None, torch.tensor([1, 0]), slice(0, 2), [1, 2]])
def test_rows_are_detached_and_those_of_the_table(store, index):
    rows = store.features().get_tensor("entity", "x", index=index)
    expected = store["entity"]() if index is None else store["entity"]()[index]
    assert torch.equal(rows, expected) and not rows.requires_grad


def test_the_adapter_reads_and_does_not_write(store):
    features = store.features()
    assert not features.put_tensor(torch.zeros(4, 2), "entity", "x", index=None)
    assert not features._remove_tensor(TensorAttr("entity", "x"))
    assert store["entity"]().any()


def test_a_feature_that_is_not_there_is_refused(store):
    with pytest.raises(InputError, match="no table 'nobody'"):
        store.features().get_tensor("nobody", "x", index=None)
    with pytest.raises(InputError, match="feature 'y' of 'entity' .* one, 'x'"):
        store.features().get_tensor("entity", "y", index=None)
    assert store.features().get_tensor_size("nobody", "x") is None


@pytest.mark.parametrize("workers", [0, 1])
def test_a_node_loader_fills_x_and_a_transform_restores_the_types(store, kg, incoming, workers):
    def restore(batch):
        batch[EDGE].edge_type = kg[EDGE].edge_type[batch[EDGE].e_id]
        return batch

    bare, typed = (
        NodeLoader(
            (store.features(), kg),
            incoming(kg),
            input_nodes=("entity", torch.tensor([1, 0])),
            batch_size=1,
            transform=transform,
            num_workers=workers,
        )
        for transform in (None, restore)
    )
    for batch in bare:
        assert "edge_type" not in batch[EDGE]
        assert torch.equal(batch["entity"].x, store["entity"]()[batch["entity"].n_id])
        assert "token" not in batch.node_types
    assert [batch[EDGE].edge_type.tolist() for batch in typed] == [[0, 1], [0]]


def test_rows_fetched_in_this_process_follow_a_refresh(kg, incoming):
    store = EmbeddingStore(entity=MemoryTable(4, 1))
    loader = NodeLoader(
        (store.features(), kg), incoming(kg), input_nodes=("entity", torch.tensor([1, 1]))
    )
    seen = []
    for step, batch in enumerate(loader):
        seen.append(batch["entity"].x[0].item())
        store["entity"].refresh(None, torch.full((4, 1), step + 1.0))
    assert seen == [0.0, 1.0]


def test_rows_fetched_by_a_worker_are_stale_after_a_refresh(kg, incoming):
    store = EmbeddingStore(entity=MemoryTable(4, 1))
    loader = NodeLoader(
        (store.features(), kg),
        incoming(kg),
        input_nodes=("entity", torch.tensor([1, 1, 1])),
        num_workers=1,
    )
    seen = []
    for step, batch in enumerate(loader):
        seen.append(batch["entity"].x[0].item())
        store["entity"].refresh(None, torch.full((4, 1), step + 1.0))
    assert seen == [0.0, 0.0, 0.0]
    assert store["entity"](batch["entity"].n_id)[0].item() == 3.0


def test_the_store_stays_a_module_that_can_be_hashed(store):
    assert isinstance(hash(store), int)
    assert store.features() is not store and len(list(store.parameters())) == 2
