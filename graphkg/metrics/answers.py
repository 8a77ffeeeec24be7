"""Hits@1 of questions over a graph, each with candidates of its own.

Letters: Q questions, S candidates of all questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError


@dataclass(frozen=True)
class AnswerScores:
    """How many questions are answered by their best candidate.

    Attributes:
        right: [Q] 1 if the best candidate is an answer, else 0; where several are best together,
            the share of answers among them.
        answerable: [Q] whether an answer is among the candidates.
        candidates: [Q] how many there are.
        tied: [Q] whether several are best together.
        groups: named groups of questions, boolean [Q], such as question types.
        protocol: how the scores came about, in plain values that JSON holds.
    """

    right: Tensor
    answerable: Tensor
    candidates: Tensor
    tied: Tensor
    groups: Mapping[str, Tensor] = field(default_factory=dict)
    protocol: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hits_at_1(self) -> float:
        """Right answers / questions; those that nothing can answer count as wrong."""
        return float(self.right.mean())

    @property
    def oracle_rate(self) -> float:
        """The share of questions with an answer among the candidates: the highest hits@1."""
        return float(self.answerable.double().mean())

    @property
    def by_group(self) -> dict[str, dict[str, float]]:
        """Questions, hits@1 and oracle rate of each group that has a question."""
        return {
            name: {
                "questions": int(which.sum()),
                "hits@1": float(self.right[which].mean()),
                "oracle_rate": float(self.answerable[which].double().mean()),
            }
            for name, which in self.groups.items()
            if which.any()
        }

    def summary(self) -> dict[str, float]:
        """Returns ``hits@1`` and ``oracle_rate``."""
        return {"hits@1": self.hits_at_1, "oracle_rate": self.oracle_rate}

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it in plain values."""
        return {
            "metric": "hits@1: the best candidate is an answer; ties count by their share of them",
            **self.summary(),
            "questions": self.right.numel(),
            "candidates": {
                "least": int(self.candidates.min()),
                "mean": float(self.candidates.double().mean()),
                "most": int(self.candidates.max()),
            },
            "tied_at_the_top": int(self.tied.sum()),
            "by_group": self.by_group,
            "protocol": dict(self.protocol),
        }

    def __str__(self) -> str:
        fewest, most = int(self.candidates.min()), int(self.candidates.max())
        return (
            f"hits@1 {self.hits_at_1:.1%} of {self.right.numel():,} questions "
            f"(oracle {self.oracle_rate:.1%}; {fewest:,} to {most:,} candidates a question, "
            f"{int(self.tied.sum()):,} tied at the top)"
        )


def score_answers(
    scores: Tensor,
    ptr: Tensor,
    correct: Tensor,
    groups: Mapping[str, Tensor] | None = None,
    protocol: Mapping[str, Any] | None = None,
) -> AnswerScores:
    """Scores the best candidate of each question.

    Args:
        scores: [S] of the candidates, question after question.
        ptr: [Q + 1] where the candidates of each question begin and end.
        correct: [S] bool, which candidates are answers, such as ``candidates.among(answers)``.
        groups: named groups of questions, boolean [Q].
        protocol: what the result carries.

    Raises:
        InputError: no question, lengths that differ, or a score that is NaN.
    """
    questions = ptr.numel() - 1
    lengths = {"scores": scores.numel(), "correct": correct.numel()}
    if questions < 1 or any(length != int(ptr[-1]) for length in lengths.values()):
        raise InputError(
            f"{lengths} were given for ptr with {max(questions, 0)} questions and "
            f"{int(ptr[-1]) if ptr.numel() else 0} candidates: give one of each a candidate, and "
            "at least one question"
        )
    wrong = {name: len(which) for name, which in (groups or {}).items() if len(which) != questions}
    if wrong:
        raise InputError(f"groups of {wrong} for {questions} questions: give a bool for each")
    count = ptr.diff()
    row = torch.arange(questions, device=ptr.device).repeat_interleave(count)
    if bool(scores.isnan().any()):
        place = int(scores.isnan().nonzero()[0])
        raise InputError(
            f"the score of candidate {place} (question {int(row[place])}) is NaN: look for "
            "infinite weights or an empty mean"
        )
    best = scores.new_full((questions,), -torch.inf).scatter_reduce(0, row, scores, "amax")
    top = scores == best[row]
    tops = torch.bincount(row[top], minlength=questions)
    right = torch.bincount(row[top & correct], minlength=questions).double() / tops.clamp(min=1)
    answerable = torch.bincount(row[correct], minlength=questions) > 0
    return AnswerScores(
        right, answerable, count, tops > 1, dict(groups or {}), dict(protocol or {})
    )
