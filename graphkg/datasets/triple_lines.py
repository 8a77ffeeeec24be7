"""The lines of files of triples and of their tables; a broken line is noted, and left out."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..graphs.tsv import COLUMNS
from .problems import Problem


class Row(NamedTuple):
    """A well-formed line of triples: its number and its three cells."""

    line: int
    head: str
    relation: str
    tail: str


def scan_triples(path: Path, problems: list[Problem]) -> Iterator[Row]:
    """Yields the well-formed triples of a file; what is wrong goes to `problems`."""
    for number, cells in _scan(path, problems):
        if len(cells) != len(COLUMNS):
            message = f"{len(cells)} columns, but a triple has 3 with tabs between them"
            problems.append(Problem(path, number, "ragged row", message))
            continue
        bare = [cell.strip() for cell in cells]
        for column, cell, inner in zip(COLUMNS, cells, bare):
            if not inner:
                problems.append(Problem(path, number, "empty cell", f"the {column} is empty"))
            elif cell != inner:
                message = f"the {column} {cell!r} has white space around it, which counts"
                problems.append(Problem(path, number, "white space", message))
        if all(bare):
            yield Row(number, *cells)


def scan_ids(path: Path, problems: list[Problem]) -> dict[str, int] | None:
    """Returns the ids of a table and their lines, or ``None`` if it has no column of ids."""
    columns: list[str] = []
    ids: dict[str, int] = {}
    for number, cells in _scan(path, problems):
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = cells
            if "id" not in columns or len(set(columns)) < len(columns):
                message = f"the header is {', '.join(columns)}, but distinct columns with 'id'"
                problems.append(Problem(path, number, "header", f"{message} were expected"))
                return None
            continue
        if len(cells) != len(columns):
            message = f"{len(cells)} columns, but the header has {len(columns)}"
            problems.append(Problem(path, number, "ragged row", message))
            continue
        label = cells[columns.index("id")]
        if not label:
            problems.append(Problem(path, number, "empty cell", "the id is empty"))
        elif label in ids:
            message = f"the id {label!r} stands in line {ids[label]} too"
            problems.append(Problem(path, number, "repeated id", message))
        else:
            ids[label] = number
    return ids if columns else None


def _scan(path: Path, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Yields number and cells of every line that is UTF-8 and not empty."""
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        problems.append(Problem(path, 1, "unreadable", f"the file cannot be read ({error})"))
        return
    if not data.strip():
        problems.append(Problem(path, 1, "unreadable", "the file is empty"))
        return
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    carriage = [number for number, line in enumerate(lines, start=1) if line.endswith(b"\r")]
    if carriage:
        message = f"{len(carriage)} lines end in CR LF: read here without the CR, elsewhere with it"
        problems.append(Problem(path, carriage[0], "CR LF", message, len(carriage)))
    for number, line in enumerate(lines, start=1):
        line = line.removesuffix(b"\r")
        try:
            if line:
                yield number, line.decode().split("\t")
        except UnicodeDecodeError as error:
            message = f"byte {error.start + 1} of the line is not UTF-8"
            problems.append(Problem(path, number, "not UTF-8", message))
