"""Relation prediction: the rank of the true relation among all relations of a pair.

Letters: T triples, R relations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from .ranking import HITS, Ranks, ranks, summarise

COLUMNS = (*(f"hits@{k}" for k in HITS), "mr")


@dataclass(frozen=True)
class RelationRanking:
    """Ranks of the relations of T triples, one ranking a triple, realistic ties.

    Attributes:
        raw: among all R relations.
        filtered: without the other true relations of the pair.
        protocol: how the ranks came about, in plain values.
    """

    raw: Ranks
    filtered: Ranks
    protocol: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, scores: Tensor, relation: Tensor, known: Tensor, protocol: Mapping[str, Any]
    ) -> RelationRanking:
        """Ranks relations [T] by scores [T, R]; `known` [T, R] says which are true of the pair."""
        return cls(ranks(scores, relation), ranks(scores, relation, known), protocol)

    def summary(self) -> dict[str, dict[str, float]]:
        """Returns ``hits@1``, ``hits@3``, ``hits@10`` and ``mr``, ``raw`` and ``filtered``."""
        both = {"raw": summarise(self.raw), "filtered": summarise(self.filtered)}
        return {kind: {name: found[name] for name in COLUMNS} for kind, found in both.items()}

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it in plain values."""
        return {
            "metric": "rank of the true relation among all relations, realistic ties",
            "triples": len(self.raw),
            **self.summary(),
            "protocol": dict(self.protocol),
        }

    def __str__(self) -> str:
        head = "".join(f"{name.upper().replace('HITS', 'H'):>9}" for name in COLUMNS)
        lines = [f"relations ({len(self.raw):,} triples)".ljust(28) + head]
        for kind, found in self.summary().items():
            values = "".join(f"{found[c]:9.1f}" if c == "mr" else f"{found[c]:9.3f}" for c in found)
            lines.append(kind.ljust(28) + values)
        return "\n".join(lines)
