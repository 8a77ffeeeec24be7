"""How :func:`~graphkg.training.evaluate.evaluate_ranking` ranks one side, a block at a time.

Letters: T triples, B queries of a block, G of its triples, N entities.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from ..metrics.ranking import CACHED, Ranks, count_above, known_places

QUERIES = 128
TILE = 512


@dataclass(frozen=True)
class Block:
    """Distinct queries and the triples that ask them, sorted so that no row is ever picked.

    The queries with most triples come first, and the triples come in rounds: the first one of each
    query, then the second of each that has one, and so on. A round is about the first rows.

    Attributes:
        entity: [B] what is given; the last query is repeated to fill the block.
        relation: [B].
        count: how many queries there are without the repeated ones.
        triple: [G] places in the list of triples.
        row: [G] their queries.
        gold: [G].
        rounds: how many triples each round has; they fall and add up to G.
    """

    entity: Tensor
    relation: Tensor
    count: int
    triple: Tensor
    row: Tensor
    gold: Tensor
    rounds: list[int]

    def to(self, device: torch.device) -> Block:
        """Returns the block with its tensors on `device`."""
        entity, relation = self.entity.to(device), self.relation.to(device)
        row, gold = self.row.to(device), self.gold.to(device)
        return replace(self, entity=entity, relation=relation, row=row, gold=gold)


def blocks(given: Tensor, relation: Tensor, gold: Tensor, size: int) -> list[Block]:
    """Sorts triples, [T] each, into blocks of `size` distinct queries."""
    width = int(relation.max()) + 1
    keys, query, counts = (given * width + relation).unique(return_inverse=True, return_counts=True)
    order = counts.argsort(descending=True, stable=True)
    keys, counts = keys[order], counts[order]
    place = order.argsort()[query]
    # Queries 0 0 1 of three triples -> turns 0 1 0.
    by_place = place.argsort(stable=True)
    starts = counts.cumsum(0) - counts
    turn = torch.empty_like(place)
    turn[by_place] = torch.arange(place.numel()) - starts[place[by_place]]
    by_round = ((place // size * counts[0] + turn) * size + place % size).argsort()
    found, done = [], 0
    for start in range(0, keys.numel(), size):
        each = counts[start : start + size]
        filled = torch.arange(start, start + size).clamp(max=keys.numel() - 1)
        triple = by_round[done : done + int(each.sum())]
        done += triple.numel()
        found.append(
            Block(
                entity=keys[filled] // width,
                relation=keys[filled] % width,
                count=each.numel(),
                triple=triple,
                row=place[triple] - start,
                gold=gold[triple],
                rounds=turn[triple].bincount().tolist(),
            )
        )
    return found


class TiledScores:
    """The scores of a block from a :class:`~graphkg.training.TiledRanker`, in one or more panels.

    A panel is as many tiles as the budget holds. Tiles have one shape and fixed places, so that the
    bits of a score depend neither on the budget nor on where its entity stands.
    """

    def __init__(self, ranker: Any, budget: int):
        self.ranker, self.num_entities, self.size = ranker, ranker.num_entities, QUERIES
        self.writes = "out" in inspect.signature(ranker.score_tile).parameters
        tile = 4 * QUERIES * TILE
        self.room = budget - QUERIES * getattr(ranker, "bytes_per_query", 2**14) - tile - CACHED
        self.panels: list[tuple[int, int]] = []
        self.buffer, self.held = torch.empty(0), -1

    def ask(self, side: str, block: Block) -> None:
        """Merges the queries of a block."""
        self.held = -1
        self.z = self.ranker.merge(side, block.entity, block.relation)
        if not self.panels:
            dtype = torch.promote_types(self.z.dtype, torch.float32)
            tiles = -(-self.num_entities // TILE)
            fitting = self.room // (QUERIES * TILE * dtype.itemsize)
            step = min(max(fitting, 1), tiles) * TILE
            self.panels = [(a, min(a + step, tiles * TILE)) for a in range(0, tiles * TILE, step)]
            self.buffer = torch.empty(QUERIES * step, dtype=dtype, device=self.z.device)
            self.writes = self.writes and dtype == self.z.dtype

    def panel(self, start: int, stop: int) -> Tensor:
        """Returns the scores of some entities, [B, stop - start or fewer].

        They are the caller's to write into until another panel is asked for.
        """
        x = self.buffer[: QUERIES * (stop - start)].view(QUERIES, stop - start)
        if self.held != start:
            self._fill(x, start, stop)
            self.held = start
        return x[:, : self.num_entities - start]

    def _fill(self, x: Tensor, start: int, stop: int) -> None:
        for at in range(start, stop, TILE):
            out = x[:, at - start : at - start + TILE]
            found = self._tile(at, out)
            if found.shape != out.shape:
                raise InputError(
                    f"score_tile(z, {at}, {at + TILE}) gave {list(found.shape)}, but "
                    f"{list(out.shape)} is expected: pad the entities to a multiple of {TILE}"
                )
            if found is not out:
                out.copy_(found)

    def _tile(self, start: int, out: Tensor) -> Tensor:
        if self.writes:
            return self.ranker.score_tile(self.z, start, start + TILE, out=out)
        return self.ranker.score_tile(self.z, start, start + TILE)


class WholeScores:
    """The scores of a block from a :class:`~graphkg.training.Ranker`, copied to be filtered."""

    def __init__(self, ranker: Any, budget: int):
        self.ranker, self.num_entities = ranker, ranker.num_entities
        self.size = min(max(budget // (8 * self.num_entities), 1), QUERIES)
        self.panels = [(0, self.num_entities)]

    def ask(self, side: str, block: Block) -> None:
        """Scores the queries of a block."""
        entity, relation = block.entity, block.relation
        if side == "head":
            scores = self.ranker.score_heads(relation, entity)
        else:
            scores = self.ranker.score_tails(entity, relation)
        if scores.shape != (self.size, self.num_entities):
            raise InputError(
                f"score_{side}s gave {list(scores.shape)} for {self.size} queries, but "
                f"{[self.size, self.num_entities]} is expected: one score an entity"
            )
        dtype = torch.promote_types(scores.dtype, torch.float32)
        self.scores = scores.to(dtype, copy=True, memory_format=torch.contiguous_format)

    def panel(self, start: int, stop: int) -> Tensor:
        """Returns all scores, [B, N], the caller's to write into."""
        return self.scores


class SideRanking:
    """Ranks one side of the triples; its two counts say how many NaN scores it met.

    Args:
        scores: of a block, panel by panel.
        known: see :func:`~graphkg.training.evaluate_ranking`.
        side: what is asked for, ``"head"`` or ``"tail"``.
        device: of the model.
        strict: NaN scores raise.
    """

    def __init__(
        self,
        scores: TiledScores | WholeScores,
        known: Any,
        side: str,
        device: torch.device,
        strict: bool,
    ):
        self.scores, self.known, self.side = scores, known, side
        self.device, self.strict = device, strict
        self.nan_golds = self.nan_candidates = 0

    def rank(self, triples: Tensor, follow: Callable[[list[Block]], Iterable[Block]]) -> Ranks:
        """Ranks the golds of `triples` [T, 3]; `follow` goes through the blocks."""
        head, relation, tail = triples.cpu().unbind(1)
        given, gold = (tail, head) if self.side == "head" else (head, tail)
        work = blocks(given, relation, gold, self.scores.size)
        found = Ranks.join([self._rank(block.to(self.device)) for block in follow(work)])
        return found[torch.cat([block.triple for block in work]).argsort()]

    def _rank(self, block: Block) -> Ranks:
        """The ranks of one block, in the order of its triples."""
        width, own = self.scores.num_entities, block.row * self.scores.num_entities + block.gold
        keys = self._known_of(block)
        self.scores.ask(self.side, block)
        bound, nan = self._golds(block)
        # A gold that is known itself is filtered with the rest: it is in no count.
        kept = ~_within(keys, own)
        if bool(nan.any()) and self.strict:
            raise InputError(
                f"scores of {int((nan > 0).sum())} of {block.count} queries for {self.side}s are "
                "NaN: look for NaN weights (was the rate too high?), or give strict=False"
            )
        greater, at_least = self._count(block, bound, keys, nan)
        lost = bound.isnan()
        self.nan_golds += int(lost.sum())
        self.nan_candidates += int(nan[block.row].sum() - (lost & kept).sum())
        left = width - (keys // width).bincount(minlength=block.count)
        equal, left = at_least - greater - kept.long(), left[block.row] + (~kept).long()
        return Ranks.from_counts(greater.cpu(), equal.cpu(), left.cpu(), bound.isnan().cpu())

    def _golds(self, block: Block) -> tuple[Tensor, Tensor]:
        """The scores of the golds [G], and how many NaN scores each query has [B]."""
        bound: Tensor | None = None
        nan = torch.zeros(block.count, dtype=torch.long, device=self.device)
        for panel in self.scores.panels:
            x = self.scores.panel(*panel)
            column = block.gold - panel[0]
            value = x[block.row, column.clamp(0, x.size(1) - 1)]
            bound = value if bound is None else torch.where(column < 0, bound, value)
            if bool(x[: block.count].sum(1).isnan().any()):
                nan += x[: block.count].isnan().sum(1)
        assert bound is not None
        return bound, nan

    def _count(
        self, block: Block, bound: Tensor, keys: Tensor, nan: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Counts unknown scores above and at least the golds [G]; takes known ones off `nan`."""
        greater, at_least = torch.zeros(2, bound.numel(), dtype=torch.long, device=self.device)
        any_nan = bool(nan.any())
        row, column = keys // self.scores.num_entities, keys % self.scores.num_entities
        for panel in reversed(self.scores.panels):
            x = self.scores.panel(*panel)
            here = (column >= panel[0]) & (column < panel[1])
            at = (row[here], column[here] - panel[0])
            if any_nan:
                nan -= at[0][x[at].isnan()].bincount(minlength=block.count)
            x[at] = torch.nan  # neither greater nor equal, whichever gold it is compared with
            done = 0
            for size in block.rounds:
                turn = slice(done, done + size)
                above, not_below = count_above(x[:size], bound[turn])
                greater[turn] += above
                at_least[turn] += not_below
                done += size
        return greater, at_least

    def _known_of(self, block: Block) -> Tensor:
        """The known answers of the queries, as `row * N + answer`, rising."""
        if self.known is None:
            return torch.empty(0, dtype=torch.long, device=self.device)
        entity, relation = block.entity[: block.count], block.relation[: block.count]
        if self.side == "head":
            rows = self.known.known_heads(relation, entity)
        else:
            rows = self.known.known_tails(entity, relation)
        return known_places(rows, block.count, self.scores.num_entities).to(self.device)


def _within(keys: Tensor, asked: Tensor) -> Tensor:
    """Which of `asked` are among the rising `keys`."""
    if not keys.numel():
        return torch.zeros_like(asked, dtype=torch.bool)
    return keys[torch.searchsorted(keys, asked).clamp(max=keys.numel() - 1)] == asked
