"""Shuffled batches of examples of similar length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import Sampler


class LengthBatches(Sampler[list[int]]):
    """Batches drawn anew each epoch, in which examples have similar lengths.

    Examples are shuffled, cut into windows of `window` batches, sorted by length inside a window
    and batched; the batches are shuffled again. Draws come from torch's global generator, which
    :func:`~graphkg.training.fit` seeds each epoch.

    Args:
        lengths: of every example.
        size: examples a batch.
        window: batches that are sorted together; 1 = plain shuffling.
    """

    def __init__(self, lengths: Sequence[int], size: int, window: int = 16):
        self.lengths = torch.tensor(lengths, dtype=torch.long)
        self.size, self.window = size, window

    def __iter__(self) -> Iterator[list[int]]:
        order = torch.randperm(self.lengths.numel())
        batches: list[torch.Tensor] = []
        for part in order.split(self.size * self.window) if order.numel() else ():
            batches += part[self.lengths[part].argsort(stable=True)].split(self.size)
        for number in torch.randperm(len(batches)).tolist():
            yield batches[number].tolist()

    def __len__(self) -> int:
        step, count = self.size * self.window, self.lengths.numel()
        whole, rest = divmod(count, step)
        return whole * self.window + -(-rest // self.size)
