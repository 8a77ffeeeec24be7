"""Reranker: the best candidates of one ranker in the order of another.

Letters: B questions, N entities, k candidates.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ..graphs import Ragged, TripleIndex


class Reranker(nn.Module):
    """Ranks the k best candidates of `first` by the triple scores of `second`.

    The candidates of a question are the k entities that `first` scores highest among those that
    are no known answer in training; equal scores at the border go by the number of the entity.
    They stand above all other entities, which keep the order of `first`. Scores are therefore
    places in an order: only their order means anything.

    Args:
        first: a :class:`~graphkg.training.Ranker`.
        second: has ``score_triples`` ([T, 3] -> [T]).
        train: the known answers of training, which are no candidates.
        top: k.
    """

    def __init__(self, first: Any, second: Any, train: TripleIndex, top: int):
        super().__init__()
        self.first, self.second, self.train_index, self.top = first, second, train, top
        self.num_entities = second.num_entities

    def score_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns the order of all entities as tails of (head, relation, ?), [B, N]."""
        known = self.train_index.known_tails(head, relation)
        asked = torch.stack([head, relation, head], 1)
        return self._merged(self.first.score_tails(head, relation), known, asked, 2)

    def score_heads(self, relation: Tensor, tail: Tensor) -> Tensor:
        """Returns the order of all entities as heads of (?, relation, tail), [B, N]."""
        known = self.train_index.known_heads(relation, tail)
        asked = torch.stack([tail, relation, tail], 1)
        return self._merged(self.first.score_heads(relation, tail), known, asked, 0)

    def _merged(self, scores: Tensor, known: Any, asked: Tensor, column: int) -> Tensor:
        assert isinstance(known, Ragged)
        rows = []
        for number, one in enumerate(asked):
            order = dense_order(scores[number])
            best = candidates(scores[number], known[number], self.top)
            triples = one.repeat(best.numel(), 1)
            triples[:, column] = best
            if best.numel():
                order[best] = self.num_entities + dense_order(self.second.score_triples(triples))
            rows.append(order)
        return torch.stack(rows)

    def __repr__(self) -> str:
        return f"Reranker({self.first!r}, {self.second!r}, top={self.top})"


def candidates(scores: Tensor, known: Tensor, top: int) -> Tensor:
    """Returns the `top` entities with the highest scores [N] that are not `known`, best first."""
    order = scores.argsort(descending=True, stable=True)
    kept = torch.ones(scores.numel(), dtype=torch.bool, device=scores.device)
    kept[known] = False
    return order[kept[order]][:top]


def dense_order(scores: Tensor) -> Tensor:
    """Returns the places of scores [n] from 0, rising, equal ones for equal scores; NaN stays.

    Example:
        >>> dense_order(torch.tensor([0.5, -1.0, 0.5, 2.0]))
        tensor([1., 0., 1., 2.])
    """
    places = scores.unique(return_inverse=True)[1].to(torch.float32)
    return places.masked_fill(scores.isnan(), torch.nan)
