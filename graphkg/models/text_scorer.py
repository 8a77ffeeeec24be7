"""TextScorer: how well the vector of an entity answers the vector of a query.

Letters: n queries, m entities, H channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InputError

SCORERS = ("cosine", "concat")


class TextScorer(nn.Module):
    r"""Cosine, or a linear layer on ``[u; v; u - v; u * v]`` (StAR; LP-BERT's d1).

    The linear layer falls apart into a matrix product, so that no [n, m, 4 H] tensor is made:

    .. math::
        w^\top [u; v; u - v; u \odot v] + b =
        (w_1 + w_3)^\top u + (w_2 - w_3)^\top v + (w_4 \odot u)^\top v + b.

    Its dropout falls on u and v.

    Args:
        kind: ``"cosine"`` or ``"concat"``.
        dim: H.
        dropout: of ``"concat"``.

    Shapes:
        - input: u [n, H], v [m, H]
        - output: [n, m]
    """

    def __init__(self, kind: str, dim: int, dropout: float = 0.1):
        super().__init__()
        if kind not in SCORERS:
            raise InputError(f"scorer={kind!r} was asked for, but it is one of {SCORERS}")
        self.kind, self.dropout = kind, nn.Dropout(dropout)
        self.linear = nn.Linear(4 * dim, 1) if kind == "concat" else None

    def forward(self, u: Tensor, v: Tensor) -> Tensor:
        """Returns the scores of all pairs."""
        if self.linear is not None:
            u, v = self.dropout(u), self.dropout(v)
        return self.query_rows(u) @ self.entity_rows(v).t()

    def query_rows(self, u: Tensor) -> Tensor:
        """Returns rows of queries whose product with rows of entities is the score."""
        if self.linear is None:
            return F.normalize(u, dim=1)
        first, _, third, fourth = self.linear.weight[0].chunk(4)
        own = (u @ (first + third) + self.linear.bias).unsqueeze(1)
        return torch.cat([u * fourth, own, torch.ones_like(own)], 1)

    def entity_rows(self, v: Tensor) -> Tensor:
        """Returns rows of entities, likewise."""
        if self.linear is None:
            return F.normalize(v, dim=1)
        _, second, third, _ = self.linear.weight[0].chunk(4)
        own = (v @ (second - third)).unsqueeze(1)
        return torch.cat([v, torch.ones_like(own), own], 1)

    def __repr__(self) -> str:
        return f"TextScorer({self.kind})"
