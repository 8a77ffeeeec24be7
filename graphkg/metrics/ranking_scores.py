"""RankingScores: what ranks come to, by side, relation and group, with the protocol they follow."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from .ranking import HITS, TIES, Ranks, summarise

Metrics = dict[str, float]
COLUMNS = ("mrr", "mr", *(f"hits@{k}" for k in HITS))
SIDES = ("head", "tail")


@dataclass(frozen=True)
class RankingScores:
    """Scores of T triples that were ranked on one or both sides; ties are realistic ones.

    Attributes:
        ranks: the ranks by side (``"head"``, ``"tail"``), in the order of the triples.
        relation: [T] relation ids.
        groups: named groups of triples, boolean [T].
        relation_names: names by id; the ids themselves by default.
        protocol: how the ranks came about, in plain values that JSON holds.

    Raises:
        InputError: nothing ranked, an unknown side, or lengths that differ.
    """

    ranks: Mapping[str, Ranks]
    relation: Tensor
    groups: Mapping[str, Tensor] = field(default_factory=dict)
    relation_names: Sequence[str] | None = None
    protocol: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.ranks or set(self.ranks) - set(SIDES):
            raise InputError(f"sides {list(self.ranks)} were given: give head, tail or both")
        count = self.relation.numel()
        lengths = {side: len(found) for side, found in self.ranks.items()}
        lengths |= {name: which.numel() for name, which in self.groups.items()}
        wrong = {name: length for name, length in lengths.items() if length != count}
        if wrong or not count:
            raise InputError(
                f"{count} relation ids were given with {lengths}: give one of each for every "
                "triple, and at least one triple"
            )
        highest = int(self.relation.max())
        names = self.relation_names
        if names is not None and (highest >= len(names) or len(set(names)) < len(names)):
            raise InputError(
                f"relation {highest} was ranked, but {len(set(names))} distinct names were given: "
                "give a name of its own to each relation id"
            )

    @cached_property
    def both(self) -> Metrics:
        """Over all ranking tasks, one a triple and side: the headline (micro average)."""
        return summarise(Ranks.join(list(self.ranks.values())))

    @property
    def head(self) -> Metrics | None:
        """Over the questions for heads, ``None`` if they were not asked."""
        return self.by_side.get("head")

    @property
    def tail(self) -> Metrics | None:
        """Over the questions for tails, likewise."""
        return self.by_side.get("tail")

    @cached_property
    def by_side(self) -> dict[str, Metrics]:
        """Each side that was asked."""
        return {side: summarise(self.ranks[side]) for side in SIDES if side in self.ranks}

    @cached_property
    def by_relation(self) -> dict[str, dict[str, Any]]:
        """``{relation: {"triples", "both", "head", "tail"}}``, the relation with most first."""
        order = self.relation.argsort(stable=True)
        ids, counts = self.relation[order].unique_consecutive(return_counts=True)
        rows = zip(ids.tolist(), order.split(counts.tolist()), counts.tolist())
        named = sorted(rows, key=lambda row: (-row[2], row[0]))
        return {self._name(number): self._part(places) for number, places, _ in named}

    @cached_property
    def by_group(self) -> dict[str, dict[str, Any]]:
        """``{group: {"triples", "both", "head", "tail"}}``; no averages of an empty group."""
        found = {name: which.nonzero().squeeze(1) for name, which in self.groups.items()}
        return {name: self._part(places) for name, places in found.items()}

    @cached_property
    def mrr_by_ties(self) -> dict[str, float]:
        """The MRR of both sides under each rule for ties."""
        every = Ranks.join(list(self.ranks.values()))
        return {ties: summarise(every, ties)["mrr"] for ties in TIES}

    @property
    def warning(self) -> str | None:
        """A line if ties decide the scores: optimistic and pessimistic MRR over 0.01 apart."""
        high, _, low = self.mrr_by_ties.values()
        if high - low <= 0.01:
            return None
        return (
            f"warning: many scores are tied: MRR is {high:.3f} if ties are counted for the gold "
            f"and {low:.3f} if against it"
        )

    def summary(self) -> Metrics:
        """Returns :attr:`both`: ``mrr``, ``mr``, ``hits@1``, ``hits@3``, ``hits@10``."""
        return dict(self.both)

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it in plain values."""
        candidates = torch.cat([found.candidates for found in self.ranks.values()])
        return {
            "metric": "rank of the gold answer among all candidates, realistic ties",
            "triples": self.relation.numel(),
            "sides": list(self.by_side),
            "candidates": {"least": int(candidates.min()), "most": int(candidates.max())},
            **self.both,
            "by_side": self.by_side,
            "mrr_by_ties": self.mrr_by_ties,
            "warning": self.warning,
            "by_group": self.by_group,
            "by_relation": self.by_relation,
            "protocol": dict(self.protocol),
        }

    def save(self, path: str | Path) -> None:
        """Writes :meth:`to_dict` as JSON, beside `path` first, so that no half file is ever there.

        Raises:
            InputError: `path` cannot be written.
        """
        path = Path(path)
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"
        beside = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
            ) as file:
                beside = Path(file.name)
                file.write(text)
            beside.chmod(0o644)
            os.replace(beside, path)
        except OSError as error:
            if beside is not None:
                beside.unlink(missing_ok=True)
            raise InputError(f"{path} cannot be written ({error}): name another file") from None

    def _part(self, places: Tensor) -> dict[str, Any]:
        found: dict[str, Any] = {"triples": places.numel()}
        if not places.numel():
            return found
        parts = {side: self.ranks[side][places] for side in SIDES if side in self.ranks}
        found["both"] = summarise(Ranks.join(list(parts.values())))
        return found | {side: summarise(part) for side, part in parts.items()}

    def _name(self, relation: int) -> str:
        return str(relation) if self.relation_names is None else self.relation_names[relation]

    def __str__(self) -> str:
        rows: dict[str, Metrics] = {"both sides": self.both} if len(self.ranks) > 1 else {}
        rows |= self.by_side
        empty = [name for name, part in self.by_group.items() if not part["triples"]]
        for name, part in self.by_group.items():
            if part["triples"]:
                rows[f"{name} ({part['triples']:,})"] = part["both"]
        width = max(len(name) for name in rows)
        head = "".join(f"{column.upper():>9}" for column in COLUMNS)
        lines = [" " * width + head.replace("HITS@", "  H@")]
        for name, row in rows.items():
            values = "".join(f"{row[c]:9.1f}" if c == "mr" else f"{row[c]:9.3f}" for c in COLUMNS)
            lines.append(f"{name:<{width}}{values}")
        lines += [f"{name}: no triples" for name in empty]
        return "\n".join([*lines, *self._facts()])

    def _facts(self) -> list[str]:
        """The lines under the table."""
        candidates = torch.cat([found.candidates for found in self.ranks.values()])
        ties = ", ".join(f"{name} {mrr:.3f}" for name, mrr in self.mrr_by_ties.items())
        pool = self.protocol.get("candidates", "as scored")
        facts = {
            "ranked": f"{self.relation.numel():,} triples, sides {' and '.join(self.by_side)}",
            "subset": self.protocol.get("subset"),
            "filter": self.protocol.get("filter"),
            "candidates": f"{pool}; {candidates.min():,} to {candidates.max():,} a question",
            "ties": f"realistic; MRR {ties}",
            "unseen": self.protocol.get("unseen"),
        }
        lines = [f"{name}: {fact}" for name, fact in facts.items() if fact is not None]
        return lines if self.warning is None else [*lines, self.warning]

    def __repr__(self) -> str:
        return f"RankingScores({self.relation.numel()} triples, mrr {self.both['mrr']:.3f})"
