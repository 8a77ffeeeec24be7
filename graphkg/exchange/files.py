"""Writing several files so that none is ever half there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import InputError


def write_whole(files: Mapping[Path, Iterable[str]]) -> None:
    """Writes every text beside its place (``.part``), then renames all of them.

    Raises:
        InputError: a folder that cannot be written to.
    """
    beside: dict[Path, Path] = {}
    try:
        for path, parts in files.items():
            beside[path] = path.with_name(path.name + ".part")
            with beside[path].open("w", encoding="utf-8", newline="\n") as out:
                out.writelines(parts)
        for path, part in beside.items():
            os.replace(part, path)
    except OSError as error:
        raise InputError(
            f"{error.filename} could not be written ({error.strerror}): give a folder that you "
            "may write to and that has space"
        ) from None
    finally:
        for part in beside.values():
            part.unlink(missing_ok=True)


def make_folder(folder: str | Path) -> Path:
    """Makes `folder` if it is missing.

    Raises:
        InputError: something else has that name, or it cannot be made.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made a folder ({error.strerror}): give another name"
        ) from None
    return folder
