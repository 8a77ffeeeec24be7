"""Joint triple extraction: sentences with all their triples (NYT, WebNLG, SciERC, CoNLL04, ADE)."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..errors import DataWarning, InputError
from ..graphs import SentenceGraph
from ..vocab import Vocabulary
from .extraction_files import (
    ABSENT,
    UNKNOWN_KIND,
    UNKNOWN_RELATION,
    ExtractionCounts,
    ExtractionLabels,
    Rows,
    check_labels,
    oddities,
    read_extraction_rows,
    read_labels,
    sentence_graph,
)
from .extraction_rows import ExtractionRow, Split
from .extraction_sets import MATCHES, PARTS, Match, find_extraction_files
from .problems import Problem, refuse
from .relations import draw


@dataclass(eq=False)
class ExtractionData:
    """Sentences with mentions and triples, and what their labels are.

    A triple is an edge ``(mention, rel, mention)``; one pair may have several. Gold triples that
    no edge can hold stand in ``graph.labels.off_graph``;
    :func:`~graphkg.graphs.gold_triples` gives all.

    Attributes:
        name: the name in print.
        match: how triples are compared: ``exact``, ``partial`` (mentions are last words) or
            ``strict`` (with the kinds of both mentions).
        train, valid, test: the sentences; a part without a file is empty.
        relations: the relations, ids in the order of the files.
        kinds: the entity types, if mentions have any.
        symmetric: relations whose direction means nothing; scores count it all the same.
        counts: what each part holds.
        sources: where each part comes from.
    """

    name: str
    match: Match
    train: list[SentenceGraph]
    valid: list[SentenceGraph]
    test: list[SentenceGraph]
    relations: Vocabulary
    kinds: Vocabulary | None = None
    symmetric: frozenset[str] = frozenset()
    counts: dict[str, ExtractionCounts] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, list[SentenceGraph]]:
        """The sentences by the names of their parts."""
        return {"train": self.train, "valid": self.valid, "test": self.test}

    def part(self, name: str) -> list[SentenceGraph]:
        """Returns the sentences of a part.

        Raises:
            InputError: no such part, or one without a file.
        """
        if name not in PARTS:
            raise InputError(f"the part {name!r} was asked for: give train, valid or test")
        if not self.parts[name]:
            there = ", ".join(part for part, graphs in self.parts.items() if graphs)
            raise InputError(
                f"{self.name} has no {name} part here, only {there}: put its file there"
            )
        return self.parts[name]

    def held_out(self, count: int, part: str = "train", seed: int = 0) -> ExtractionData:
        """Returns data that train on `part` without `count` drawn sentences, and validate on these.

        For sets without a validation file (ADE), or, with ``part="valid"``, without a training
        file; such scores are not those of the published setting, and :meth:`protocol` says so.
        Sentences are drawn by a hash of seed and key, never one whose text occurs twice.

        Raises:
            InputError: no such part, or too few sentences.
        """
        graphs = self.part(part)
        ranked = draw(graphs, seed)
        if not 0 < count < len(graphs) or count > len(ranked):
            raise InputError(
                f"{count} sentences were to be held out of {part}, but 1 to "
                f"{min(len(ranked), len(graphs) - 1)} can be"
            )
        chosen = set(ranked[:count])
        source, how = self.sources.get(part, part), f"{count} drawn sentences (seed {seed})"
        kept = [graph for graph in graphs if graph.key not in chosen]
        drawn = [graph for graph in graphs if graph.key in chosen]
        sources = {"train": f"{source} without {how}", "valid": f"{how} of {source}"}
        counts = {"train": _count(kept, self.relations), "valid": _count(drawn, self.relations)}
        return replace(
            self,
            train=kept,
            valid=drawn,
            counts={**self.counts, **counts},
            sources={**self.sources, **sources},
        )

    def protocol(self, split: str = "test") -> dict[str, Any]:
        """Returns what a score of `split` is measured on: files, sizes, counts, a checksum.

        ``sha256`` is that of its texts and gold triples, one after the other.
        """
        counts = self.counts.get(split)
        return {
            "data": self.name,
            "split": split,
            "relations": len(self.relations),
            "kinds": 0 if self.kinds is None else len(self.kinds),
            "sentences": {name: len(graphs) for name, graphs in self.parts.items()},
            "sources": dict(self.sources),
            "counts": {} if counts is None else counts.to_dict(),
            "sha256": _checksum(self.part(split)),
        }

    def __repr__(self) -> str:
        sizes = " + ".join(str(len(graphs)) for graphs in self.parts.values())
        kinds = "" if self.kinds is None else f", {len(self.kinds)} kinds"
        return (
            f"ExtractionData({self.name}, {sizes} sentences, {len(self.relations)} relations"
            f"{kinds}, {self.match} match)"
        )


def read_extraction_data(
    name_or_folder: str | Path,
    path: str | Path | None = None,
    match: Match | None = None,
    split: Split = "spaces",
) -> ExtractionData:
    """Reads a known set or a folder of sentences with triples.

    The rows of a folder are described in :mod:`~graphkg.datasets.extraction_rows`; relations come
    from ``relations.txt`` (one a line) or ``types.json``, otherwise from the training part.
    Strings that do not occur and, in valid and test, relations that are not known are warned
    about: their triples stay gold. Triples that a sentence has twice count once.

    Args:
        name_or_folder: a name (nyt-exact, nyt-partial, webnlg-exact, webnlg-partial, scierc,
            conll04, ade, ade-0 ... ade-9), or a folder with ``train``, ``valid`` (or ``dev``) and
            ``test``, each ``.jsonl`` or ``.json``, plain or ``.gz``; parts may be absent.
        path: the folder of a known set; by default below ``$GRAPHKG_DATA``.
        match: how triples are compared; by default as is the custom with a known set, and for a
            folder ``strict`` if its mentions have kinds, else ``exact``. With ``partial`` mentions
            are reduced to their last word.
        split: how a text without tokens becomes words: at ``spaces``, or by ``rule``.

    Raises:
        InputError: missing or malformed files, with the line; an unknown relation in training.
    """
    if match not in (None, *MATCHES) or split not in ("spaces", "rule"):
        raise InputError(
            f"match={match!r} and split={split!r} were given, but match is one of "
            f"{', '.join(MATCHES)} and split is 'spaces' or 'rule'"
        )
    files = find_extraction_files(name_or_folder, path)
    last_words = (match or files.match) == "partial"
    rows: dict[str, Rows] = {
        part: list(read_extraction_rows(file, refuse, last_words, split))
        for part, file in files.parts.items()
    }
    labels = read_labels(files, rows.get("train", []))
    data = ExtractionData(
        files.name,
        match or files.match or ("strict" if labels.kinds is not None else "exact"),
        [],
        [],
        [],
        relations=labels.relations,
        kinds=labels.kinds,
        symmetric=labels.symmetric,
        sources={part: file.name for part, file in files.parts.items()},
    )
    for part, found in rows.items():
        graphs, data.counts[part] = _graphs(part, found, labels)
        data.parts[part].extend(graphs)
    return data


def _graphs(
    part: str, rows: Rows, labels: ExtractionLabels
) -> tuple[list[SentenceGraph], ExtractionCounts]:
    counts, noted, graphs = ExtractionCounts(), list[Problem](), []
    for place, row in rows:
        if part == "train":
            check_labels(row, labels, place)
        counts.add(row, labels.relations)
        noted += oddities(row, labels, place)
        graphs.append(sentence_graph(row, labels.relations))
    _warn(noted)
    return graphs, counts


def _count(graphs: Sequence[SentenceGraph], relations: Vocabulary) -> ExtractionCounts:
    """Counts sentences that were read before, so that none repeats a triple."""
    counts = ExtractionCounts()
    for graph in graphs:
        marks = [(m.start, m.end, m.kind) for m in graph.mentions]
        held = [(s, relation, o) for s, o, relation in graph.pairs if relation is not None]
        triples = [*held, *graph.labels.off_graph]
        row = ExtractionRow(graph.key, graph.text, list(graph.words), [], marks, triples)
        counts.add(row, relations)
    return counts


def _warn(noted: Sequence[Problem]) -> None:
    """Warns once of each kind of triple that cannot be found, with its first place and number."""
    for kind in (ABSENT, UNKNOWN_RELATION, UNKNOWN_KIND):
        same = [problem for problem in noted if problem.kind == kind]
        if same:
            first, count = same[0], sum(problem.count for problem in same)
            message = f"{first.path}:{first.line}: {first.message} ({count} such in the file)"
            warnings.warn(message, DataWarning, stacklevel=4)


def _checksum(graphs: Sequence[SentenceGraph]) -> str:
    digest = hashlib.sha256()
    for graph in graphs:
        triples = [*graph.triples(), *graph.labels.off_graph]
        digest.update(repr((graph.text, triples)).encode())
    return digest.hexdigest()
