"""The files of a set for triple extraction: rows, labels, and sentences with what was counted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError, nearest
from ..graphs import SentenceGraph
from ..graphs.gold import UNTYPED
from ..vocab import Vocabulary
from .base import read_lines, read_text
from .extraction_rows import ExtractionRow, Split, Stated, extraction_row
from .extraction_sets import ExtractionFiles
from .json_rows import read_rows
from .problems import LocatedError, Place, Problem, Report

ABSENT = "string not found"
UNKNOWN_RELATION = "unknown relation"
UNKNOWN_KIND = "unknown kind"
REPEATED = "repeated triple"

Rows = list[tuple[Place, ExtractionRow]]


@dataclass
class ExtractionCounts:
    """What a file holds; every triple counts once a sentence.

    Attributes:
        triples: all gold triples, also those that no edge holds.
        absent: of these, triples whose subject or object does not occur in the text.
        unknown_relation: of these, triples whose relation the vocabulary lacks.
        repeated: triples that were left out since their sentence has them already.
        longest: tokens of the longest sentence.
        most_triples: triples of the sentence with most of them.
    """

    sentences: int = 0
    triples: int = 0
    mentions: int = 0
    absent: int = 0
    unknown_relation: int = 0
    repeated: int = 0
    longest: int = 0
    most_triples: int = 0

    def add(self, row: ExtractionRow, relations: Vocabulary) -> None:
        """Counts a sentence."""
        self.sentences += 1
        self.triples += len(row.triples)
        self.mentions += len(row.marks)
        self.absent += sum(is_absent(triple) for triple in row.triples)
        self.unknown_relation += sum(triple[1] not in relations for triple in row.triples)
        self.repeated += row.repeated
        self.longest = max(self.longest, len(row.words))
        self.most_triples = max(self.most_triples, len(row.triples))

    def to_dict(self) -> dict[str, int]:
        """Returns the counts by name."""
        return asdict(self)


@dataclass(frozen=True)
class ExtractionLabels:
    """The relations and, where mentions have one, the kinds (entity types) of a set.

    Attributes:
        symmetric: relations whose direction means nothing, as ``types.json`` says.
    """

    relations: Vocabulary
    kinds: Vocabulary | None
    symmetric: frozenset[str] = frozenset()


def read_extraction_rows(
    path: Path, report: Report, last_words: bool = False, split: Split = "spaces"
) -> Iterator[tuple[Place, ExtractionRow]]:
    """Yields place and content of every row of a file; a wrong one is reported and left out."""
    for place, row in read_rows(path, report):
        try:
            yield place, extraction_row(row, place, last_words, split)
        except LocatedError as error:
            report(error)


def read_labels(files: ExtractionFiles, trained: Rows) -> ExtractionLabels:
    """Returns the labels that the files of a set name, or else those of the training rows.

    Ids follow ``relations.txt`` or ``types.json``; otherwise the names, sorted.

    Raises:
        InputError: malformed files, or neither such a file nor a training row with a triple.
    """
    types = _types(files.types) if files.types else {}
    relations: Iterable[str] = types.get("relations", {})
    if files.relations is not None:
        relations = [line.strip() for _, line in read_lines(files.relations)]
    if not relations:
        relations = sorted({relation for _, row in trained for _, relation, _ in row.triples})
    if not relations:
        raise InputError(
            f"{files.folder} names no relation: give a training part with triples, or "
            "relations.txt with one relation a line"
        )
    marked = {mark[2] for _, row in trained for mark in row.marks} - {UNTYPED}
    kinds = list(types.get("entities", {})) or sorted(marked)
    try:
        named = Vocabulary(relations, name="relation")
    except InputError as error:
        raise InputError(f"{files.relations}: {error}") from None
    symmetric = [x for x, what in types.get("relations", {}).items() if what.get("symmetric")]
    typed = Vocabulary(kinds, name="kind") if kinds else None
    return ExtractionLabels(named, typed, frozenset(symmetric))


def _types(path: Path) -> dict[str, dict[str, Any]]:
    """Returns ``{"entities": {name: {...}}, "relations": {name: {...}}}``, as SpERT has it."""
    try:
        given = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} is not JSON ({error}): give SpERT's types.json") from None
    tables = (
        [given.get(x, {}) for x in ("entities", "relations")] if isinstance(given, dict) else []
    )
    if not tables or not all(
        isinstance(table, dict) and all(isinstance(row, dict) for row in table.values())
        for table in tables
    ):
        raise InputError(
            f"{path} was expected to hold an object with entities and relations, each an object "
            "{name: {...}}, as SpERT's types.json does"
        )
    return dict(zip(("entities", "relations"), tables))


def is_absent(triple: Stated) -> bool:
    """Tells whether subject or object of a triple does not occur in its text."""
    return isinstance(triple[0], str) or isinstance(triple[2], str)


def sentence_graph(row: ExtractionRow, relations: Vocabulary) -> SentenceGraph:
    """Builds the graph of a row: an edge a triple, and beside it the triples that no edge holds."""
    held, off = [], []
    for triple in row.triples:
        subject, relation, object_ = triple
        if isinstance(subject, int) and isinstance(object_, int) and relation in relations:
            held.append((subject, object_, relation))
        else:
            off.append(triple)
    graph = SentenceGraph.build(
        row.words, mentions=row.marks, pairs=held, text=row.text, chars=row.chars, key=row.key
    )
    if off:
        graph = graph.with_labels(replace(graph.labels, off_graph=tuple(off)))
    return graph


def check_labels(row: ExtractionRow, labels: ExtractionLabels, place: Place) -> None:
    """Raises unless the vocabularies know every relation and every kind of a training row."""
    for _, relation, _ in row.triples:
        if relation not in labels.relations:
            raise place.error("unknown label", _unknown(relation, labels.relations, "correct it"))
    for _, _, kind in row.marks:
        if labels.kinds is not None and kind not in (*labels.kinds, UNTYPED):
            raise place.error("unknown label", _unknown(kind, labels.kinds, "correct it"))


def oddities(row: ExtractionRow, labels: ExtractionLabels, place: Place) -> Iterator[Problem]:
    """Yields what no edge can hold, and what was left out of a row that is sound otherwise."""
    record = "" if place.record is None else f"record {place.record}: "
    at = (place.path, place.line)
    absent = [end for t in row.triples for end in (t[0], t[2]) if isinstance(end, str)]
    if absent:
        count = sum(is_absent(triple) for triple in row.triples)
        what = f"{absent[0]!r} does not occur on the edges of words: its triple counts as gold"
        yield Problem(*at, ABSENT, record + what + ", but cannot be found", count)
    new = [relation for _, relation, _ in row.triples if relation not in labels.relations]
    if new:
        what = _unknown(new[0], labels.relations, "its triple counts as gold, but cannot be found")
        yield Problem(*at, UNKNOWN_RELATION, record + what, len(new))
    kinds = [mark[2] for mark in row.marks if mark[2] != UNTYPED]
    odd = [kind for kind in kinds if labels.kinds is not None and kind not in labels.kinds]
    if odd and labels.kinds is not None:
        what = _unknown(odd[0], labels.kinds, "its mention counts as gold, but cannot be found")
        yield Problem(*at, UNKNOWN_KIND, record + what, len(odd))
    if row.repeated:
        what = f"{row.repeated} of its triples stand in this sentence twice: each counts once"
        yield Problem(*at, REPEATED, record + what, row.repeated)


def _unknown(label: str, known: Vocabulary, remedy: str) -> str:
    near = nearest(label, known.labels)
    return f"the {known.name} {label!r} is not one of the {len(known)} known ones{near}; {remedy}"
