"""RowSums: many vectors that are sums of a few rows, so that a linear layer acts on the rows.

Letters: M rows of the table, S vectors, k rows of a vector, D channels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor
from torch.nn import functional as F

from .split_encoder import padded


@dataclass(frozen=True)
class RowSums:
    r"""Vectors :math:`x_s = \sum_{j \in s} t_j`.

    A span's vector is the sum of a row of its first token, one of its last, and one of its length:
    three tables that are much smaller than the spans are many.

    Attributes:
        table: [M, D]; the first row is zeros, for padding.
        index: [S, k] or [B, S, k], the rows of each vector.
    """

    table: Tensor
    index: Tensor

    def dense(self) -> Tensor:
        """Returns the vectors, [S, D] or [B, S, D]."""
        return self._sum(self.table)

    def linear(self, weight: Tensor, bias: Tensor) -> Tensor:
        """Returns a linear layer on the vectors; each of the k rows brings its part of `bias`."""
        return self._sum(F.linear(self.table, weight, bias / self.index.size(-1)))

    def padded(self, mask: Tensor) -> RowSums:
        """Returns [S] vectors in the places of `mask` [B, S'], zeros elsewhere."""
        return replace(self, index=padded(self.index, mask))

    def _sum(self, rows: Tensor) -> Tensor:
        sums = F.embedding_bag(self.index.flatten(0, -2), rows, mode="sum")
        return sums.unflatten(0, self.index.shape[:-1])
