"""CombinedRanker: several rankers over the same entities, as one.

Letters: B queries, N entities, K rankers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from torch import Tensor, nn

from ..errors import InputError
from .whole_rows import WholeRows, freeze, whole_scores

CONSTANT = 1e-13  # a spread below this share of the mean is rounding: all scores are one number


def standard(scores: Tensor) -> Tensor:
    r"""Standardises each row [B, N]: :math:`(s - \mu) / \sigma` over its finite scores.

    Equal scores throughout become 0, infinite ones stay.
    """
    finite = scores.isfinite()
    count = finite.sum(1, keepdim=True).clamp(min=1)
    mean = scores.where(finite, 0.0).sum(1, keepdim=True) / count
    away = scores - mean
    spread = (away.where(finite, 0.0).square().sum(1, keepdim=True) / count).sqrt()
    return away / spread.where(spread > CONSTANT * mean.abs(), 1.0)


def log_softmax(scores: Tensor) -> Tensor:
    r"""Takes each row [B, N] to :math:`\log \mathrm{softmax}(s)` over all entities."""
    return scores.log_softmax(1)


NORMALISE = {"standard": standard, "log_softmax": log_softmax}


class CombinedRanker(WholeRows):
    r"""A weighted sum of what several rankers say, after each row is put on one scale:

    .. math:: f(q, e) = \sum_k w_k \, \mathrm{norm}(s_k(q, \cdot))_e

    =============== ================================ ==============================================
    `normalise`     norm(s)                          for
    =============== ================================ ==============================================
    ``standard``    :math:`(s - \mu_q) / \sigma_q`   any scores: each ranker speaks as loudly
    ``log_softmax`` :math:`\log \mathrm{softmax}(s)` scores that are logits: the sum is a weighted
                                                     product of probabilities, and a ranker that is
                                                     sure of a query speaks louder
    =============== ================================ ==============================================

    :math:`\mu_q, \sigma_q` are mean and standard deviation over all N entities as answers to query
    q. A temperature would be a factor on a ranker's weight. All is computed in float64, so that one
    ranker with weight keeps its order and its ties: two of its scores fall together only where they
    differ by less than about :math:`10^{-16}` of what they are normalised by. A ranker without
    weight is not asked.

    Args:
        rankers: K of them, each a :class:`~graphkg.training.Ranker` or
            :class:`~graphkg.training.TiledRanker`, or with a ``frozen()`` that returns one.
        weights: K numbers from 0, one of them above.
        normalise: see above.

    Raises:
        InputError: rankers of different entities, or weights or a `normalise` that do not fit.
    """

    def __init__(
        self, rankers: Sequence[Any], weights: Sequence[float], normalise: str = "standard"
    ):
        super().__init__()
        _check(rankers, weights, normalise)
        self.rankers, self.normalise = list(rankers), normalise
        self.weights = [float(weight) for weight in weights]
        self.num_entities: int = rankers[0].num_entities
        # A ranker may be no module; those that are move and change mode with this one.
        self.parts = nn.ModuleList(r for r in rankers if isinstance(r, nn.Module))

    def term(self, number: int, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns the normalised scores of one ranker, [B] and [B] give [B, N] float64."""
        scores = whole_scores(self.rankers[number], side, entity, relation)
        return NORMALISE[self.normalise](scores.double())

    def rows(self, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns the combined scores, [B] and [B] give [B, N] float64."""
        asked = [number for number, weight in enumerate(self.weights) if weight]
        return weighted_sum(
            (self.weights[number], self.term(number, side, entity, relation)) for number in asked
        )

    def frozen(self) -> CombinedRanker:
        """Returns the ranker as it ranks now: each ranker with a weight is frozen once, here."""
        kept = [freeze(r) if w else r for r, w in zip(self.rankers, self.weights)]
        return CombinedRanker(kept, self.weights, self.normalise)

    def __repr__(self) -> str:
        weights = ", ".join(f"{weight:g}" for weight in self.weights)
        return f"CombinedRanker({self.num_entities} entities, weights {weights}, {self.normalise})"


def weighted_sum(terms: Iterable[tuple[float, Tensor]]) -> Tensor:
    """Returns the sum of (weight, tensor) pairs, added up in their order.

    Products are rounded before they are added, for every element alike: where all terms of two
    entities are equal, so are the sums.
    """
    total: Tensor | None = None
    for weight, term in terms:
        part = term * weight
        total = part if total is None else total.add_(part)
    assert total is not None
    return total


def _check(rankers: Sequence[Any], weights: Sequence[float], normalise: str) -> None:
    if normalise not in NORMALISE:
        raise InputError(f"normalise={normalise!r} was given: give {' or '.join(NORMALISE)}")
    if not rankers or len(weights) != len(rankers):
        raise InputError(
            f"{len(weights)} weights were given for {len(rankers)} rankers: give one each, and at "
            "least one ranker"
        )
    if not all(math.isfinite(w) and w >= 0 for w in weights) or not any(weights):
        raise InputError(
            f"weights {list(weights)} were given: give numbers from 0, at least one above 0"
        )
    sizes = [ranker.num_entities for ranker in rankers]
    if len(set(sizes)) > 1:
        raise InputError(
            f"the rankers have {sizes} entities, but rankers of the same entities are combined"
        )
