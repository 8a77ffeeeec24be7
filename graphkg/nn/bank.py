"""InstanceBank: what a loss remembers of the batches before.

Letters: N instances, K instances of a bank, D channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class InstanceBank(nn.Module):
    """The vectors of batches before and their labels, without gradient, the newest first.

    QIDN compares instances with it (the paper has none); LP-BERT's contrast takes tails from it, as
    SimKGC does for its pre-batch negatives.

    Args:
        size: K.
        dim: D.

    Attributes:
        rows: [K, D].
        label: [K] from 0, -1 where nothing was remembered yet.
    """

    rows: Tensor
    label: Tensor

    def __init__(self, size: int, dim: int):
        super().__init__()
        self.register_buffer("rows", torch.zeros(size, dim))
        self.register_buffer("label", torch.full((size,), -1))

    def remember(self, v: Tensor, label: Tensor) -> None:
        """Puts instances [N, D] of the classes [N] in front; the oldest ones fall out."""
        size = self.label.numel()
        self.rows = torch.cat([v.detach().to(self.rows.dtype), self.rows])[:size]
        self.label = torch.cat([label, self.label])[:size]

    def __repr__(self) -> str:
        return f"InstanceBank({self.rows.size(0)}, {self.rows.size(1)})"
