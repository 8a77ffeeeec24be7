"""Pooling of rows into groups of unequal size, without padding."""

from __future__ import annotations

from torch import Tensor
from torch_geometric.utils import scatter

POOLINGS = {"max": "max", "avg": "mean", "sum": "sum"}


def pool(
    x: Tensor, group: Tensor, num_groups: int, how: str = "max", mask: Tensor | None = None
) -> Tensor:
    """Pools the rows of each group.

    Args:
        x: [T, D] rows.
        group: [T] the group of each row.
        num_groups: G.
        how: ``"max"``, ``"avg"`` or ``"sum"``.
        mask: [T], true for the rows that take part; all by default.

    Returns:
        [G, D]; a group without rows is 0.
    """
    if how not in POOLINGS:
        raise ValueError(f"pooling is {how!r}, but it is one of {', '.join(POOLINGS)}")
    if mask is not None:
        x, group = x[mask], group[mask]
    return scatter(x, group, dim=0, dim_size=num_groups, reduce=POOLINGS[how])
