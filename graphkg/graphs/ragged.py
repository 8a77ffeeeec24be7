"""Rows of unequal length as one flat tensor plus pointers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Ragged:
    """B rows of unequal length: row b is ``values[ptr[b]:ptr[b + 1]]``.

    Attributes:
        values: [sum of lengths].
        ptr: [B + 1], rising from 0.
    """

    values: Tensor
    ptr: Tensor

    @classmethod
    def of_lengths(cls, values: Tensor, lengths: Tensor) -> Ragged:
        """Cuts `values` into rows of the given lengths [B]."""
        return cls(values, torch.cat([lengths.new_zeros(1), lengths.cumsum(0)]))

    @classmethod
    def cat(cls, parts: Sequence[Ragged]) -> Ragged:
        """Returns the rows of the first part, of the second, ...; of one part or more."""
        values = torch.cat([part.values for part in parts])
        return cls.of_lengths(values, torch.cat([part.lengths for part in parts]))

    def __len__(self) -> int:
        return self.ptr.numel() - 1

    def __getitem__(self, row: int) -> Tensor:
        return self.values[self.ptr[row] : self.ptr[row + 1]]

    @property
    def lengths(self) -> Tensor:
        """Length of each row, [B]."""
        return self.ptr[1:] - self.ptr[:-1]

    @property
    def row(self) -> Tensor:
        """The row of each value, [sum of lengths]."""
        rows = torch.arange(len(self), device=self.ptr.device)
        return rows.repeat_interleave(self.lengths)

    def gather(self, index: Tensor) -> Ragged:
        """Returns the rows `index` [B'] (each in 0 ... B - 1) in that order, without a loop."""
        starts = self.ptr[index]
        lengths = self.ptr[index + 1] - starts
        ptr = torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])
        # Example: rows of lengths 2 and 3 that start at 7 and 1 -> places 7 8 | 1 2 3.
        shift = (starts - ptr[:-1]).repeat_interleave(lengths)
        places = torch.arange(int(ptr[-1]), device=ptr.device) + shift
        return Ragged(self.values[places], ptr)

    def where(self, kept: Tensor) -> Ragged:
        """Returns the rows with those values alone that `kept` [sum of lengths] is true of."""
        lengths = torch.bincount(self.row[kept], minlength=len(self))
        return Ragged.of_lengths(self.values[kept], lengths)

    def among(self, other: Ragged) -> Tensor:
        """Returns which values stand in the same row of `other` too, bool of their shape."""
        if not other.values.numel() or not self.values.numel():
            return torch.zeros_like(self.values, dtype=torch.bool)
        width = 1 + torch.maximum(self.values.max(), other.values.max())
        return torch.isin(self.row * width + self.values, other.row * width + other.values)

    def multi_hot(self, width: int) -> Tensor:
        """Returns [B, width] with 1.0 where a row holds the column's number."""
        hot = torch.zeros(len(self), width, device=self.values.device)
        hot[self.row, self.values] = 1.0
        return hot
