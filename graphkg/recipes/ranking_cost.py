"""What a ranking by texts costs, told before it starts.

Letters: Q questions, U distinct texts of entities.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..graphs import GraphTexts

SAMPLE = 192  # sequences that are measured, of which a first third warms up
SPECIAL = 4


@dataclass(frozen=True)
class RankingCost:
    """The size of a ranking.

    Attributes:
        questions: distinct ones.
        sequences: how many texts are encoded.
        pieces: their word pieces, special ones included.
        rate: word pieces a second that a short sample had.
        device: where.
    """

    questions: int
    sequences: int
    pieces: int
    rate: float
    device: str

    @property
    def seconds(self) -> float:
        """About how long it will take."""
        return self.pieces / self.rate

    def __str__(self) -> str:
        return (
            f"{self.questions:,} questions, {self.sequences:,} sequences, {self.pieces:,} word "
            f"pieces: about {duration(self.seconds)} at {self.rate:,.0f} pieces a second on "
            f"{self.device}"
        )


def duration(seconds: float) -> str:
    """Returns a time as people say it.

    Example:
        >>> duration(75), duration(5400), duration(200_000)
        ('75 seconds', '90 minutes', '56 hours')
    """
    for size, name in ((3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size or (name == "minutes" and seconds >= 90):
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"


def ranking_cost(model: Any, asked: dict[str, Tensor], top: int | None = None) -> RankingCost:
    """Counts and measures what ranking by ``model.score_triples`` costs.

    Args:
        model: has ``texts``, ``score_triples`` and ``distinct``, the entities of distinct texts.
        asked: the triples whose head, and whose tail, is asked for, by side.
        top: candidates of a question; by default all U, and the pieces are counted exactly.
    """
    texts, entities = model.texts, model.distinct
    found = {side: _distinct(triples, side) for side, triples in asked.items()}
    questions = torch.cat(list(found.values()))
    each = entities.numel() if top is None else min(top, entities.numel())
    pieces = _pieces(texts, questions, entities) * each // entities.numel()
    rate = _measured(model, found) if len(questions) else 1.0
    device = str(next(model.parameters()).device)
    return RankingCost(len(questions), len(questions) * each, pieces, rate, device)


def _distinct(triples: Tensor, side: str) -> Tensor:
    """The distinct questions of triples as (given entity, relation), [Q, 2]."""
    return triples[:, [2, 1] if side == "head" else [0, 1]].unique(dim=0)


def _pieces(texts: GraphTexts, questions: Tensor, entities: Tensor) -> int:
    """Word pieces of Q questions with U entities each, cut where they are too long."""
    lengths = texts.entity.ptr.diff()
    given = lengths[questions[:, 0].cpu()] + texts.relation.ptr.diff()[questions[:, 1].cpu()]
    other = lengths[entities.cpu()].sort().values
    sums = torch.cat([other.new_zeros(1), other.cumsum(0)])
    room = texts.limit - SPECIAL - given
    fitting = torch.searchsorted(other, room, right=True)
    whole = fitting * (SPECIAL + given) + sums[fitting]
    return int((whole + (other.numel() - fitting) * texts.limit).sum())


def _measured(model: Any, found: dict[str, Tensor]) -> float:
    """Word pieces a second on a drawn sample of what is asked."""
    draw = torch.Generator().manual_seed(0)
    side, questions = max(found.items(), key=lambda item: len(item[1]))
    row = torch.randint(len(questions), (SAMPLE,), generator=draw).to(questions.device)
    entity = torch.randint(model.distinct.numel(), (SAMPLE,), generator=draw)
    other = model.distinct[entity].to(questions.device)
    given, relation = questions[row].unbind(1)
    ends = [other, relation, given] if side == "head" else [given, relation, other]
    triples = torch.stack(ends, 1)
    modes = {module: module.training for module in model.modules()}
    model.eval()
    model.score_triples(triples[: SAMPLE // 3])
    started = time.perf_counter()
    model.score_triples(triples[SAMPLE // 3 :]).sum().item()
    seconds = time.perf_counter() - started
    for module, training in modes.items():
        module.training = training
    pieces = len(model.texts.triples(triples[SAMPLE // 3 :]).piece)
    return pieces / max(seconds, 1e-9)
