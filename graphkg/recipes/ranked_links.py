"""The ranks that a link predictor gave to test triples, from a run or from a file of ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..errors import InputError
from ..metrics.outcomes import RANKING, Outcomes, rank_outcomes
from ..metrics.ranking import Ranks
from ..metrics.ranking_scores import SIDES

KINDS = ("optimistic", "realistic", "pessimistic", "candidates")
HEAD = ("head", "relation", "tail", "side", *KINDS)


@dataclass(frozen=True, eq=False)
class RankedLinks:
    """Ranks of triples by side.

    Attributes:
        name: of the run or file.
        triples: labels of head, relation and tail.
        ranks: by side, in the order of the triples.
        facts: data and split, where they are known.
    """

    name: str
    triples: list[tuple[str, str, str]]
    ranks: Mapping[str, Ranks]
    facts: Mapping[str, Any]

    kind = "links"
    metrics = RANKING

    @classmethod
    def of(cls, system: Any, split: str) -> RankedLinks:
        """Ranks a split with a :class:`~.ranking_system.RankingSystem`, filtered, on both sides."""
        scores = system.evaluate(split)
        facts = {"data": system.data["sha256"], "split": split}
        return cls(system.name, system.triples.parts[split].triples(), scores.ranks, facts)

    @classmethod
    def read(cls, path: Path) -> RankedLinks:
        """Reads what ``graphkg evaluate --ranks`` wrote.

        Raises:
            InputError: a line that does not fit.
        """
        names, *lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        if tuple(names.split("\t")) != HEAD:
            raise InputError(f"{path}:1: the columns are not {', '.join(HEAD)}")
        rows: dict[str, list[tuple[tuple[str, str, str], list[float]]]] = {}
        for number, line in enumerate(lines, 2):
            cells = line.split("\t")
            try:
                head, relation, tail, side = cells[:4]
                row = [float(cell) for cell in cells[4:]]
                if side not in SIDES or len(row) != len(KINDS):
                    raise ValueError
            except ValueError:
                raise InputError(f"{path}:{number}: not a triple, a side and 4 numbers") from None
            rows.setdefault(side, []).append(((head, relation, tail), row))
        if not rows:
            raise InputError(f"{path} holds no rank: an empty file is no result")
        asked = {side: [triple for triple, _ in found] for side, found in rows.items()}
        triples = next(iter(asked.values()))
        if any(other != triples for other in asked.values()):
            raise InputError(f"{path}: heads and tails were asked of different triples: rank anew")
        ranks = {side: _ranks([row for _, row in found]) for side, found in rows.items()}
        return cls(path.stem, triples, ranks, {})

    @property
    def test(self) -> dict[str, Any]:
        """What two systems must share to be compared."""
        return {**self.facts, "sides": sorted(self.ranks), "triples": len(self.triples)}

    @property
    def examples(self) -> list[tuple[str, str, str]]:
        """The triples, by which two systems are paired."""
        return self.triples

    def outcomes(self, metric: str = "mrr") -> Outcomes:
        """What each triple adds to a score; both its rankings are resampled together."""
        joined = Ranks.join([self.ranks[side] for side in sorted(self.ranks)])
        groups = list(range(len(self.triples))) * len(self.ranks)
        return rank_outcomes(joined, metric).grouped(groups, "triples")

    def __repr__(self) -> str:
        return f"RankedLinks({self.name!r}, {len(self.triples)} triples)"


def _ranks(rows: list[list[float]]) -> Ranks:
    low, middle, high, candidates = torch.tensor(rows, dtype=torch.float64).unbind(1)
    return Ranks(low, middle, high, candidates.long())
