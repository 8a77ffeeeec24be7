"""Shuffled batches: of similar lengths, of rows, of whole queries, of several tasks."""

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


class QueryBatches:
    """Batches of triples in which all answers of a query stand together.

    Queries are shuffled anew each epoch. A model that reads each distinct query of a batch once
    thereby reads it once an epoch. Draws come from torch's global generator.

    Args:
        triples: head, relation, tail, [E, 3].
        size: triples a batch, about; there are as many batches as this size asks for, or fewer
            where one query has more triples than that.
    """

    def __init__(self, triples: torch.Tensor, size: int):
        _, query, counts = triples[:, :2].unique(dim=0, return_inverse=True, return_counts=True)
        self.triples, self.size = triples[query.argsort(stable=True)], size
        self.counts, self.starts = counts, counts.cumsum(0) - counts

    def __iter__(self) -> Iterator[torch.Tensor]:
        order = torch.randperm(len(self.counts))
        counts = self.counts[order]
        before = counts.cumsum(0) - counts
        # Triples in the order of their queries: places count on from each query's start.
        place = (self.starts[order] - before).repeat_interleave(counts)
        place += torch.arange(len(self.triples))
        # A query is in the batch in which its first triple would be, were they cut evenly.
        batch = before * len(self) // max(len(self.triples), 1)
        _, sizes = batch.repeat_interleave(counts).unique_consecutive(return_counts=True)
        for part in place.split(sizes.tolist()):
            yield self.triples[part]

    def __len__(self) -> int:
        return -(-len(self.triples) // self.size)


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
