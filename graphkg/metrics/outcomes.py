"""What each test example adds to a score, so that the score of any resample is a sum away.

Letters: n examples, C classes, m resamples.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor

from ..errors import InputError
from .alignment import align
from .classification import OTHER, semeval_f1, tacred_f1
from .extraction import multi_label_f1
from .extraction_scores import distinct_triples, score_extraction, triple_keys
from .ranking import HITS, Ranks
from .scores import Average, Scores, f_measure, micro

Form = Literal["micro", "precision", "recall", "macro", "harmonic", "mean"]
SEMEVAL: dict[str, Form] = {"f1": "macro", "harmonic_f1": "harmonic", "micro_f1": "micro"}
SUMMED: tuple[Form, ...] = ("micro", "precision", "recall")
TRIPLES: dict[str, Form] = {"f1": "micro", "precision": "precision", "recall": "recall"}
RANKING = ("mrr", *(f"hits@{k}" for k in HITS))


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The outcomes of one system on n test examples, and how their sum becomes a score.

    Attributes:
        metric: the score's name.
        counts: [n, C, 3] float64: what is correct, guessed and gold in each class.
        form: ``micro``: F1 of the classes' sum, ``precision`` and ``recall``: those of it;
            ``macro``: mean of their F1; ``harmonic``: harmonic mean of mean precision and mean
            recall; ``mean``: correct / gold. A class without a gold answer in the (re)sample is
            left out, as the official scorer of SemEval does.
        right: whether each prediction is right, [examples], for counting who alone is right.
        unit: what an example is.
    """

    metric: str
    counts: Tensor
    form: Form
    right: Tensor
    unit: str = "examples"

    def __post_init__(self) -> None:
        if self.counts.dim() != 3 or self.counts.size(2) != 3 or not len(self.counts):
            raise InputError(
                f"counts {list(self.counts.shape)} were given, but [n, C, 3] with at least one "
                "example is expected: correct, guessed and gold of each class"
            )
        if not bool(self.counts.isfinite().all()):
            raise InputError(f"some outcomes of {self.metric} are no finite numbers: score anew")

    @classmethod
    def of_values(cls, values: Any, metric: str, right: Tensor | None = None) -> Outcomes:
        """Outcomes whose score is the mean of `values` [n], as of reciprocal ranks."""
        column = torch.as_tensor(values, dtype=torch.float64).flatten()
        one = torch.ones_like(column)
        counts = torch.stack([column, one, one], 1).unsqueeze(1)
        return cls(metric, counts, "mean", column >= 1 if right is None else right)

    @property
    def score(self) -> float:
        """The score of all examples, by the definitions of :mod:`graphkg.metrics.scores`."""
        sums = self.counts.sum(0).tolist()
        if self.form == "mean":
            return sums[0][0] / sums[0][2]
        rows = [Scores(*(round(count) for count in row)) for row in sums if row[2]]
        if self.form in SUMMED:
            score: float = getattr(micro(rows), "f1" if self.form == "micro" else self.form)
            return score
        mean = Average.of(rows)
        return mean.f1 if self.form == "macro" else f_measure(mean.precision, mean.recall)

    def grouped(self, groups: Sequence[Hashable], unit: str) -> Outcomes:
        """Joins the examples of a group into one, as the pairs of a sentence.

        Examples that depend on each other have to be resampled together: else the interval is
        too narrow.

        Args:
            groups: the group of each example.
            unit: what a group is, in the plural.
        """
        numbers = {name: number for number, name in enumerate(dict.fromkeys(groups))}
        index = torch.tensor([numbers[name] for name in groups])
        joined = self.counts.new_zeros(len(numbers), *self.counts.shape[1:])
        return replace(self, counts=joined.index_add_(0, index, self.counts), unit=unit)

    def __repr__(self) -> str:
        return f"Outcomes({self.metric}, {len(self.counts)} {self.unit}, {self.score:.3f})"


def scores_of(sums: Tensor, form: Form) -> Tensor:
    """The scores [..., m] of summed counts [..., m, C, 3], as :attr:`Outcomes.score` of each."""
    present = sums[..., 2] > 0
    if form == "mean":
        return _share(sums[..., 0, 0], sums[..., 0, 2])
    if form in SUMMED:
        sums = (sums * present.unsqueeze(-1)).sum(-2, keepdim=True)
        present = torch.ones_like(sums[..., 2], dtype=torch.bool)
    correct, guessed, gold = sums.unbind(-1)
    precision, recall = _share(correct, guessed), _share(correct, gold)
    if form in ("precision", "recall"):
        return (precision if form == "precision" else recall).squeeze(-1)
    classes = present.sum(-1).clamp(min=1)
    if form == "harmonic":
        means = [(x * present).sum(-1) / classes for x in (precision, recall)]
        return _f_measure(*means)
    return (_f_measure(precision, recall) * present).sum(-1) / classes


def _share(part: Tensor, whole: Tensor) -> Tensor:
    return torch.where(whole > 0, part / whole.clamp(min=1e-300), 0.0)


def _f_measure(precision: Tensor, recall: Tensor) -> Tensor:
    return _share(2 * precision * recall, precision + recall)


def tacred_outcomes(
    gold: Any, predicted: Any, negative: Hashable = "no_relation", metric: str = "f1"
) -> Outcomes:
    """What each example adds to :func:`~graphkg.metrics.tacred_f1`, or to the ``accuracy``."""
    tacred_f1(gold, predicted, negative)  # checks what was given
    answers, guesses = align(gold, predicted)
    right = [g == p for g, p in zip(answers, guesses)]
    rows = [
        (hit and g != negative, p != negative, g != negative)
        for hit, g, p in zip(right, answers, guesses)
    ]
    return _chosen(metric, {"f1": "micro"}, [[row] for row in rows], right)


def semeval_outcomes(
    gold: Any, predicted: Any, metric: str = "f1", partial: bool = False
) -> Outcomes:
    """What each example adds to :func:`~graphkg.metrics.semeval_f1`, (9+1)-way with direction.

    Args:
        gold: labels, or ``{id: label}``.
        predicted: likewise.
        metric: ``f1`` (the official macro F1), ``harmonic_f1``, ``micro_f1`` or ``accuracy``.
        partial: an id without a prediction counts as ``Other``.

    Raises:
        InputError: an unknown metric, or what :func:`~graphkg.metrics.semeval_f1` refuses.
    """
    answers, guesses = align(gold, predicted, default=OTHER if partial else None)
    return directed_outcomes(answers, guesses, semeval_f1, metric)


def directed_outcomes(
    gold: Sequence[str], predicted: Sequence[str], scorer: Any, metric: str = "f1"
) -> Outcomes:
    """What each example adds to the scores of a `scorer` that counts as that of SemEval does.

    Args:
        gold: labels such as ``Cause-Effect(e1,e2)``, or the negative one.
        predicted: likewise.
        scorer: ``scorer(gold, predicted).by_relation`` has the official counts of each relation
            in `gold`, as :func:`~graphkg.metrics.semeval_f1` gives them.
        metric: as of :func:`semeval_outcomes`.
    """
    names = list(scorer(gold, predicted).by_relation) or [""]
    pairs = list(zip(gold, predicted))
    rows = {pair: _row(*pair, scorer, names) for pair in set(pairs)}
    return _chosen(metric, SEMEVAL, [rows[pair] for pair in pairs], [g == p for g, p in pairs])


def _row(
    gold: str, predicted: str, scorer: Any, names: Sequence[str]
) -> list[tuple[int, int, int]]:
    """The counts of one example in each relation that some gold answer has."""
    scored = scorer([gold], [predicted]).by_relation
    guessed = predicted.partition("(")[0]  # without a gold answer it has no row of its own
    found = [scored.get(name, Scores(0, int(guessed == name), 0)) for name in names]
    return [(row.correct, row.guessed, row.gold) for row in found]


def multi_label_outcomes(
    gold: Any, predicted: Any, negative: Hashable = "no_relation", metric: str = "f1"
) -> Outcomes:
    """What each pair adds to :func:`~graphkg.metrics.multi_label_f1`, or to the ``accuracy``.

    A pair is right if it has exactly its relations.
    """
    multi_label_f1(gold, predicted, negative)  # checks what was given
    answers, guesses = align(gold, predicted)
    sets = [(set(g) - {negative}, set(p) - {negative}) for g, p in zip(answers, guesses)]
    rows = [[(len(g & p), len(p), len(g))] for g, p in sets]
    return _chosen(metric, {"f1": "micro"}, rows, [g == p for g, p in sets])


def triple_outcomes(
    gold: Any, predicted: Any, match: str = "exact", metric: str = "f1"
) -> Outcomes:
    """What each sentence adds to the micro scores of :func:`~graphkg.metrics.score_extraction`.

    A sentence is right if it has exactly its triples.

    Args:
        gold: for each sentence (or id) its triples ``(end, relation, end)``.
        predicted: likewise.
        match: the rule by which they are compared.
        metric: ``f1``, ``precision``, ``recall``, or ``accuracy``, the share of right sentences.

    Raises:
        InputError: an unknown metric, or what :func:`~graphkg.metrics.score_extraction` refuses.
    """
    score_extraction(gold, predicted, match)  # checks what was given
    answers, guesses = (
        [triple_keys(distinct_triples(row, "a sentence"), match) for row in side]
        for side in align(gold, predicted)
    )
    sets = list(zip(answers, guesses))
    rows = [[(len(g & p), len(p), len(g))] for g, p in sets]
    found = _chosen(metric, TRIPLES, rows, [g == p for g, p in sets])
    return replace(found, unit="sentences")


def rank_outcomes(ranks: Ranks, metric: str = "mrr") -> Outcomes:
    """What each ranking adds to ``mrr`` or ``hits@k``; realistic ties. Right = ranked first."""
    rank = ranks.realistic
    if metric not in RANKING:
        raise InputError(f"metric {metric!r} is not one of {', '.join(RANKING)}")
    values = rank.reciprocal() if metric == "mrr" else rank <= int(metric.removeprefix("hits@"))
    return Outcomes.of_values(values, metric, right=rank <= 1)


def _chosen(
    metric: str, forms: dict[str, Form], rows: Sequence[Any], right: Sequence[bool]
) -> Outcomes:
    hits = torch.tensor(right, dtype=torch.bool)
    if metric == "accuracy":
        return Outcomes.of_values(hits, metric, right=hits)
    if metric not in forms:
        raise InputError(f"metric {metric!r} is not one of {', '.join([*forms, 'accuracy'])}")
    return Outcomes(metric, torch.tensor(rows, dtype=torch.float64), forms[metric], hits)
