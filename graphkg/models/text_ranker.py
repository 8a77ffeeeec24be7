"""Rankers over entities that were encoded once.

Letters: B queries, N entities, H channels, R relations.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ..stores import MemoryTable

CHUNK = 2048


@torch.no_grad()
def encode_entities(model: Any) -> MemoryTable:
    """Returns the rows of all entities, :math:`v_e` as the scorer reads them."""
    device = model.scorer_device
    memory: MemoryTable | None = None
    for index in torch.arange(model.num_entities, device=device).split(CHUNK):
        rows = model.scorer.entity_rows(model.entity_vectors(index))
        memory = memory or MemoryTable(model.num_entities, rows.size(1))
        memory.refresh(index, rows)
    assert memory is not None
    return memory


class TextRanker:
    """A text model while it ranks in tiles: a query is encoded, an entity is a row.

    Args:
        model: an :class:`~graphkg.models.LPBERT`, in eval mode.
        memory: rows of the entities.
    """

    def __init__(self, model: Any, memory: MemoryTable):
        self.model, self.memory = model, memory
        self.num_entities = len(memory)
        self.device = model.scorer_device
        self.rows = memory().to(self.device)

    def merge(self, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns the rows of the queries (entity, relation, ?) or, for heads, its inverse."""
        if side == "head":
            relation = relation + self.model.texts.num_relations
        return self.model.query_rows(entity, relation)

    def score_tile(self, z: Tensor, start: int, stop: int) -> Tensor:
        """Returns the scores of the entities `start` to `stop`, past the last one those of it."""
        if stop <= self.num_entities:
            return z @ self.rows[start:stop].t()
        index = torch.arange(start, stop, device=self.device).clamp(max=self.num_entities - 1)
        return z @ self.rows[index].t()

    def score_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns [B, N]."""
        return self.score_tile(self.merge("tail", head, relation), 0, self.num_entities)

    def score_heads(self, relation: Tensor, tail: Tensor) -> Tensor:
        """Returns [B, N]."""
        return self.score_tile(self.merge("head", tail, relation), 0, self.num_entities)


class DirectRanker:
    """Heads without inverse relations: every (head, relation) is encoded, N for a relation.

    Args:
        model: an :class:`~graphkg.models.LPBERT`, in eval mode.
        memory: rows of the entities as tails.
    """

    def __init__(self, model: Any, memory: MemoryTable):
        self.model, self.rows = model, memory().to(model.scorer_device)
        self.num_entities, self.device = len(memory), model.scorer_device
        self._heads: dict[int, Tensor] = {}

    def score_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns [B, N]."""
        return self.model.query_rows(head, relation) @ self.rows.t()

    def score_heads(self, relation: Tensor, tail: Tensor) -> Tensor:
        """Returns [B, N]."""
        scores = self.rows.new_empty(tail.numel(), self.num_entities)
        for number in relation.unique().tolist():
            asked = relation == number
            scores[asked] = self.rows[tail[asked]] @ self._table(number).t()
        return scores

    def _table(self, relation: int) -> Tensor:
        """Rows of (e, relation) for every entity e, [N, H]; made once."""
        if relation not in self._heads:
            found = []
            for index in torch.arange(self.num_entities, device=self.device).split(CHUNK):
                found.append(self.model.query_rows(index, torch.full_like(index, relation)))
            self._heads[relation] = torch.cat(found)
        return self._heads[relation]
