"""Precision, recall and F1 from three counts, and tables of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scores:
    """Counts of one class, or of several added up; shares lie in [0, 1].

    Attributes:
        correct: guesses that are right.
        guessed: all guesses.
        gold: all right answers.
        empty_precision: the precision when nothing was guessed (TACRED: 1, else 0).
    """

    correct: int
    guessed: int
    gold: int
    empty_precision: float = 0.0

    @property
    def precision(self) -> float:
        """``correct / guessed``."""
        return self.correct / self.guessed if self.guessed else self.empty_precision

    @property
    def recall(self) -> float:
        """``correct / gold``, 0 when there is no right answer."""
        return self.correct / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 when both are 0."""
        return f_measure(self.precision, self.recall)

    def to_dict(self) -> dict[str, Any]:
        """Returns counts and shares."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "correct": self.correct,
            "guessed": self.guessed,
            "gold": self.gold,
        }


@dataclass(frozen=True)
class Average:
    """Means of precision, recall and F1 over classes: `f1` is the mean of the F1 scores."""

    precision: float
    recall: float
    f1: float

    @classmethod
    def of(cls, scores: Sequence[Scores]) -> Average:
        """Averages over classes, each with the same weight; 0 of none."""
        count = max(len(scores), 1)
        return cls(
            sum(score.precision for score in scores) / count,
            sum(score.recall for score in scores) / count,
            sum(score.f1 for score in scores) / count,
        )

    @property
    def harmonic(self) -> float:
        """Harmonic mean of mean precision and mean recall: another number than :attr:`f1`."""
        return f_measure(self.precision, self.recall)

    def to_dict(self) -> dict[str, Any]:
        """Returns the three means."""
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1}


def f_measure(precision: float, recall: float) -> float:
    """Harmonic mean of two shares, 0 when both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def harmonic(correct: int, guessed: int, gold: int) -> Scores:
    """Returns precision, recall and their harmonic mean from three counts."""
    return Scores(correct, guessed, gold)


def micro(rows: Iterable[Scores], empty_precision: float = 0.0) -> Scores:
    """Adds up the counts of several classes."""
    rows = list(rows)
    return Scores(
        sum(row.correct for row in rows),
        sum(row.guessed for row in rows),
        sum(row.gold for row in rows),
        empty_precision,
    )


def class_rows(
    pairs: Iterable[tuple[Any, Any]], names: Iterable[Any], empty_precision: float = 0.0
) -> dict[Any, Scores]:
    """Returns the counts of each class in `names` over ``(gold, predicted)`` pairs."""
    pairs = list(pairs)
    gold, guessed = Counter(g for g, _ in pairs), Counter(p for _, p in pairs)
    correct = Counter(g for g, p in pairs if g == p)
    return {
        name: Scores(correct[name], guessed[name], gold[name], empty_precision) for name in names
    }


def table(rows: Mapping[str, Scores | Average], head: str = "") -> str:
    """Returns a small table in percent, one row a name; counts where there are some."""
    width = max([len(head), *(len(str(name)) for name in rows)])
    lines = [f"{head:<{width}}       P       R      F1  correct  guessed     gold"]
    for name, row in rows.items():
        line = f"{name:<{width}} {row.precision:7.2%} {row.recall:7.2%} {row.f1:7.2%}"
        if isinstance(row, Scores):
            line += f" {row.correct:8d} {row.guessed:8d} {row.gold:8d}"
        lines.append(line)
    return "\n".join(lines)
