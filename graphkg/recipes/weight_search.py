"""Which weights of several rankers rank best: the MRR at every point of a grid, scored once.

Letters: T triples, B queries of a block, N entities, K rankers, J terms (the K rankers, then the
bonus if there is one), P points of the grid, S golds, M entities that weights decide about.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs import TripleIndex
from ..metrics.ranking import known_places
from ..metrics.ranking_scores import SIDES
from ..models.combined import CombinedRanker, weighted_sum
from ..models.neighbourhood import Neighbourhood
from ..training.evaluate import evaluating, follow_blocks, read_bytes
from ..training.ranking_blocks import QUERIES, Block, blocks


class WeightSearch:
    """Ranks triples under every row of a grid of weights, filtered, both sides, realistic ties.

    Each distinct query is scored once by each ranker. An entity that every ranker puts below a
    gold, and that has no bonus which the gold lacks, is below it under all weights, and likewise
    above: weights are tried on the other entities alone.

    Args:
        ranker: the K rankers and how they are normalised; its weights are not read.
        near: which entities may get a bonus.
        known: the triples of all splits, those that are ranked among them.
    """

    def __init__(self, ranker: CombinedRanker, near: Neighbourhood | None, known: TripleIndex):
        count = len(ranker.rankers)
        self.ranker = CombinedRanker(ranker.rankers, [1.0] * count, ranker.normalise)
        self.near, self.known, self.num_rankers = near, known, count

    def mrr(
        self,
        grid: Sequence[tuple[float, ...]],
        triples: Tensor,
        memory_budget: int | str = "1GB",
        progress: bool = False,
    ) -> list[float]:
        """Returns the MRR of each point.

        Args:
            grid: P rows of J weights from 0; in each row a ranker has one above 0.
            triples: [T, 3] int64, on the device of the rankers.
            memory_budget: bytes for the scores, or as ``"1GB"``; where blocks of ``QUERIES``
                queries do not fit, fewer are asked at a time, and last bits of a score may differ
                then from those of a whole ranking; so may they where two entities both have a
                bonus, which is not added here.
            progress: show a progress bar.

        Raises:
            InputError: NaN scores.
        """
        height = 8 * (4 * len(grid[0]) + 8) * self.ranker.num_entities
        size = min(max(read_bytes(memory_budget) // height, 1), QUERIES)
        found = torch.zeros(len(grid), dtype=torch.float64)
        head, relation, tail = triples.cpu().unbind(1)
        with evaluating(self.ranker) as ranker:
            for side in SIDES:
                given, gold = (tail, head) if side == "head" else (head, tail)
                work = blocks(given, relation, gold, size)
                for block in follow_blocks(progress, side)(work):
                    block = block.to(triples.device)
                    terms = self._terms(ranker, side, block)
                    golds = terms[:, block.row, block.gold]
                    self._hide_known(terms, side, block)
                    found += self._reciprocal_ranks(grid, terms, golds, block.rounds)
        return (found / (len(SIDES) * len(triples))).tolist()

    def _terms(self, ranker: CombinedRanker, side: str, block: Block) -> Tensor:
        """The terms of a block's queries, [J, B, N]."""
        asked = block.entity, block.relation
        terms = [ranker.term(number, side, *asked) for number in range(self.num_rankers)]
        for number, term in enumerate(terms, 1):
            if bool(term.isnan().any()):
                raise InputError(
                    f"scores of ranker {number} of {self.num_rankers} for {side}s are NaN: its "
                    "training has diverged, so train it anew with a lower rate or leave it out"
                )
        if self.near is not None:
            terms.append(self.near(block.entity).double())
        return torch.stack(terms)[:, : block.count]

    def _hide_known(self, terms: Tensor, side: str, block: Block) -> None:
        """Puts NaN, which is neither greater nor equal, at all known answers."""
        entity, relation = block.entity[: block.count], block.relation[: block.count]
        if side == "head":
            answers = self.known.known_heads(relation, entity)
        else:
            answers = self.known.known_tails(entity, relation)
        width = terms.size(-1)
        places = known_places(answers, block.count, width).to(terms.device)
        terms[:, places // width, places % width] = torch.nan

    def _reciprocal_ranks(
        self, grid: Sequence[tuple[float, ...]], terms: Tensor, golds: Tensor, rounds: list[int]
    ) -> Tensor:
        """The sum of 1 / rank over the golds of a block, at each point, [P]."""
        found, done = torch.zeros(len(grid), dtype=torch.float64), 0
        for size in rounds:
            x, gold = terms[:, :size], golds[:, done : done + size]
            above, below = self._decided(x, gold)
            row, column = (~(above | below)).nonzero().unbind(1)
            contested, surely = x[:, row, column], above.sum(1)
            # A bonus matters between an entity and a gold of which one has it.
            differs = (contested[self.num_rankers :] != gold[self.num_rankers :, row]).any(0)
            alike = contested[: self.num_rankers, ~differs], row[~differs]
            unlike = contested[:, differs], row[differs]
            fixed: dict[tuple[float, ...], Tensor] = {}
            for point, weights in enumerate(grid):
                own = weights[: self.num_rankers]
                if own not in fixed:
                    fixed[own] = 1 + surely + _count(own, *alike, gold)
                rank = fixed[own] + _count(weights, *unlike, gold)
                found[point] += rank.reciprocal().sum().cpu()
            done += size
        return found

    def _decided(self, terms: Tensor, gold: Tensor) -> tuple[Tensor, Tensor]:
        """Which entities of [J, S, N] are above, and which below, golds [J, S] in any case."""
        above = torch.ones_like(terms[0], dtype=torch.bool)
        below = above.clone()
        for number, (term, bound) in enumerate(zip(terms, gold.unsqueeze(-1))):
            ranked = number < self.num_rankers
            above &= term > bound if ranked else term >= bound
            below &= term < bound if ranked else term <= bound
        return above, below


def _count(weights: Sequence[float], terms: Tensor, row: Tensor, gold: Tensor) -> Tensor:
    """How many of the entities with `terms` [J, M] are above the golds [J, S] of their rows, [S].

    Ties count half.
    """
    used = [number for number, weight in enumerate(weights) if weight]
    score = weighted_sum((weights[number], terms[number]) for number in used)
    bound = weighted_sum((weights[number], gold[number]) for number in used)[row]
    counted = (score > bound).double() + 0.5 * (score == bound).double()
    return row.bincount(counted, minlength=gold.size(1))
