"""Scores of relations whose label has a direction, as SemEval-2010 Task 8 counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .alignment import align, check_labels
from .scores import Average, Scores, class_rows, micro, table


@dataclass(frozen=True)
class Way:
    """One way of counting: rows, and their micro and macro averages, without the negative label."""

    by_relation: dict[str, Scores]

    @property
    def micro(self) -> Scores:
        """The counts of all rows added up."""
        return micro(self.by_relation.values())

    @property
    def macro(self) -> Average:
        """The mean over the rows."""
        return Average.of(list(self.by_relation.values()))

    def to_dict(self) -> dict[str, Any]:
        """Returns rows and averages."""
        return {
            "micro": self.micro.to_dict(),
            "macro": {**self.macro.to_dict(), "harmonic_of_means": self.macro.harmonic},
            "by_relation": {name: row.to_dict() for name, row in self.by_relation.items()},
        }


@dataclass(frozen=True)
class DirectedScore:
    """Scores of relations with a direction; `f1` is the official one of SemEval, in [0, 1].

    With n relations beside the negative label (SemEval-2010 Task 8: nine; KBP37: eighteen):

    Attributes:
        official: (n+1)-way with the direction taken into account: a relation with the wrong
            direction is a wrong guess of that relation.
        directed: (2n+1)-way: each direction is a class of its own.
        undirected: (n+1)-way, the direction ignored.
        accuracy: share of right labels among all, the negative one included.
        examples: how many were scored.
        without_prediction: how many of them counted as negative for want of a prediction.
        task: whose relations they are.
        negative: the label that is left out.
        relations: n.
    """

    official: Way
    directed: Way
    undirected: Way
    accuracy: float
    examples: int
    without_prediction: int = 0
    task: str = "SemEval-2010 Task 8"
    negative: str = "Other"
    relations: int = 9

    @property
    def precision(self) -> float:
        """Mean precision of the relations."""
        return self.official.macro.precision

    @property
    def recall(self) -> float:
        """Mean recall of the relations."""
        return self.official.macro.recall

    @property
    def f1(self) -> float:
        """The official score: the mean of the relations' F1 scores."""
        return self.official.macro.f1

    @property
    def harmonic(self) -> float:
        """Harmonic mean of mean precision and mean recall: NOT the official score."""
        return self.official.macro.harmonic

    @property
    def micro(self) -> Scores:
        """Micro scores over the relations, direction taken into account."""
        return self.official.micro

    @property
    def by_relation(self) -> dict[str, Scores]:
        """The official rows."""
        return self.official.by_relation

    def to_dict(self) -> dict[str, Any]:
        """Returns every way of counting, with the official score on top."""
        return {
            "metric": f"macro F1 of {self.task}, ({self.relations}+1)-way with direction, "
            f"without {self.negative}",
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "harmonic_of_means": self.harmonic,
            "accuracy": self.accuracy,
            "examples": self.examples,
            "without_prediction": self.without_prediction,
            "official": self.official.to_dict(),
            "directed": self.directed.to_dict(),
            "undirected": self.undirected.to_dict(),
        }

    def __str__(self) -> str:
        rows: dict[str, Scores | Average] = dict(self.by_relation)
        rows["micro"], rows["macro (official)"] = self.micro, self.official.macro
        rows[f"macro (2*{self.relations}+1)-way"] = self.directed.macro
        rows["macro, no direction"] = self.undirected.macro
        return f"{table(rows, head=f'without {self.negative}')}\naccuracy {self.accuracy:.2%}"


def directed_f1(
    gold: Any,
    predicted: Any,
    labels: Sequence[str],
    negative: str,
    task: str = "the task",
    partial: bool = False,
) -> DirectedScore:
    """Scores relations with a direction as the official scorer of SemEval-2010 Task 8 does.

    Rows, and the denominator of the means, are the relations that occur in `gold`; guesses of
    other relations cost only the recall of what they should have been.

    Args:
        gold: labels such as ``Cause-Effect(e1,e2)`` or the negative one, or ``{id: label}``.
        predicted: likewise.
        labels: all labels but the negative one; what stands before ``(`` is the relation.
        negative: the label that is not counted.
        task: a name for what is printed.
        partial: an id without a prediction counts as negative, instead of being an error.

    Raises:
        InputError: nothing to score, unequal lengths or ids, labels that the task lacks.
    """
    absent = 0
    if partial and isinstance(gold, Mapping) and isinstance(predicted, Mapping):
        absent = sum(key not in predicted for key in gold)
    answers, guesses = align(gold, predicted, default=negative if partial else None)
    known = (*labels, negative)
    check_labels(answers, known, "gold label")
    check_labels(guesses, known, "predicted label")
    names = tuple(dict.fromkeys(_bare(label) for label in labels))
    return DirectedScore(
        *_ways(list(zip(answers, guesses)), labels, names),
        accuracy=sum(g == p for g, p in zip(answers, guesses)) / len(answers),
        examples=len(answers),
        without_prediction=absent,
        task=task,
        negative=negative,
        relations=len(names),
    )


def _ways(
    pairs: list[tuple[str, str]], labels: Sequence[str], names: Sequence[str]
) -> tuple[Way, Way, Way]:
    """Returns the official, the directed and the undirected way of counting."""
    bare = [(_bare(g), _bare(p)) for g, p in pairs]
    answers, relations = {g for g, _ in pairs}, {g for g, _ in bare}
    undirected = class_rows(bare, [name for name in names if name in relations])
    right = Counter(_bare(g) for g, p in pairs if g == p)
    official = {n: Scores(right[n], row.guessed, row.gold) for n, row in undirected.items()}
    directed = class_rows(pairs, [label for label in labels if label in answers])
    return Way(official), Way(directed), Way(undirected)


def _bare(label: str) -> str:
    return label.partition("(")[0]
