"""FrozenRanker: a link predictor while it ranks.

Letters: B queries, N entities.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..link.base import LinkPredictor


class FrozenRanker:
    """A link predictor over rows that stand still, scored in tiles.

    Args:
        predictor: g, in eval mode unless its dropout is wanted.
        rows: of the entities, [N, D_v].
        relations: rows of the relations, then of their inverses, [2 R, D_r].
    """

    def __init__(self, predictor: LinkPredictor, rows: Tensor, relations: Tensor):
        self.predictor, self.rows, self.relations = predictor, rows, relations
        self.num_entities = rows.size(0)
        self._last: tuple[int, Tensor] | None = None
        # Scores that are products alone are written in place.
        self._product = type(predictor).compare is LinkPredictor.compare

    @property
    def device(self) -> torch.device:
        """Where it scores."""
        return self.rows.device

    @property
    def bytes_per_query(self) -> int:
        """Memory that merging one query takes, about."""
        return 4 * self.predictor.floats_per_query

    def merge(self, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns z of the queries (entity, relation, ?) or, for heads, (?, relation, entity)."""
        if side == "head":
            relation = relation + self.relations.size(0) // 2
        return self.predictor.merge(self.rows[entity], self.relations[relation])

    def score_tile(self, z: Tensor, start: int, stop: int, out: Tensor | None = None) -> Tensor:
        """Returns the scores of the entities `start` to `stop`, past the last one those of it."""
        g, rows = self.predictor, self._tile(start, stop)
        if out is not None and self._product:
            torch.mm(z, rows.t(), out=out)
            return out if g.bias is None else out.add_(g.bias[self._index(start, stop, z.device)])
        index = None if g.bias is None else self._index(start, stop, z.device)
        return g.score(z, rows, index)

    def _tile(self, start: int, stop: int) -> Tensor:
        if stop <= self.num_entities:
            return self.rows[start:stop]
        if self._last is None or self._last[0] != start:
            self._last = start, self.rows[self._index(start, stop, self.rows.device)]
        return self._last[1]

    def _index(self, start: int, stop: int, device: torch.device) -> Tensor:
        return torch.arange(start, stop, device=device).clamp(max=self.num_entities - 1)
