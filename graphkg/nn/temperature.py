"""The temperature of a softmax."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Temperature(nn.Module):
    """A positive number that similarities are divided by, fixed or learned as its logarithm.

    Args:
        value: at first.
        learned: train it.
    """

    log: Tensor

    def __init__(self, value: float, learned: bool = False):
        super().__init__()
        log = torch.tensor(math.log(value))
        if learned:
            self.log = nn.Parameter(log)
        else:
            self.register_buffer("log", log, persistent=False)

    def forward(self) -> Tensor:
        """Returns it, a tensor of no dimension."""
        return self.log.exp()

    def __repr__(self) -> str:
        return f"Temperature({self().item():.3g})"
