"""What a system found in each test sentence: as data, from which scores of triples are computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ..datasets.json_rows import read_rows
from ..datasets.problems import Place
from ..errors import InputError
from ..graphs import SentenceGraph, gold_triples
from ..graphs.gold import End
from ..metrics.extraction_scores import RULES, distinct_triples
from ..metrics.outcomes import TRIPLES, Outcomes, triple_outcomes
from .predictions import Protocol
from .qidn_scores import stated

Stated = tuple[End, str, End]
KEYS = {"key": str, "text": str, "gold": list, "predicted": list, "score": list}
UNKNOWN = {"data": "unknown", "split": "unknown"}


@dataclass(frozen=True)
class FoundRow:
    """One sentence: its triples, and those that a system found.

    Attributes:
        key: of the sentence, or its number where the data give none.
        text: of the sentence.
        gold: the true triples ``(end, relation, end)``, see ``graphkg.graphs.gold_triples``.
        predicted: the found ones.
        score: the system's own score of each found triple, in [0, 1].
    """

    key: str
    text: str
    gold: tuple[Stated, ...]
    predicted: tuple[Stated, ...]
    score: tuple[float, ...] = ()


@dataclass(frozen=True)
class FoundTriples:
    """The triples that one system found in a test set; the protocol's metric is the rule."""

    rows: tuple[FoundRow, ...]
    protocol: Protocol

    kind = "triples in sentences"
    metrics = (*TRIPLES, "accuracy")
    endings = (".jsonl",)

    @classmethod
    def of(
        cls, system: Any, graphs: Sequence[SentenceGraph], split: str, found: Any = None
    ) -> FoundTriples:
        """Asks a :class:`~.qidn_system.QIDNSystem` about every sentence.

        Args:
            system: the system.
            graphs: the sentences with all that is gold.
            split: what they are a split of.
            found: what ``system.predict`` gave for them, if they were asked already.
        """
        rows = [
            FoundRow(
                graph.key or str(number),
                graph.text,
                tuple(gold_triples(graph)),
                tuple(stated(one.triples)),
                tuple(round(triple.score, 6) for triple in one.triples),
            )
            for number, (graph, one) in enumerate(
                zip(graphs, system.predict(graphs) if found is None else found)
            )
        ]
        return cls(tuple(rows), Protocol(system.name, system.data["data"], split, system.match))

    @classmethod
    def read(cls, path: Path) -> FoundTriples:
        """Reads what ``graphkg evaluate --predictions`` wrote, or a file of another program.

        Key, text, gold, predicted and metric, which is the rule, are needed.

        Raises:
            InputError: a line that does not fit, or that is another system's, with its place.
        """
        rows, facts = [], dict[str, Any]()
        for place, row in read_rows(path):
            rows.append(_row(row, place))
            named = {field.name: row.get(field.name) for field in fields(Protocol)}
            own = {name: value for name, value in named.items() if value is not None}
            facts = facts or own
            if own != facts:
                what = f"{own} was given, but {facts} above: keep one system's answers in a file"
                raise place.error("wrong value", what)
        return cls(tuple(rows), Protocol(**{"model": path.stem, **UNKNOWN, **facts}))

    @property
    def name(self) -> str:
        """The system's name."""
        return self.protocol.model

    @property
    def test(self) -> dict[str, Any]:
        """What two systems must share to be compared: data, split, rule, number of sentences."""
        facts = asdict(self.protocol)
        facts.pop("model")
        return {**facts, "sentences": len(self.rows)}

    @property
    def examples(self) -> list[tuple[Any, ...]]:
        """The sentences with their gold triples, by which two systems are paired."""
        return [(row.key, row.text, row.gold) for row in self.rows]

    def outcomes(self, metric: str = "f1") -> Outcomes:
        """What each sentence adds to a score by the rule.

        Args:
            metric: one of :attr:`metrics`.
        """
        gold, predicted = [row.gold for row in self.rows], [row.predicted for row in self.rows]
        return triple_outcomes(gold, predicted, self.protocol.metric, metric)

    def __repr__(self) -> str:
        return f"FoundTriples({self.name!r}, {self.protocol.data}, {len(self.rows)} sentences)"


def _row(row: dict[str, Any], place: Place) -> FoundRow:
    row = {"score": [], **row}
    for name, kind in KEYS.items():
        if not isinstance(row.get(name), kind):
            what = f"{name} is {row.get(name)!r}, but {', '.join(KEYS)} were expected"
            raise place.error("wrong value", what)
    if row.get("metric") not in RULES:
        what = f"metric is {row.get('metric')!r}, but one of {', '.join(RULES)} was expected"
        raise place.error("wrong value", what)
    try:
        gold, said = (tuple(distinct_triples(row[x], x)) for x in ("gold", "predicted"))
    except InputError as error:
        raise place.error("wrong value", str(error)) from None
    return FoundRow(row["key"], row["text"], gold, said, tuple(row["score"]))
