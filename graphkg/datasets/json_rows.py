"""Rows of JSON files: one array, read piece by piece, or one object a line; plain or gzip."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from ..errors import InputError
from .base import read_lines
from .problems import Place, Report, refuse

CHUNK = 1 << 20
"""Characters of an array that are read at once."""

_SPACE = re.compile(r"[ \t\n\r]*")
_FOREIGN = re.compile("[\udc80-\udcff]")  # how surrogateescape keeps bytes that are no UTF-8
_ROWS = "one array of objects, or one object a line, was expected"


def read_rows(path: str | Path, report: Report = refuse) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yields place and content of every object of a file, whatever its name ends in.

    Args:
        path: a file that holds one JSON array (as TACRED's) or one object a line; also ``.gz``.
        report: called with a row that is no JSON object, which is then left out; what follows a
            broken place in an array cannot be read.

    Raises:
        InputError: a file that is missing, empty, or no UTF-8 text.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path} does not exist or is no file: give a JSON file")
    for place, row in _array(path, report) if _is_array(path) else _lines(path, report):
        if isinstance(row, dict):
            yield place, row
        else:
            what = f"{type(row).__name__} was given, but a JSON object was expected"
            report(place.error("not JSON", what))


def _open(path: Path) -> IO[str]:
    form = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": "\n"}
    return gzip.open(path, "rt", **form) if path.suffix == ".gz" else path.open(**form)  # type: ignore


def _is_array(path: Path) -> bool:
    with _open(path) as file:
        return _Window(path, file).peek() == "["


def _lines(path: Path, report: Report) -> Iterator[tuple[Place, Any]]:
    for number, line in read_lines(path):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            at = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
            what = f"not JSON ({_reason(error)}{at}), but {_ROWS}"
            report(Place(path, number).error("not JSON", what))
            continue
        yield Place(path, number), row


def _reason(error: Exception) -> str:
    """Returns why a text is no JSON: its form, or what Python cannot hold."""
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error).split(";")[0]


def _array(path: Path, report: Report) -> Iterator[tuple[Place, Any]]:
    with _open(path) as file:
        window = _Window(path, file)
        try:
            yield from _records(window, path)
        except (ValueError, RecursionError) as error:
            if isinstance(error, InputError):
                raise
            end = error.pos if isinstance(error, json.JSONDecodeError) else window.at
            line = window.line + window.text.count("\n", window.at, end)
            what = f"not JSON ({_reason(error)}), but {_ROWS}: nothing after it can be read"
            report(Place(path, line, window.record).error("not JSON", what))


def _records(window: _Window, path: Path) -> Iterator[tuple[Place, Any]]:
    """Yields the values of an array; what is no array ends in a JSONDecodeError."""
    window.take("[")
    while window.peek() != "]":
        if window.record:
            window.take(",")
        window.peek()
        window.record += 1
        yield Place(path, window.line, window.record), window.value()
    window.take("]")
    if window.peek():
        raise json.JSONDecodeError("text after the array", window.text, window.at)


class _Window:
    """The part of a file that was read and not yet used, which begins in line `line`."""

    def __init__(self, path: Path, file: IO[str]):
        self.path, self.file = path, file
        self.text, self.at, self.line, self.record = "", 0, 1, 0
        self.decoder = json.JSONDecoder()

    def more(self) -> bool:
        """Reads on, at least as much as is held, so that a long value is tried few times."""
        rest = self.text[self.at :]
        try:
            chunk = self.file.read(max(CHUNK, len(rest)))
        except (OSError, EOFError, zlib.error) as error:
            what = f"the file cannot be read ({error}): copy it anew"
            raise Place(self.path, self.line).error("unreadable", what) from None
        foreign = _FOREIGN.search(chunk)
        if foreign:
            line = self.line + rest.count("\n") + chunk.count("\n", 0, foreign.start())
            byte = ord(foreign.group()) & 0xFF
            what = f"not UTF-8 (byte {byte:#x}): convert the file to UTF-8"
            raise Place(self.path, line).error("not UTF-8", what)
        self.text, self.at = rest + chunk, 0
        return bool(chunk)

    def peek(self) -> str:
        """Returns the next character that is no white space, or nothing at the end."""
        while True:
            match = _SPACE.match(self.text, self.at)
            self._move(match.end() if match else self.at)
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def take(self, sign: str) -> None:
        """Passes a sign, or raises."""
        if self.peek() != sign:
            raise json.JSONDecodeError(f"{sign!r} is missing", self.text, self.at)
        self._move(self.at + 1)

    def value(self) -> Any:
        """Passes a JSON value and returns it."""
        while True:
            try:
                value, end = self.decoder.raw_decode(self.text, self.at)
            except json.JSONDecodeError:
                if not self.more():
                    raise
                continue
            if end < len(self.text) or not self.more():
                self._move(end)
                return value

    def _move(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end
