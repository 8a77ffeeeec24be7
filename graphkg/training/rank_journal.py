"""Ranking that takes hours: block by block, with a journal from which it goes on.

Letters: T triples, B places of a block.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from ..metrics.ranking import Ranks
from ..metrics.ranking_scores import SIDES
from .evaluate import evaluate_ranking
from .ranking_blocks import QUERIES

FORMAT = "graphkg ranks 1"
Follow = Callable[[Sequence[tuple[str, Tensor]]], Iterable[tuple[str, Tensor]]]


class RankJournal:
    """The ranks of finished blocks, in memory and, one line a block, in a file.

    The file is written beside its place and renamed after each block, so that it is whole whenever
    the ranking is stopped.

    Args:
        path: the file, or ``None`` for memory alone; a file that is there is gone on with.
        fingerprint: tells what is ranked by which model under which settings.

    Raises:
        InputError: a file that is no journal, one of another ranking, or a place that cannot be
            written.
    """

    def __init__(self, path: str | Path | None, fingerprint: str):
        self.path = None if path is None else Path(path)
        self.lines = [json.dumps({"format": FORMAT, "fingerprint": fingerprint})]
        self.blocks: list[dict[str, Any]] = []
        if self.path is not None and self.path.exists():
            self._read(self.path, fingerprint)
        else:
            self._write()  # a place that cannot be written is told before hours have passed

    def _read(self, path: Path, fingerprint: str) -> None:
        try:
            head, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
            facts, blocks = json.loads(head), [json.loads(line) for line in lines]
        except (OSError, ValueError) as error:
            raise InputError(
                f"{path} cannot be read as a journal of ranks ({error}): name another file"
            ) from None
        if not isinstance(facts, dict) or facts.get("format") != FORMAT:
            raise InputError(f"{path} is no journal of ranks: name another file")
        if facts.get("fingerprint") != fingerprint:
            raise InputError(
                f"{path} is the journal of another ranking (of another model, other triples or "
                "other settings): name another file, or remove it"
            )
        self.lines, self.blocks = [head, *lines], blocks

    def add(self, side: str, places: Tensor, ranks: Ranks) -> None:
        """Keeps the ranks of the triples at `places` [B]."""
        fields = ("optimistic", "pessimistic", "candidates")
        values = {name: getattr(ranks, name).tolist() for name in fields}
        self.blocks.append({"side": side, "places": places.tolist(), **values})
        self.lines.append(json.dumps(self.blocks[-1]))
        self._write()

    def _write(self) -> None:
        if self.path is None:
            return
        beside = self.path.with_name(f".{self.path.name}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text("".join(f"{line}\n" for line in self.lines), encoding="utf-8")
            os.replace(beside, self.path)
        except OSError as error:
            raise InputError(
                f"the journal {self.path} cannot be written ({error}): name another file"
            ) from None

    def done(self, side: str) -> tuple[Tensor, Ranks]:
        """Returns the places [B] whose ranks on `side` are known, and those ranks."""
        own = [block for block in self.blocks if block["side"] == side]
        columns = {
            name: torch.tensor([x for block in own for x in block[name]], dtype=torch.float64)
            for name in ("places", "optimistic", "pessimistic", "candidates")
        }
        low, high = columns["optimistic"], columns["pessimistic"]
        ranks = Ranks(low, (low + high) / 2, high, columns["candidates"].long())
        return columns["places"].long(), ranks

    def left(self, triples: Tensor) -> dict[str, Tensor]:
        """Returns the places of the triples [T, 3] that are not ranked yet, by side."""
        open_places = {}
        for side in SIDES:
            open_ = torch.ones(len(triples), dtype=torch.bool)
            open_[self.done(side)[0]] = False
            open_places[side] = open_.nonzero().squeeze(1)
        return open_places


def rank_blocks(
    model: Any,
    triples: Tensor,
    known: Any,
    journal: RankJournal,
    size: int,
    follow: Follow = list,
) -> dict[str, Ranks]:
    """Ranks both sides of triples [T, 3] as :func:`evaluate_ranking` does, block by block.

    What the journal has is not ranked again. A model whose scores of a question do not depend on
    what is asked beside it has the same ranks whatever `size` is and wherever it was stopped.

    Args:
        model: a :class:`~graphkg.training.Ranker`.
        triples: on the device of the model.
        known: the filter, or ``None`` for raw ranks.
        journal: what is done already; finished blocks are added.
        size: distinct questions of a block, from 1 to ``QUERIES``.
        follow: goes through the blocks, as a progress bar does.
    """
    work = [
        (side, block)
        for side, places in journal.left(triples).items()
        for block in question_blocks(triples, places, side, size)
    ]
    width = 8 * model.num_entities
    for side, places in follow(work):
        asked = triples[places.to(triples.device)]
        budget = width * len(questions(asked, side).unique())
        found = evaluate_ranking(model, asked, known, sides=side, memory_budget=budget)
        journal.add(side, places, found.ranks[side])
    ranks = {}
    for side in SIDES:
        places, found_ranks = journal.done(side)
        ranks[side] = found_ranks[places.argsort()]
    return ranks


def question_blocks(triples: Tensor, places: Tensor, side: str, size: int) -> list[Tensor]:
    """Cuts places into blocks of `size` distinct questions; equal ones are in one block."""
    size = max(1, min(size, QUERIES))
    if not places.numel():
        return []
    asked = questions(triples[places.to(triples.device)], side).cpu()
    block = asked.unique(return_inverse=True)[1] // size
    order = block.argsort(stable=True)
    return list(places[order].split(block.bincount().tolist()))


def questions(triples: Tensor, side: str) -> Tensor:
    """Numbers the questions for the `side` of triples [T, 3]: equal ones have equal numbers."""
    given = triples[:, 2] if side == "head" else triples[:, 0]
    return given * (int(triples[:, 1].max()) + 1) + triples[:, 1]
