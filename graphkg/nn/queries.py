"""Queries: what a decoder asks a sentence, of two branches that share their slots.

Letters: Q slots, n queries, B sentences, D channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .query_decoder import hidden_queries


class Queries(nn.Module):
    r"""Learned queries of no type (QIDN, Section 3.2): :math:`[Q W_r; Q W_e]`.

    Row i of the relation branch and row i of the entity branch belong to the same slot.

    Args:
        count: Q.
        dim: D.
        branches: two branches, n = 2 Q; else both read the same n = Q queries.
        hidden: which branch does not see which, see :func:`hidden_queries`.
        positions: also learn rows that are added wherever queries look, as in DETR (the paper is
            silent).

    Shapes:
        - output: [n, D]
    """

    hidden: Tensor | None
    position: Tensor | None

    def __init__(
        self,
        count: int,
        dim: int,
        branches: bool = True,
        hidden: str = "none",
        positions: bool = False,
    ):
        super().__init__()
        self.rows = nn.Parameter(torch.empty(count, dim).normal_(std=0.02))
        names = ("relation", "entity") if branches else ()
        self.branches = nn.ModuleDict({name: nn.Linear(dim, dim, bias=False) for name in names})
        mask = None if hidden == "none" else hidden_queries(count, hidden)
        self.register_buffer("hidden", mask, persistent=False)
        width = len(names) * count or count
        added = nn.Parameter(torch.empty(width, dim).normal_(std=0.02)) if positions else None
        self.register_parameter("position", added)

    def forward(self) -> Tensor:
        """Returns the queries, those of relations first."""
        if not self.branches:
            return self.rows
        return torch.cat([branch(self.rows) for branch in self.branches.values()])

    def split(self, decoded: Tensor) -> tuple[Tensor, Tensor]:
        """Returns Q_r and Q_e, each [B, Q, D], of decoded queries [B, n, D]."""
        count = self.rows.size(0)
        return decoded[:, :count], decoded[:, -count:]

    def __repr__(self) -> str:
        count, dim = self.rows.shape
        return f"Queries({count}, {dim}, branches={len(self.branches) or 1})"
