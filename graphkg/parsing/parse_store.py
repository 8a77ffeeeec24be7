"""Rows by key in the JSON lines of a folder: read in place, added in files of their own."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

BEGIN = b'{"key": "'
DIGITS = 64
"""Hexadecimal digits of a key, a SHA-256."""
MANY = 4096
"""New rows after which a file is written, so that a killed run loses few."""
LISTS = ("heads", "deprels", "pos", "ner")


class ParseStore:
    """The parses of one parser; a context manager that writes what is new at its end.

    Only keys and places are held in memory. A broken line counts as absent. What cannot be
    written is dropped: it can be computed again.

    Args:
        folder: where its ``*.jsonl`` lie; it need not exist.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._places: dict[str, tuple[Path, int]] = {}
        self._files: dict[Path, IO[bytes]] = {}
        self._new: dict[str, str] = {}
        for path in sorted(folder.glob("*.jsonl")):
            self._index(path)

    def _index(self, path: Path) -> None:
        try:
            file = self._files[path] = path.open("rb")
        except OSError as error:
            log.debug("%s is not read: %s", path, error)
            return
        place = 0
        for line in file:
            if line.startswith(BEGIN):
                key = line[len(BEGIN) : len(BEGIN) + DIGITS].decode("ascii", "replace")
                self._places[key] = path, place
            place += len(line)

    def get(self, key: str, words: int) -> dict[str, Any] | None:
        """Returns the row of a key, if there is a sound one for so many words."""
        if key in self._new:
            return json.loads(self._new[key])
        if key not in self._places:
            return None
        path, place = self._places[key]
        self._files[path].seek(place)
        try:
            row = json.loads(self._files[path].readline())
        except ValueError:
            return None
        return row if _is_sound(row, key, words) else None

    def add(self, key: str, row: dict[str, Any]) -> None:
        """Keeps the row of a key."""
        self._new[key] = json.dumps({"key": key, **row}, ensure_ascii=False)
        if len(self._new) >= MANY:
            self._write()

    def _write(self) -> None:
        """Writes the new rows beside their place and renames the file."""
        content = "".join(f"{line}\n" for line in self._new.values()).encode(errors="replace")
        path = self.folder / f"{hashlib.sha256(content).hexdigest()[:32]}.jsonl"
        self._new = {}
        beside = ""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as file:
                beside = file.name
                file.write(content)
            os.replace(beside, path)
        except OSError as error:
            log.debug("no parses are kept: %s", error)
            if beside:
                Path(beside).unlink(missing_ok=True)
            return
        if path not in self._files:
            self._index(path)

    def __enter__(self) -> ParseStore:
        return self

    def __exit__(self, *_: object) -> None:
        if self._new:
            self._write()
        for file in self._files.values():
            file.close()


def _is_sound(row: Any, key: str, words: int) -> bool:
    if not isinstance(row, dict) or row.get("key") != key:
        return False
    lists = all(isinstance(row.get(name), list) and len(row[name]) == words for name in LISTS)
    mentions = row.get("mentions")
    return lists and isinstance(mentions, list) and all(len(mention) == 3 for mention in mentions)
