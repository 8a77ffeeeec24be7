"""WidenedRanker: a ranker among further entities, of which it knows nothing.

Letters: B queries, N entities.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from .whole_rows import WholeRows, freeze, whole_scores


class WidenedRanker(WholeRows):
    """A ranker over its own entities and further ones behind them, neither for nor against these.

    As an answer a further entity has the mean of the finite scores of the others, which
    :func:`~graphkg.models.combined.standard` takes to 0. Of a question about one all answers score
    0. All is computed in float64.

    Args:
        ranker: a :class:`~graphkg.training.Ranker` or :class:`~graphkg.training.TiledRanker`, or
            with a ``frozen()`` that returns one.
        num_entities: N, with the further ones.

    Raises:
        InputError: fewer entities than the ranker has.
    """

    def __init__(self, ranker: Any, num_entities: int):
        super().__init__()
        if num_entities < ranker.num_entities:
            raise InputError(
                f"{num_entities} entities were given, but the ranker has {ranker.num_entities}"
            )
        self.ranker, self.num_entities = ranker, num_entities

    def rows(self, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns the scores, [B] and [B] give [B, N] float64."""
        count: int = self.ranker.num_entities
        asked = entity.clamp(max=count - 1)  # a whole block, whichever of it are new
        scores = whole_scores(self.ranker, side, asked, relation).double()
        finite = scores.isfinite()
        mean = scores.where(finite, 0.0).sum(1) / finite.sum(1).clamp(min=1)
        more = mean.unsqueeze(1).expand(-1, self.num_entities - count)
        return torch.cat([scores, more], 1).masked_fill((entity >= count).unsqueeze(1), 0.0)

    def frozen(self) -> WidenedRanker:
        """Returns the ranker as it ranks now: what it widens is frozen once, here."""
        return WidenedRanker(freeze(self.ranker), self.num_entities)

    def __repr__(self) -> str:
        return f"WidenedRanker({self.ranker!r}, {self.num_entities} entities)"
