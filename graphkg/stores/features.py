"""StoreFeatures: an EmbeddingStore as PyG's loaders see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch_geometric.data import FeatureStore, TensorAttr

from ..errors import InputError

if TYPE_CHECKING:
    from .store import EmbeddingStore


class StoreFeatures(FeatureStore):
    """Detached, read-only rows: table ``entity`` is the feature ``x`` of node type ``entity``.

    For inference, export and other people's loaders:
    ``NodeLoader((store.features(), kg), sampler)`` fills ``batch["entity"].x``. Given this pair a
    loader drops edge attributes; put them back from ``e_id`` in its transform::

        def transform(batch):
            batch[EDGE].edge_type = kg[EDGE].edge_type[batch[EDGE].e_id]
            return batch

    In training, give the loader the graph alone and let the model gather rows: rows that a worker
    process fetched before a refresh are stale.
    """

    def __init__(self, store: EmbeddingStore):
        super().__init__()
        self.__dict__["store"] = store

    def _get_tensor(self, attr: TensorAttr) -> Tensor:
        if attr.attr_name != "x":
            raise InputError(
                f"the feature {attr.attr_name!r} of {attr.group_name!r} was asked for, but a table "
                "is one, 'x'"
            )
        index = attr.index
        if isinstance(index, slice):
            index = torch.arange(len(self.store[attr.group_name]))[index]
        index = None if index is None else torch.as_tensor(index)
        return self.store[attr.group_name](index).detach()

    def _get_tensor_size(self, attr: TensorAttr) -> tuple[int, ...] | None:
        if attr.attr_name != "x" or attr.group_name not in self.store:
            return None
        return self.store.sizes[attr.group_name]

    def get_all_tensor_attrs(self) -> list[TensorAttr]:
        """Returns one attribute ``x`` a table."""
        return [TensorAttr(group_name=name, attr_name="x") for name in self.store.names]

    def _put_tensor(self, tensor: Tensor, attr: TensorAttr) -> bool:
        return False  # read-only: rows change by training or by MemoryTable.refresh

    def _remove_tensor(self, attr: TensorAttr) -> bool:
        return False

    def __len__(self) -> int:
        return len(self.store)

    def __repr__(self) -> str:
        return f"StoreFeatures({', '.join(self.store.names)})"
