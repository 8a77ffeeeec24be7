"""Where data lie and how their files are read: UTF-8, plain or gzip, with located errors."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, overload

from ..errors import InputError
from .problems import Place

Item = TypeVar("Item")


def locate(name: str, path: str | Path | None = None) -> Path:
    """Returns the folder of the data set `name`: `path` if given, else ``$GRAPHKG_DATA/<name>``.

    Raises:
        InputError: no such folder, or neither a path nor ``GRAPHKG_DATA`` is given.
    """
    if path is not None:
        if Path(path).is_dir():
            return Path(path)
        raise InputError(f"{path} is not a folder, but the folder of {name} was expected there")
    root = os.environ.get("GRAPHKG_DATA")
    if not root:
        raise InputError(
            f"the data of {name} were asked for without a path: give the path of their folder, or "
            f"set the environment variable GRAPHKG_DATA to the folder that holds {name}/"
        )
    if (Path(root) / name).is_dir():
        return Path(root) / name
    raise InputError(
        f"{Path(root) / name} is not a folder (GRAPHKG_DATA is {root}): put the data of {name} "
        "there, or give the path of their folder"
    )


def find_file(folder: Path, *names: str) -> Path:
    """Returns the first of `names` that `folder` holds, as it stands or with ``.gz`` added."""
    found = first_file(folder, *names)
    if found is not None:
        return found
    raise InputError(
        f"{folder} holds none of {', '.join(names)} (plain or .gz), but one of them was expected"
    )


def first_file(folder: Path, *names: str) -> Path | None:
    """Returns what :func:`find_file` finds, or nothing."""
    places = (folder / (name + end) for name in names for end in ("", ".gz"))
    return next((place for place in places if place.is_file()), None)


def read_text(path: str | Path) -> str:
    """Returns the text of a UTF-8 file, unpacked if its name ends in ``.gz``; LF line ends.

    Raises:
        InputError: a file that is missing, a broken gzip, empty, binary or not UTF-8.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path} does not exist or is no file: give the path of a text file")
    data = path.read_bytes()
    if path.suffix == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{path} is not a whole gzip file ({error}): copy it anew") from None
    if not data.strip():
        raise InputError(f"{path} is empty, but a text file was expected")
    if b"\0" in data:
        what = "a zero byte, so this is a binary file, but UTF-8 text was expected"
        raise Place(path, _line(data, data.index(0))).error("not UTF-8", what)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"not UTF-8 (byte {data[error.start]:#x}): convert the file to UTF-8"
        raise Place(path, _line(data, error.start)).error("not UTF-8", what) from None
    return text.replace("\r\n", "\n")


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def read_lines(path: str | Path) -> Iterator[tuple[int, str]]:
    """Yields ``(line number, line)`` of every line that is not blank; only LF ends a line."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield number, line


def read_jsonl(path: str | Path, keys: Sequence[str] = ()) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields ``(line number, object)`` of a file with one JSON object a line.

    Args:
        path: plain or ``.gz``.
        keys: what every object must have.

    Raises:
        InputError: a line that is no JSON object, or that lacks one of `keys`.
    """
    for number, line in read_lines(path):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{path}:{number}: not JSON ({error.msg} at column {error.colno}), but one object "
                "a line was expected"
            ) from None
        if not isinstance(row, dict):
            raise InputError(
                f"{path}:{number}: {type(row).__name__} was given, but one JSON object a line was "
                "expected"
            )
        missing = [key for key in keys if key not in row]
        if missing:
            raise InputError(
                f"{path}:{number}: {', '.join(missing)} is missing; an object here has the keys "
                f"{', '.join(keys)}"
            )
        yield number, row


def read_table(path: str | Path, columns: Sequence[str], header: bool) -> list[list[str]]:
    """Returns the rows of a tab-separated file (no quoting) with the given `columns`.

    Raises:
        InputError: a row of another width, or another header line.
    """
    rows: list[list[str]] = []
    for number, line in read_lines(path):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise InputError(
                f"{path}:{number}: {len(cells)} columns, but {len(columns)} were expected: "
                f"{', '.join(columns)}"
            )
        if header and not rows and cells != list(columns):
            raise InputError(
                f"{path}:{number}: the header is {', '.join(cells)}, but {', '.join(columns)} was "
                "expected"
            )
        rows.append(cells)
    return rows[1:] if header else rows


class Lazy(Sequence[Item]):
    """A sequence that builds an item whenever it is asked for, and keeps rows alone.

    Args:
        rows: what is kept in memory.
        build: row -> item.
    """

    def __init__(self, rows: Sequence[Any], build: Callable[[Any], Item]):
        self._rows, self._build = rows, build

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Lazy[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Lazy[Item]:
        if isinstance(index, slice):
            return Lazy(self._rows[index], self._build)
        return self._build(self._rows[index])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)})"
