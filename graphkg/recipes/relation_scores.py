"""Scores of relation extraction over labelled pairs, with the protocol they travel with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..datasets import kbp37
from ..graphs import SentenceGraph
from ..metrics.classification import TacredScore, semeval_f1, tacred_f1
from ..metrics.directed import DirectedScore, directed_f1
from ..metrics.extraction import TripleScore, multi_label_f1


@dataclass(frozen=True)
class RelationScores:
    """A score and what it was measured on.

    Attributes:
        score: macro scores of directed relations, or micro P / R / F1 with a row a relation.
        protocol: system, data, split, metric, training.
    """

    score: DirectedScore | TacredScore | TripleScore
    protocol: dict[str, Any] = field(default_factory=dict)

    def summary(self) -> dict[str, float]:
        """Returns the headline numbers in [0, 1]; ``f1`` is the one that chooses epochs."""
        score = self.score
        found = {"f1": score.f1, "precision": score.precision, "recall": score.recall}
        if isinstance(score, DirectedScore):
            found |= {"harmonic_f1": score.harmonic, "micro_f1": score.micro.f1}
        return found

    def to_dict(self) -> dict[str, Any]:
        """Returns scores and protocol."""
        return {**self.score.to_dict(), "protocol": self.protocol}

    def to_json(self) -> str:
        """Returns :meth:`to_dict` as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)

    def __str__(self) -> str:
        return str(self.score)


def gold_sets(graphs: Sequence[SentenceGraph]) -> list[set[str]]:
    """Returns the relations of each mention pair, in the order of ``split_pairs``."""
    found = []
    for graph in graphs:
        pairs: dict[tuple[int, int], set[str]] = {}
        for subject, object_, relation in graph.pairs:
            pairs.setdefault((subject, object_), set()).add(relation or "")
        found += list(pairs.values())
    return found


def score_pairs(
    graphs: Sequence[SentenceGraph],
    predicted: Sequence[set[str]],
    negative: str | None,
    protocol: dict[str, Any],
) -> RelationScores:
    """Micro P / R / F1 over (pair, relation), the negative label left out."""
    score = multi_label_f1(gold_sets(graphs), predicted, negative)
    return RelationScores(score, {**protocol, "pairs": len(predicted)})


def score_semeval(
    graphs: Sequence[SentenceGraph], predicted: Sequence[str], protocol: dict[str, Any]
) -> RelationScores:
    """The official scores of SemEval-2010 Task 8."""
    gold = gold_labels(graphs)
    return RelationScores(semeval_f1(gold, predicted), {**protocol, "sentences": len(gold)})


def score_kbp37(
    graphs: Sequence[SentenceGraph], predicted: Sequence[str], protocol: dict[str, Any]
) -> RelationScores:
    """Macro F1 over the 18 relations of KBP37, counted as the official scorer of SemEval does."""
    gold = gold_labels(graphs)
    return RelationScores(kbp37_f1(gold, predicted), {**protocol, "sentences": len(gold)})


def kbp37_f1(gold: Sequence[str], predicted: Sequence[str]) -> DirectedScore:
    """The scores of KBP37, in the definitions of SemEval-2010 Task 8."""
    return directed_f1(gold, predicted, kbp37.DIRECTED, kbp37.NO_RELATION, "KBP37")


def score_tacred(
    graphs: Sequence[SentenceGraph],
    predicted: Sequence[str],
    negative: str | None,
    protocol: dict[str, Any],
) -> RelationScores:
    """Micro P / R / F1 of one label a sentence, the negative label left out."""
    gold = gold_labels(graphs)
    score = tacred_f1(gold, predicted, negative or kbp37.NO_RELATION)
    return RelationScores(score, {**protocol, "sentences": len(gold)})


SINGLE = ("semeval", "kbp37", "tacred")
"""Metrics of one label a sentence, see :func:`score_labels`."""


def score_labels(
    metric: str,
    graphs: Sequence[SentenceGraph],
    predicted: Sequence[str],
    negative: str | None,
    protocol: dict[str, Any],
) -> RelationScores:
    """Scores one label a sentence by the metric of its data set, one of :data:`SINGLE`."""
    if metric == "tacred":
        return score_tacred(graphs, predicted, negative, protocol)
    scorer = {"semeval": score_semeval, "kbp37": score_kbp37}[metric]
    return scorer(graphs, predicted, protocol)


def gold_labels(graphs: Sequence[SentenceGraph]) -> list[str]:
    """Returns the relation of the first pair of each sentence."""
    return [str(graph.labels.relations[0]) for graph in graphs]


class KindPairBaseline:
    """Predicts for every pair the relation most often seen between its two kinds in training.

    Kinds never joined in training get no relation. With `negatives` the negative label competes,
    too, and wins for almost every pair of kinds.
    """

    def __init__(self, graphs: Sequence[SentenceGraph], negative: str, negatives: bool = False):
        counts: dict[tuple[str, str], Counter[str]] = {}
        for graph in graphs:
            kinds = graph.labels.kinds
            for subject, object_, relation in graph.pairs:
                if relation and (negatives or relation != negative):
                    counts.setdefault((kinds[subject], kinds[object_]), Counter())[relation] += 1
        self.negative = negative
        self.best = {pair: max(sorted(c), key=lambda r: c[r]) for pair, c in counts.items()}

    def predict(self, graphs: Sequence[SentenceGraph]) -> list[set[str]]:
        """Returns one relation for each mention pair, in the order of ``split_pairs``."""
        found = []
        for graph in graphs:
            kinds = graph.labels.kinds
            for subject, object_ in dict.fromkeys(pair[:2] for pair in graph.pairs):
                best = self.best.get((kinds[subject], kinds[object_]), self.negative)
                found.append({best})
        return found
