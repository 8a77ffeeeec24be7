"""What a relation system answered to each test example: as data, from which scores are computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import InputError
from ..graphs import SentenceGraph
from ..metrics.outcomes import (
    SEMEVAL,
    Outcomes,
    directed_outcomes,
    multi_label_outcomes,
    semeval_outcomes,
    tacred_outcomes,
)
from .relation_scores import gold_sets, kbp37_f1

# The metric of a data set -> the scores that can be computed, the first by default.
METRICS: dict[str, tuple[str, ...]] = {
    "semeval": (*SEMEVAL, "accuracy"),
    "kbp37": (*SEMEVAL, "accuracy"),
    "tacred": ("f1", "accuracy"),
    "pairs": ("f1", "accuracy"),
}


@dataclass(frozen=True)
class Prediction:
    """One mention pair: its relations, and those that a system said, each with a score.

    Attributes:
        key: of the sentence, or its number where the data give none.
        subject, object: numbers of its two mentions.
        gold: the true labels, one or several.
        predicted: the predicted ones.
        score: the system's own score of each predicted label, in [0, 1].
    """

    key: str
    subject: int
    object: int
    gold: tuple[str, ...]
    predicted: tuple[str, ...]
    score: tuple[float, ...] = ()


@dataclass(frozen=True)
class Protocol:
    """What the predictions are of: every line of a file carries it.

    Attributes:
        model: name of the system or run.
        data, split: what was asked.
        metric: that of the data, as in :class:`~.relation_data.RelationData`.
        negative: the label that stands for no relation, if there is one.
    """

    model: str
    data: str
    split: str
    metric: str
    negative: str | None = None


@dataclass(frozen=True)
class Predictions:
    """The answers of one relation system to a test set, in the order of its pairs."""

    rows: tuple[Prediction, ...]
    protocol: Protocol

    kind = "relations in sentences"
    endings = (".jsonl", ".tsv")

    @classmethod
    def of(
        cls, system: Any, graphs: Sequence[SentenceGraph], split: str, predicted: Any = None
    ) -> Predictions:
        """Asks a :class:`~.relation_system.RelationSystem` about every labelled pair.

        Args:
            system: the system.
            graphs: the sentences.
            split: what they are a split of.
            predicted: what ``system.predict`` gave for them, if they were asked already.

        Raises:
            InputError: no sentence has a pair.
        """
        found = system.predict(graphs) if predicted is None else predicted
        labels, metric = system.vocabularies.relation.labels, system.data["metric"]
        chosen, scores = system.chosen(found), found.probabilities.tolist()
        rows = [
            Prediction(
                *place,
                tuple(sorted(gold)),
                tuple(labels[r] for r in relations),
                tuple(round(score[r], 6) for r in relations),
            )
            for place, gold, relations, score in zip(
                _places(graphs), gold_sets(graphs), chosen, scores
            )
        ]
        facts = Protocol(system.name, system.data["data"], split, metric, system.negative)
        return cls(tuple(rows), facts)

    @property
    def name(self) -> str:
        """The system's name."""
        return self.protocol.model

    @property
    def test(self) -> dict[str, Any]:
        """What two systems must share to be compared: data, split and the examples' number."""
        facts = asdict(self.protocol)
        facts.pop("model")
        return {**facts, "pairs": len(self.rows)}

    @property
    def examples(self) -> list[tuple[Any, ...]]:
        """Place and gold answer of each pair, by which two systems are paired."""
        return [(row.key, row.subject, row.object, row.gold) for row in self.rows]

    @property
    def metrics(self) -> tuple[str, ...]:
        """The scores that :meth:`outcomes` gives.

        Raises:
            InputError: the data's metric is not one that can be resampled.
        """
        if self.protocol.metric not in METRICS:
            raise InputError(
                f"the predictions of {self.name} are scored by {self.protocol.metric!r}, but only "
                f"{', '.join(METRICS)} can be resampled"
            )
        return METRICS[self.protocol.metric]

    def outcomes(self, metric: str = "f1") -> Outcomes:
        """What each sentence adds to a score; pairs of one sentence are resampled together.

        Args:
            metric: one of :attr:`metrics`.
        """
        gold, predicted = [r.gold for r in self.rows], [r.predicted for r in self.rows]
        negative = self.protocol.negative
        single = [g[0] for g in gold], [p[0] for p in predicted if p]
        if self.protocol.metric == "semeval":
            found = semeval_outcomes(*single, metric)
        elif self.protocol.metric == "kbp37":
            found = directed_outcomes(*single, kbp37_f1, metric)
        elif self.protocol.metric == "tacred":
            found = tacred_outcomes(*single, negative or "no_relation", metric)
        else:
            found = multi_label_outcomes(gold, predicted, negative, metric)
        return found.grouped([row.key for row in self.rows], "sentences")

    def __repr__(self) -> str:
        return f"Predictions({self.name!r}, {self.protocol.data}, {len(self.rows)} pairs)"


def _places(graphs: Sequence[SentenceGraph]) -> list[tuple[str, int, int]]:
    """Key, subject and object of each mention pair, in the order of ``split_pairs``."""
    keys = [graph.key or str(number) for number, graph in enumerate(graphs)]
    twice = {key for key, count in Counter(keys).items() if count > 1}
    keys = [f"{key}@{n}" if key in twice else key for n, key in enumerate(keys)]
    return [
        (key, subject, object_)
        for key, graph in zip(keys, graphs)
        for subject, object_ in dict.fromkeys(pair[:2] for pair in graph.pairs)
    ]
