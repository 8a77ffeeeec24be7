"""Shuffled batches: of similar lengths, of the rows of a tensor, and of several tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

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


class RowBatches:
    """Batches of the rows of a tensor, shuffled anew each epoch.

    Draws come from torch's global generator, as those of :class:`LengthBatches`.

    Args:
        rows: [n, *], on any device.
        size: rows a batch.
    """

    def __init__(self, rows: torch.Tensor, size: int):
        self.rows, self.size = rows, size

    def __iter__(self) -> Iterator[torch.Tensor]:
        order = torch.randperm(len(self.rows)).to(self.rows.device)
        for part in order.split(self.size) if order.numel() else ():
            yield self.rows[part]

    def __len__(self) -> int:
        return -(-len(self.rows) // self.size)


class TaskBatches:
    """The batches of several tasks, each exactly once an epoch, in random order.

    The order is a uniformly random one of all batches, drawn anew each epoch: it is what comes of
    picking, again and again, a task with a probability of its batches that are left to all that
    are left (Kim et al., 2020). Inside a task the order is its own. Draws come from torch's global
    generator, as those of :class:`LengthBatches`.

    Args:
        tasks: what each task goes through; has a length.
    """

    def __init__(self, tasks: Sequence[Any]):
        self.tasks = list(tasks)

    def __iter__(self) -> Iterator[Any]:
        counts = torch.tensor([len(task) for task in self.tasks], dtype=torch.long)
        task = torch.arange(len(self.tasks)).repeat_interleave(counts)
        order = task[torch.randperm(len(task))].tolist()
        streams = [iter(task) for task in self.tasks]
        for number in order:
            yield next(streams[number])

    def __len__(self) -> int:
        return sum(len(task) for task in self.tasks)
