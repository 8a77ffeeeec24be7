"""Corrupted triples: one end of a true triple replaced, so that the result is not a true one.

Letters: M triples, N entities.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ..graphs import Ragged, TripleIndex

HEAD, TAIL = 0, 2  # columns of a triple
ROUNDS = 16


class Negatives(NamedTuple):
    """Corrupted triples.

    Attributes:
        triples: [M', 3]; M' < M where a triple has no negative.
        source: [M'] which of the M triples each comes from, rising.
    """

    triples: Tensor
    source: Tensor


def corrupt(
    triples: Tensor,
    column: Tensor,
    known: TripleIndex,
    generator: torch.Generator | None = None,
    rounds: int = ROUNDS,
) -> Negatives:
    """Draws one negative of each triple, uniformly among those that are not known.

    Known ones are drawn again, at most `rounds` times; after that the entities that are left are
    listed and one of them is taken. A triple for which none is left gives no negative.

    Args:
        triples: [M, 3].
        column: [M] what is replaced: 0 the head, 2 the tail.
        known: what no negative may be; its entities are those that are drawn.
        generator: by default torch's global one.
        rounds: how often to draw blindly.

    Example:
        >>> from graphkg.graphs import KnowledgeGraph
        >>> kg = KnowledgeGraph.from_triples([("a", "r", "b"), ("a", "r", "a")], entities="abc")
        >>> drawn = corrupt(torch.tensor([[0, 0, 1]]), torch.tensor([TAIL]), TripleIndex(kg))
        >>> drawn.triples.tolist()
        [[0, 0, 2]]
    """
    drawn, left = triples.clone(), torch.arange(len(triples))
    for _ in range(rounds):
        if not left.numel():
            break
        entity = torch.randint(known.num_entities, left.shape, generator=generator)
        drawn[left, column[left]] = entity
        wrong = known.contains(*drawn[left].unbind(1)) | (drawn[left] == triples[left]).all(1)
        left = left[wrong]
    found = torch.ones(len(triples), dtype=torch.bool)
    if left.numel():
        allowed = _allowed(triples[left], column[left], known)
        some = allowed.any(1)
        found[left] = some
        if bool(some.any()):
            entity = allowed[some].float().multinomial(1, generator=generator).squeeze(1)
            drawn[left[some], column[left[some]]] = entity
    return Negatives(drawn[found], found.nonzero().squeeze(1))


def _allowed(triples: Tensor, column: Tensor, known: TripleIndex) -> Tensor:
    """Which entities make a negative of each triple, [M, N]."""
    head, relation, tail = triples.unbind(1)
    tails, heads = known.known_tails(head, relation), known.known_heads(relation, tail)
    assert isinstance(tails, Ragged) and isinstance(heads, Ragged)
    hot = torch.where(
        (column == TAIL).unsqueeze(1),
        tails.multi_hot(known.num_entities),
        heads.multi_hot(known.num_entities),
    )
    own = triples.gather(1, column.unsqueeze(1))
    return (hot == 0).scatter(1, own, False)
