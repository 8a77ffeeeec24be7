"""The texts that a command reads: files, folders and standard input, checked before any work."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError

STDIN = "-"
ENDINGS = (".txt", ".md", ".text")


@dataclass(frozen=True)
class Source:
    """A document: its key, as results name it, and its file (``None`` = standard input)."""

    key: str
    path: Path | None

    def read(self) -> str:
        """Returns the text exactly as it stands, so that character offsets hold in the file.

        Only a byte order mark becomes a space: it counts as a character, but is part of no word.

        Raises:
            InputError: a file that cannot be read, is empty or binary, or is not UTF-8.
        """
        name = self.key if self.path is None else str(self.path)
        try:
            data = sys.stdin.buffer.read() if self.path is None else self.path.read_bytes()
        except OSError as error:
            raise InputError(
                f"{name} could not be read ({error.strerror}): give a file that you may read"
            ) from None
        if not data.strip():
            raise InputError(f"{name} is empty, but a text was expected: give a file with text")
        if b"\0" in data:
            line = data.count(b"\n", 0, data.index(0)) + 1
            raise InputError(
                f"{name}:{line}: a zero byte, so this is a binary file, but UTF-8 text was "
                "expected: convert it to plain text"
            )
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"{name}:{line}: not UTF-8 (byte {data[error.start]:#04x} at {error.start}): "
                "convert the file to UTF-8"
            ) from None
        return " " + text[1:] if text.startswith("\ufeff") else text


def find_sources(given: Sequence[str]) -> list[Source]:
    """Returns the documents of files, folders (their text files, at any depth) and ``-``.

    Raises:
        InputError: a path that does not exist, a folder without texts, or the same file twice.
    """
    sources: list[Source] = []
    for name in given:
        path = Path(name)
        if name == STDIN:
            sources.append(Source("stdin", None))
        elif path.is_file():
            sources.append(Source(path.as_posix(), path))
        elif path.is_dir():
            found = sorted(
                p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file()
            )
            if not found:
                raise InputError(
                    f"{path} holds no text file ({', '.join(ENDINGS)}): name the files one by one"
                )
            sources += [Source(p.as_posix(), p) for p in found]
        else:
            raise InputError(f"{path} does not exist: give text files, folders, or - for stdin")
    keys = [source.key for source in sources]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise InputError(
            f"{twice} is given twice, but documents are told apart by it: name it once"
        )
    return sources


def read_all(sources: Sequence[Source]) -> list[tuple[str, str]]:
    """Reads every document, so that a bad one is told before any work is done."""
    return [(source.key, source.read()) for source in sources]
