"""``graphkg data list`` and ``graphkg data check``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..datasets.extraction_checks import ExtractionPart
    from ..datasets.extraction_sets import ExtractionFiles
    from ..datasets.problems import Problem
    from ..datasets.triple_lines import Row

SHOWN = 20
WIDTH = 160  # where stdout is no terminal


def list_data() -> None:
    """Prints the known sets: published counts, licence, and whether they are found."""
    _list_triples()
    _list_extraction()


def _list_triples() -> None:
    from ..datasets.triple_sets import KNOWN, find_triple_files
    from ..errors import InputError

    rows = []
    for name, known in KNOWN.items():
        try:
            found = "yes" if "test" in find_triple_files(name).parts else "without test"
        except InputError:
            found = "no"
        rows.append([name, *(f"{count:,}" for count in known.counts), known.licence, found])
    columns = ("name", "entities", "relations", "train", "valid", "test", "licence", "found")
    _print("known sets of triples", columns, rows, right=range(1, 6))


def _list_extraction() -> None:
    from ..datasets.extraction_sets import KNOWN, PARTS, find_extraction_files
    from ..errors import InputError

    rows = []
    for name, known in KNOWN.items():
        try:
            there = find_extraction_files(name).parts
            missing = [part for part in PARTS if part not in there]
            found = f"without {' and '.join(missing)}" if missing else "yes"
        except InputError:
            found = "no"
        counts = [f"{count:,}" if count else "-" for count in known.counts]
        rows.append([name, *counts, known.match, known.licence, found])
    columns = ("name", "relations", "train", "valid", "test", "match", "licence", "found")
    title = "known sets of sentences with their triples"
    _print(title, columns, rows, right=range(1, 5))


def check_data(folder: str) -> None:
    """Prints what a folder holds, and what is wrong with it, kind by kind.

    It has triples, sentences with one relation each, or sentences with all their triples.

    Args:
        folder: a folder or a known name.

    Raises:
        typer.Exit: with code 1 if there are errors; warnings alone are no failure.
    """
    from ..datasets.base import locate
    from ..datasets.relation_checks import NAMES, find_relation_files

    extraction = _extraction_files(folder)
    if extraction is not None:
        return _check_extraction(extraction)
    place = locate(NAMES[folder]) if folder in NAMES else Path(folder)
    files = find_relation_files(place) if place.is_dir() else {}
    if files or folder in NAMES:
        _check_relations(place, files)
    else:
        _check_triples(folder)


def _check_triples(folder: str) -> None:
    from ..datasets.triple_checks import check_files
    from ..datasets.triple_sets import find_triple_files

    files = find_triple_files(folder)
    problems, parts = check_files(files)
    counts = [_counts(path.name, rows) for path, rows in parts.items()]
    if len(parts) > 1:
        counts.append(_counts("all", [row for rows in parts.values() for row in rows]))
    columns = ("file", "triples", "entities", "relations")
    _print(f"{files.name}: {files.folder}", columns, counts, right=range(1, 4))
    _print_problems(files.folder, problems)


def _extraction_files(folder: str) -> ExtractionFiles | None:
    """Returns the files of a known set for triple extraction, or of a folder that holds one."""
    from ..datasets.extraction_sets import find_extraction_files, holds_extraction, known_set
    from ..errors import InputError

    if known_set(folder) is not None:
        return find_extraction_files(folder)
    try:
        files = find_extraction_files(folder)
    except InputError:
        return None
    return files if holds_extraction(files) else None


def _check_extraction(files: ExtractionFiles) -> None:
    """Prints what the files of a set for triple extraction hold, and what is wrong with them."""
    from ..datasets.extraction_checks import check_extraction
    from ..metrics.overlap import class_members

    problems, parts = check_extraction(files)
    rows = [
        [path.name, *(f"{n:,}" for n in (*_sizes(part), part.counts.longest))]
        for path, part in parts.items()
    ]
    columns = ("file", "sentences", "triples", "relations", "kinds", "most triples", "most tokens")
    _print(f"{files.name}: {files.folder}", columns, rows, right=range(1, 7))
    members = {path.name: class_members(part.triples) for path, part in parts.items()}
    names = list(next(iter(members.values()))) if members else []
    of_class = [[name, *(f"{len(x[name]):,}" for x in members.values())] for name in names]
    _print("sentences a class", ("class", *members), of_class, right=range(1, len(members) + 1))
    _print_problems(files.folder, problems)


def _sizes(part: ExtractionPart) -> list[int]:
    kinds = set(part.kinds) - {"_"}
    counts = part.counts
    return [counts.sentences, counts.triples, len(part.relations), len(kinds), counts.most_triples]


def _check_relations(folder: Path, files: dict[str, Path]) -> None:
    from ..datasets.base import find_file
    from ..datasets.relation_checks import check_relations

    if not files:
        find_file(folder, "train.json", "train.jsonl", "train.txt")
    problems, counts = check_relations(files)
    rows = [
        [path.name, *(f"{n:,}" for n in (c.sentences, len(c.labels), c.trees, c.tags, c.kinds))]
        for path, c in counts.items()
    ]
    columns = ("file", "sentences", "labels", "with tree", "with tags", "with kinds")
    _print(f"{folder.resolve().name}: {folder}", columns, rows, right=range(1, 6))
    labels = sorted({label for count in counts.values() for label in count.labels})
    of_label = [[x, *(f"{count.labels[x]:,}" for count in counts.values())] for x in labels]
    names = ("label", *(path.name for path in counts))
    _print("sentences a label", names, of_label, right=range(1, len(names)))
    _print_problems(folder, problems)


def _print_problems(folder: Path, problems: Sequence[Problem]) -> None:
    """Prints the problems by kind and their number; errors end in exit code 1."""
    import typer

    from ..datasets.problems import summary

    for kind, count in summary(problems).items():
        _print_kind(folder, [problem for problem in problems if problem.kind == kind], count)
    errors = sum(problem.severity == "error" for problem in problems)
    print(f"errors: {errors}, warnings: {len(problems) - errors}")
    if errors:
        raise typer.Exit(1)


def _counts(name: str, rows: Sequence[Row]) -> list[str]:
    entities = {label for row in rows for label in (row.head, row.tail)}
    relations = {row.relation for row in rows}
    return [name, *(f"{len(items):,}" for items in (rows, entities, relations))]


def _print_kind(folder: Path, problems: list[Problem], count: int) -> None:
    first = problems[0]
    rows = [
        (f"{problem.path.relative_to(folder)}:{problem.line}", problem.message)
        for problem in problems[:SHOWN]
    ]
    if len(problems) > SHOWN:
        rows.append(("", f"and {len(problems) - SHOWN:,} more"))
    _print(f"{first.severity}: {first.kind} ({count:,})", ("where", "what"), rows)


def _print(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()
) -> None:
    """Prints a table; nothing in it is read as markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for number, column in enumerate(columns):
        table.add_column(column, no_wrap=number == 0, overflow="fold")
        if number in right:
            table.columns[number].justify = "right"
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    console = console if console.is_terminal else Console(width=WIDTH)
    console.print(Text(title, style="bold"))
    console.print(table)
    console.print()
