"""WholeRows: a ranker that must see the scores of all entities before it gives one.

Letters: B queries, N entities.
"""

from __future__ import annotations

import inspect
from abc import abstractmethod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# That of graphkg.training, which models may not import; a test compares them.
TILE = 512


class WholeRows(nn.Module):
    """A ranker of whole rows: :meth:`rows` is all that a subclass says.

    It is ranked as a :class:`~graphkg.training.TiledRanker`, so that it is always asked for full
    blocks of queries and asks its own rankers for them: ranks do not depend on a memory budget. A
    block of B queries takes at least ``B * bytes_per_query``.
    """

    num_entities: int

    @abstractmethod
    def rows(self, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns the scores of all entities as `side`, [B] and [B] give [B, N] float64."""

    def score_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns the scores of all entities as tails of (head, relation, ?), [B, N]."""
        return self.rows("tail", head, relation)

    def score_heads(self, relation: Tensor, tail: Tensor) -> Tensor:
        """Returns the scores of all entities as heads of (?, relation, tail), [B, N]."""
        return self.rows("head", tail, relation)

    @property
    def bytes_per_query(self) -> int:
        """Memory that scoring one query takes, about: some rows of float64."""
        return 6 * 8 * self.num_entities

    def merge(self, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns the rows themselves, [B, N]: tiles are cut from them."""
        return self.rows(side, entity, relation)

    def score_tile(self, z: Tensor, start: int, stop: int) -> Tensor:
        """Returns the scores [B, stop - start] of the entities from `start` to before `stop`."""
        part = z[:, start:stop]
        return F.pad(part, (0, stop - start - part.size(1)))


def freeze(ranker: Any) -> Any:
    """Returns a ranker as it ranks now: what costs the same for all queries is done here, once."""
    return ranker.frozen() if hasattr(ranker, "frozen") else ranker


def whole_scores(ranker: Any, side: str, entity: Tensor, relation: Tensor) -> Tensor:
    """Returns a ranker's scores of all entities as `side`, [B] and [B] give [B, N].

    Args:
        ranker: a :class:`~graphkg.training.Ranker` or :class:`~graphkg.training.TiledRanker`; its
            scores have the bits that they have when it is ranked alone, if B is that of a block.
        side: ``"head"`` or ``"tail"``.
        entity: [B], the given ones.
        relation: [B].
    """
    if hasattr(ranker, "score_tile"):
        return _joined_tiles(ranker, ranker.merge(side, entity, relation))
    if side == "head":
        return ranker.score_heads(relation, entity)
    return ranker.score_tails(entity, relation)


def _joined_tiles(ranker: Any, z: Tensor) -> Tensor:
    starts = range(0, ranker.num_entities, TILE)
    dtype = torch.promote_types(z.dtype, torch.float32)
    x = torch.empty(z.size(0), len(starts) * TILE, dtype=dtype, device=z.device)
    writes = dtype == z.dtype and "out" in inspect.signature(ranker.score_tile).parameters
    for start in starts:
        out = x[:, start : start + TILE]
        more = {"out": out} if writes else {}
        found = ranker.score_tile(z, start, start + TILE, **more)
        if found is not out:
            out.copy_(found)
    return x[:, : ranker.num_entities]
