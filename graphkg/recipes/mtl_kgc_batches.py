"""What MTL-KGC trains on: the batches of each task, with corrupted triples drawn on the way.

Letters: B items of a batch, E training triples.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ..graphs import KnowledgeGraph, TripleIndex
from ..graphs.knowledge import EDGE
from ..models.mtl_kgc import TaskBatch
from ..sampling.negatives import HEAD, TAIL, corrupt
from ..training.batches import TaskBatches
from .mtl_kgc import MTLKGCRecipe


class TaskItems:
    """The batches of one task, shuffled anew each epoch.

    Args:
        task: ``"lp"``, ``"rp"`` or ``"rr"``.
        triples: [E, 3] true ones.
        known: what no negative may be.
        size: items a batch: an item is a true triple with its negatives.
        negatives: how many negatives an item has.
        sides: ``"both"`` makes two items of a triple, one with other heads and one with other
            tails; ``"random"`` makes one and draws the side.
    """

    def __init__(
        self, task: str, triples: Tensor, known: TripleIndex, size: int, negatives: int, sides: str
    ):
        self.task, self.triples, self.known = task, triples, known
        self.size, self.negatives, self.sides = size, negatives, sides
        twice = negatives and sides == "both"
        self.items = len(triples) * (2 if twice else 1)

    def __iter__(self) -> Iterator[TaskBatch]:
        for items in torch.randperm(self.items).split(self.size):
            if self.sides == "both":
                tails = items >= len(self.triples)
            else:
                tails = torch.rand(len(items)) < 0.5
            yield self._batch(self.triples[items % len(self.triples)], tails)

    def _batch(self, triples: Tensor, tails: Tensor) -> TaskBatch:
        place = torch.arange(len(triples)).repeat_interleave(self.negatives)
        column = torch.where(tails, TAIL, HEAD)[place]
        drawn = corrupt(triples[place], column, self.known)
        return TaskBatch(self.task, triples, drawn.triples, place[drawn.source])

    def __len__(self) -> int:
        return -(-self.items // self.size)


def mtl_kgc_batches(recipe: MTLKGCRecipe, train: KnowledgeGraph) -> TaskBatches:
    """Returns the batches of all tasks; ``rr`` has one negative an item, ``rp`` none."""
    triples = torch.stack([train.heads, train[EDGE].edge_type, train.tails], 1)
    known, size = TripleIndex(train), recipe.train.batch_size
    negatives = {"lp": recipe.num_negatives, "rp": 0, "rr": 1}
    return TaskBatches(
        [
            TaskItems(task, triples, known, size, negatives[task], recipe.sides)
            for task in recipe.tasks
        ]
    )
