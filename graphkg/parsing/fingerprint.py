"""The checksum that tells two parsers apart: their files, settings, versions, and our rules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from ..version import __version__


def checksum(settings: Sequence[object], files: Iterable[Path]) -> str:
    """Returns a SHA-256 over settings, files and the rules of this folder.

    Args:
        settings: whatever changes a parse, with a stable ``repr``.
        files: of the model.
    """
    known = hashlib.sha256(repr([__version__, rules(), list(settings)]).encode())
    for path in sorted(files):
        known.update(f"{path.name}:{_of_file(path)}".encode())
    return known.hexdigest()


@lru_cache(maxsize=1)
def rules() -> str:
    """Returns a checksum of the files that find values, names and kinds."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256("".join(map(_of_file, sources)).encode()).hexdigest()


def _of_file(path: Path) -> str:
    with path.open("rb") as file:
        found = hashlib.sha256()
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()
