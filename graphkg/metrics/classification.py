"""Scores of relation classification: one label an example, a negative class left out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from .alignment import align, check_labels
from .directed import DirectedScore, directed_f1
from .scores import Scores, class_rows, micro, table

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

SemEvalScore = DirectedScore


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
    rows = class_rows(zip(answers, guesses), sorted(names, key=str), empty_precision=1.0)
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


def semeval_f1(gold: Any, predicted: Any, partial: bool = False) -> DirectedScore:
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
    return directed_f1(gold, predicted, DIRECTED, OTHER, "SemEval-2010 Task 8", partial)
