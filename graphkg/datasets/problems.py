"""What is wrong with the files of a data set: noted as problems, or raised with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..errors import InputError

ERRORS = (
    "unreadable",
    "not UTF-8",
    "ragged row",
    "empty cell",
    "header",
    "repeated id",
    "no row in entities.tsv",
    "no row in relations.tsv",
    "leak",
    "not JSON",
    "wrong line",
    "missing key",
    "unknown key",
    "wrong value",
    "empty sentence",
    "wrong span",
    "unequal lists",
    "wrong heads",
    "unknown label",
)


@dataclass(frozen=True)
class Problem:
    """A problem: where it stands first, what it is, and how many rows it concerns."""

    path: Path
    line: int
    kind: str
    message: str
    count: int = 1

    @property
    def severity(self) -> str:
        """``error`` where reading or measuring goes wrong, ``warning`` where it may mislead."""
        return "error" if self.kind in ERRORS else "warning"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.message}"


def summary(problems: Iterable[Problem]) -> dict[str, int]:
    """Returns how many rows each kind of problem concerns: errors first, then by number."""
    counts: Counter[str] = Counter()
    for problem in problems:
        counts[problem.kind] += problem.count
    return dict(sorted(counts.items(), key=lambda item: (item[0] not in ERRORS, -item[1])))


class Place(NamedTuple):
    """A line of a file, and the number of the record there (from 1) where lines say little."""

    path: Path
    line: int
    record: int | None = None

    def error(self, kind: str, message: str) -> LocatedError:
        """Returns the error that something here is wrong."""
        return LocatedError(self, kind, message)

    def __str__(self) -> str:
        record = "" if self.record is None else f" (record {self.record})"
        return f"{self.path}:{self.line}{record}"


class LocatedError(InputError):
    """A mistake in a file: its message begins with the place.

    Attributes:
        problem: the same as something to list.
    """

    def __init__(self, place: Place, kind: str, message: str):
        super().__init__(f"{place}: {message}")
        record = "" if place.record is None else f"record {place.record}: "
        self.problem = Problem(place.path, place.line, kind, record + message)


Report = Callable[[LocatedError], None]
"""What readers call with a mistake; if it returns, they leave the line out and go on."""


def refuse(error: LocatedError) -> None:
    """The usual :data:`Report`: raises the first mistake."""
    raise error
