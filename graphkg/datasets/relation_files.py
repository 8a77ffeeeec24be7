"""Relations of one's own: a folder with one file of rows a split."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import DataWarning, InputError, nearest
from ..graphs import SentenceGraph
from .base import find_file
from .documents import NO_RELATION
from .json_rows import read_rows
from .problems import LocatedError, Place, Problem, Report, refuse
from .relation_rows import sentence_of

PARTS = {"train": ("train",), "valid": ("valid", "dev"), "test": ("test",)}
ENDINGS = (".jsonl", ".json")
ROOTS = "several roots"
OVERLAP = "overlapping mentions"


class RelationFolder:
    """Sentences with one labelled pair each, from a folder of JSON files.

    A row has TACRED's keys or those of :mod:`~graphkg.datasets.relation_rows`. Several roots of a
    tree (they are linked to the first one later) and a subject that overlaps its object (whose
    words then count as the object's) are warned about once a file.

    Args:
        path: the folder with ``train``, ``valid`` (or ``dev``) and ``test``, each ``.jsonl`` or
            ``.json`` (one object a line, or one array), plain or ``.gz``.

    Raises:
        InputError: missing or malformed files, with the line, or a label that training lacks.
    """

    def __init__(self, path: str | Path):
        self.folder = Path(path)
        if not self.folder.is_dir():
            raise InputError(f"{path} is not a folder, but a folder of relations was expected")

    @cached_property
    def train(self) -> list[SentenceGraph]:
        """The training sentences, in the order of the file."""
        return self._read("train")

    @cached_property
    def valid(self) -> list[SentenceGraph]:
        """The validation sentences."""
        return self._read("valid", self.labels)

    @cached_property
    def test(self) -> list[SentenceGraph]:
        """The test sentences."""
        return self._read("test", self.labels)

    @cached_property
    def labels(self) -> list[str]:
        """The relations of the training sentences by name, ``no_relation`` first."""
        found = {graph.labels.relations[0] for graph in self.train}
        return sorted((str(label) for label in found), key=lambda x: (x != NO_RELATION, x))

    @property
    def negative(self) -> str | None:
        """``no_relation``, if training has it."""
        return NO_RELATION if NO_RELATION in self.labels else None

    def _read(self, part: str, known: list[str] | None = None) -> list[SentenceGraph]:
        path = find_part(self.folder, part)
        graphs: list[SentenceGraph] = []
        noted: list[Problem] = []
        for place, graph in scan_relations(path, refuse, noted, self._new_labels(part, path)):
            if known is not None:
                check_label(graph, known, place)
            graphs.append(graph)
        if not graphs:
            raise InputError(f"{path} has no sentence: give at least one")
        warn(noted)
        return graphs

    def _new_labels(self, part: str, path: Path) -> Mapping[str, str] | None:
        """Labels that replace those of the rows, by id."""
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"


def find_part(folder: Path, part: str) -> Path:
    """Returns the file of ``train``, ``valid`` or ``test``."""
    return find_file(folder, *(stem + end for stem in PARTS[part] for end in ENDINGS))


def scan_relations(
    path: Path,
    report: Report,
    noted: list[Problem],
    new_labels: Mapping[str, str] | None = None,
) -> Iterator[tuple[Place, SentenceGraph]]:
    """Yields place and sentence of every row of a file.

    Args:
        path: the file.
        report: called with a wrong row, which is then left out.
        noted: gets what is odd about a row, but usable.
        new_labels: id -> label; rows whose id is not there are left out.
    """
    for place, row in read_rows(path, report):
        try:
            if new_labels is not None:
                if row.get("id") is None:
                    raise place.error("missing key", "id is missing, but labels are given by id")
                if str(row["id"]) not in new_labels:
                    continue
                row = {**row, "relation": new_labels[str(row["id"])]}
            graph = sentence_of(row, place)
        except LocatedError as error:
            report(error)
            continue
        noted += oddities(row, graph, place)
        yield place, graph


def check_label(graph: SentenceGraph, known: list[str], place: Place) -> None:
    """Raises unless the relation of a sentence is among the `known` ones of training."""
    label = str(graph.labels.relations[0])
    if label not in known:
        what = (
            f"the relation {label!r} is not one of the {len(known)} of the training part"
            f"{nearest(label, known)}: correct it, or leave the row out"
        )
        raise place.error("unknown label", what)


def oddities(row: dict[str, Any], graph: SentenceGraph, place: Place) -> Iterator[Problem]:
    """Yields what is odd about a row, but usable."""
    heads = row.get("stanford_head" if "token" in row else "heads") or []
    roots = sum(str(head) == "0" for head in heads)
    record = "" if place.record is None else f"record {place.record}: "
    if roots > 1:
        what = f"{record}the tree has {roots} roots: they are linked to the first one"
        yield Problem(place.path, place.line, ROOTS, what)
    (start, end), (first, last) = graph["mention"].span.tolist()
    if start < last and first < end:
        what = f"{record}subject and object overlap: words of both count as the object's"
        yield Problem(place.path, place.line, OVERLAP, what)


def warn(noted: list[Problem]) -> None:
    """Warns once of each kind of problem, with its first place and their number."""
    for kind in dict.fromkeys(problem.kind for problem in noted):
        same = [problem for problem in noted if problem.kind == kind]
        first = same[0]
        more = f" (and {len(same) - 1} more sentences)" if len(same) > 1 else ""
        message = f"{first.path}:{first.line}: {first.message}{more}"
        warnings.warn(message, DataWarning, stacklevel=2)
