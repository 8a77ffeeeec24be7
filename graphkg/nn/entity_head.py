"""EntityHead and RelationHead: which entity stood here, which relation lies between two.

Letters: M mentions, C candidates of each, K pairs, D channels, R relations.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class EntityHead(nn.Module):
    r"""Scores of candidate entities for a masked mention (JAKET: Yu et al., 2020, masked entities).

    .. math:: g\big( (Z_s + Z_o) / 2 \big) \cdot E_c, \quad g(x) = \mathrm{ReLU}(x W_1) W_2

    Args:
        dim: D.

    Shapes:
        - input: the means [M, D] and the candidates' rows [M, C, D]
        - output: [M, C]
    """

    def __init__(self, dim: int):
        super().__init__()
        self.inner, self.outer = (nn.Linear(dim, dim, bias=False) for _ in range(2))

    def forward(self, means: Tensor, candidates: Tensor) -> Tensor:
        """Returns the scores."""
        query = self.outer(self.inner(means).relu())
        return torch.einsum("md,mcd->mc", query, candidates.to(query.dtype))

    def __repr__(self) -> str:
        return f"EntityHead({self.inner.in_features})"


class RelationHead(nn.Module):
    r"""Scores of the relations of pairs of entities (JAKET names the task, not the head).

    .. math:: W [E_h; E_t; E_h \circ E_t] + b

    Args:
        dim: D.
        num_relations: R.

    Shapes:
        - input: heads [K, D] and tails [K, D]
        - output: [K, R]
    """

    def __init__(self, dim: int, num_relations: int):
        super().__init__()
        self.linear = nn.Linear(3 * dim, num_relations)

    def forward(self, head: Tensor, tail: Tensor) -> Tensor:
        """Returns the scores."""
        return self.linear(torch.cat([head, tail, head * tail], 1))

    def __repr__(self) -> str:
        return f"RelationHead({self.linear.in_features // 3}, {self.linear.out_features} relations)"
