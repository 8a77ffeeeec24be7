"""What is wrong with a folder for triple extraction: every problem with its file and line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from .extraction_files import (
    ExtractionCounts,
    ExtractionLabels,
    Rows,
    check_labels,
    oddities,
    read_extraction_rows,
    read_labels,
)
from .extraction_sets import ExtractionFiles
from .problems import LocatedError, Problem, Report


@dataclass
class ExtractionPart:
    """What a file holds: counts, how often each relation, and its triples as strings.

    Attributes:
        triples: for each sentence its distinct gold triples ``(subject, relation, object)``.
    """

    counts: ExtractionCounts = field(default_factory=ExtractionCounts)
    relations: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    triples: list[list[tuple[str, str, str]]] = field(default_factory=list)


def check_extraction(files: ExtractionFiles) -> tuple[list[Problem], dict[Path, ExtractionPart]]:
    """Returns all problems of the files of a set, and what each of them holds.

    Errors: what no reader takes, and relations or kinds of training that ``relations.txt`` or
    ``types.json`` lacks. Warnings: strings that do not occur, relations and kinds of valid and test
    that are not known (their triples stay gold), triples that a sentence has twice, keys and
    texts that occur twice, a part without a file.
    """
    problems: list[Problem] = []
    rows = {part: _rows(path, files, problems) for part, path in files.parts.items()}
    try:
        labels = read_labels(files, rows.get("train", []))
    except InputError as error:
        problems.append(Problem(next(iter(files.parts.values())), 1, "unreadable", str(error)))
        return problems, {}
    seen: dict[str, tuple[Path, int]] = {}
    found = {}
    for part, path in files.parts.items():
        found[path] = _check_part(part, rows[part], labels, problems)
        problems += _repeated(rows[part], seen)
    missing = [part for part in ("train", "valid", "test") if part not in files.parts]
    if missing:
        what = f"there is no file of {' and '.join(missing)}: such a part is empty"
        problems.append(Problem(next(iter(files.parts.values())), 1, "missing part", what))
    return problems, found


def _rows(path: Path, files: ExtractionFiles, problems: list[Problem]) -> Rows:
    def collect(error: LocatedError) -> None:
        problems.append(error.problem)

    rows: Rows = []
    report: Report = collect
    try:
        for row in read_extraction_rows(path, report, files.match == "partial"):
            rows.append(row)
    except LocatedError as error:
        collect(error)
        return rows
    except InputError as error:
        problems.append(Problem(path, 1, "unreadable", str(error).removeprefix(f"{path}: ")))
        return rows
    if not rows:
        problems.append(Problem(path, 1, "unreadable", "the file has no sentence that can be read"))
    return rows


def _check_part(
    part: str, rows: Rows, labels: ExtractionLabels, problems: list[Problem]
) -> ExtractionPart:
    found = ExtractionPart()
    for place, row in rows:
        found.counts.add(row, labels.relations)
        found.relations.update(relation for _, relation, _ in row.triples)
        found.kinds.update(kind for _, _, kind in row.marks)
        found.triples.append(row.texts())
        noted = list(oddities(row, labels, place))
        if part == "train":
            noted = [problem for problem in noted if not problem.kind.startswith("unknown ")]
            try:
                check_labels(row, labels, place)
            except LocatedError as error:
                noted.append(error.problem)
        problems += noted
    return found


def _repeated(rows: Rows, seen: dict[str, tuple[Path, int]]) -> list[Problem]:
    """Returns keys that a file has twice, and texts that stand in it or in an earlier part."""
    found, keys = list[Problem](), dict[str, int]()
    for place, row in rows:
        line = keys.setdefault(row.key, place.line)
        if line != place.line:
            what = f"the key {row.key!r} stands in line {line} already"
            found.append(Problem(place.path, place.line, "repeated key", what))
        path, line = seen.setdefault(row.text, (place.path, place.line))
        if (path, line) != (place.path, place.line):
            what = f"the same text stands in {path.name}, line {line}"
            found.append(Problem(place.path, place.line, "repeated text", what))
    return found
