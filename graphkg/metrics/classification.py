"""Scores of relation classification: one label an example, a negative class left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from .alignment import align, check_labels
from .scores import Average, Scores, micro, table

RELATIONS = (
    "Cause-Effect",
    "Component-Whole",
    "Content-Container",
    "Entity-Destination",
    "Entity-Origin",
    "Instrument-Agency",
    "Member-Collection",
    "Message-Topic",
    "Product-Producer",
)
OTHER = "Other"
DIRECTED = tuple(f"{name}{way}" for name in RELATIONS for way in ("(e1,e2)", "(e2,e1)"))


@dataclass(frozen=True)
class TacredScore(Scores):
    """Micro precision, recall and F1 without the negative class, and one row a relation."""

    negative: Any = "no_relation"
    examples: int = 0
    by_relation: dict[Any, Scores] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Returns counts and shares, overall and by relation, with the rule they follow."""
        return {
            "metric": "micro F1 without the negative class (TACRED)",
            "negative": self.negative,
            "examples": self.examples,
            **super().to_dict(),
            "by_relation": {str(k): row.to_dict() for k, row in self.by_relation.items()},
        }

    def __str__(self) -> str:
        rows = {str(name): row for name, row in self.by_relation.items()}
        return table({**rows, "micro": self}, head=f"without {self.negative}")


def tacred_f1(
    gold: Any,
    predicted: Any,
    negative: Hashable = "no_relation",
    labels: Sequence[Hashable] | None = None,
) -> TacredScore:
    r"""Micro F1 as the scorer of TACRED counts it (Zhang et al., 2017).

    With :math:`c` = right predictions other than `negative`, :math:`p` = predictions other than
    it and :math:`g` = gold labels other than it: :math:`P = c/p` (1 when :math:`p = 0`),
    :math:`R = c/g`, :math:`F_1 = 2PR/(P + R)`.

    Args:
        gold: labels, or ``{id: label}``; label numbers (a tensor too) are fine if `negative` is
            a number.
        predicted: likewise.
        negative: the label that is not counted.
        labels: all labels; others raise.

    Raises:
        InputError: nothing to score, unequal lengths or ids, unknown labels.

    Example:
        >>> tacred_f1(["spouse", "no_relation", "child"], ["spouse", "child", "no_relation"]).f1
        0.5
    """
    answers, guesses = align(gold, predicted)
    if labels is not None:
        check_labels([negative], labels, "negative label")
        check_labels(answers, labels, "gold label")
        check_labels(guesses, labels, "predicted label")
    numbers = sum(isinstance(label, int) for label in (*answers, *guesses))
    if numbers and (isinstance(negative, str) or numbers < len(answers) + len(guesses)):
        raise InputError(
            f"labels are given as numbers, but the negative class is {negative!r} or some labels "
            "are strings: give all labels as strings, or all as numbers with negative=<number>"
        )
    names = {label for label in (*answers, *guesses) if label != negative}
    rows = _rows(zip(answers, guesses), sorted(names, key=str), empty_precision=1.0)
    whole = micro(rows.values(), empty_precision=1.0)
    return TacredScore(
        whole.correct,
        whole.guessed,
        whole.gold,
        whole.empty_precision,
        negative=negative,
        examples=len(answers),
        by_relation=rows,
    )


def _rows(
    pairs: Iterable[tuple[Any, Any]], names: Iterable[Any], empty_precision: float = 0.0
) -> dict[Any, Scores]:
    pairs = list(pairs)
    gold, guessed = Counter(g for g, _ in pairs), Counter(p for _, p in pairs)
    correct = Counter(g for g, p in pairs if g == p)
    return {
        name: Scores(correct[name], guessed[name], gold[name], empty_precision) for name in names
    }


@dataclass(frozen=True)
class Way:
    """One way of counting: rows, and their micro and macro averages, ``Other`` left out."""

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
class SemEvalScore:
    """The scores of SemEval-2010 Task 8; `f1` is the official one, in [0, 1].

    Attributes:
        official: (9+1)-way with the direction taken into account: a relation with the wrong
            direction is a wrong guess of that relation.
        directed: (2*9+1)-way: each direction is a class of its own.
        undirected: (9+1)-way, the direction ignored.
        accuracy: share of right labels among all 19, ``Other`` included.
        examples: how many were scored.
        without_prediction: how many of them counted as ``Other`` for want of a prediction.
    """

    official: Way
    directed: Way
    undirected: Way
    accuracy: float
    examples: int
    without_prediction: int = 0

    @property
    def precision(self) -> float:
        """Mean precision of the nine relations."""
        return self.official.macro.precision

    @property
    def recall(self) -> float:
        """Mean recall of the nine relations."""
        return self.official.macro.recall

    @property
    def f1(self) -> float:
        """The official score: the mean of the nine F1 scores."""
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
            "metric": "macro F1 of SemEval-2010 Task 8, (9+1)-way with direction, without Other",
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
        rows["macro (2*9+1)-way"] = self.directed.macro
        rows["macro, no direction"] = self.undirected.macro
        return f"{table(rows, head='without Other')}\naccuracy {self.accuracy:.2%}"


def semeval_f1(gold: Any, predicted: Any, partial: bool = False) -> SemEvalScore:
    """Scores relations as the official scorer 1.2 of SemEval-2010 Task 8 does.

    Rows, and the denominator of the means, are the relations that occur in `gold`; guesses of
    other relations cost only the recall of what they should have been.

    Args:
        gold: labels such as ``Cause-Effect(e1,e2)`` or ``Other``, or ``{id: label}``.
        predicted: likewise.
        partial: an id without a prediction counts as ``Other``, as in the official scorer,
            instead of being an error.

    Raises:
        InputError: nothing to score, unequal lengths or ids, labels that the task lacks.
    """
    absent = 0
    if partial and isinstance(gold, Mapping) and isinstance(predicted, Mapping):
        absent = sum(key not in predicted for key in gold)
    answers, guesses = align(gold, predicted, default=OTHER if partial else None)
    known = (*DIRECTED, OTHER)
    check_labels(answers, known, "gold label")
    check_labels(guesses, known, "predicted label")
    pairs = list(zip(answers, guesses))
    bare = [(_bare(g), _bare(p)) for g, p in pairs]
    present = [name for name in RELATIONS if any(name == g for g, _ in bare)]
    directions = [name for name in DIRECTED if name in set(answers)]
    undirected = _rows(bare, present)
    right = Counter(_bare(g) for g, p in pairs if g == p)
    official = {n: Scores(right[n], row.guessed, row.gold) for n, row in undirected.items()}
    return SemEvalScore(
        official=Way(official),
        directed=Way(_rows(pairs, directions)),
        undirected=Way(undirected),
        accuracy=sum(g == p for g, p in pairs) / len(pairs),
        examples=len(pairs),
        without_prediction=absent,
    )


def _bare(label: str) -> str:
    return label.partition("(")[0]
