"""The known sets for joint triple extraction, and where the files of a set lie."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ..errors import InputError, nearest
from .base import first_file, locate
from .json_rows import read_rows

Match = Literal["exact", "partial", "strict"]
MATCHES: tuple[Match, ...] = ("exact", "partial", "strict")
PARTS = {"train": ("train",), "valid": ("valid", "dev"), "test": ("test",)}
ENDINGS = (".jsonl", ".json")
OWN_KEYS = {"triples", "triple_list", "entities", "relations"}


@dataclass(frozen=True)
class ExtractionSet:
    """What is published about a set, and where its files lie.

    Attributes:
        title: its name in print, with the protocol.
        folder: below ``$GRAPHKG_DATA``.
        counts: relations, and sentences of train, valid and test, as published; 0 = there is none.
        match: how its triples are compared by custom.
        licence: of the files.
        prefix: what the names of its files begin with; without such a file, usual names do.
    """

    title: str
    folder: str
    counts: tuple[int, int, int, int]
    match: Match
    licence: str
    prefix: str = ""


WEBNLG = "CC BY-NC-SA 4.0"
NONE = "none stated"
KNOWN = {
    "nyt-exact": ExtractionSet(
        "NYT, whole spans", "nyt", (24, 56195, 5000, 5000), "exact", NONE, "nyt-exact."
    ),
    "nyt-partial": ExtractionSet(
        "NYT, last words", "nyt", (24, 56195, 4999, 5000), "partial", NONE, "nyt-partial."
    ),
    "webnlg-exact": ExtractionSet(
        "WebNLG, whole spans", "webnlg", (216, 5019, 500, 703), "exact", WEBNLG, "webnlg-exact."
    ),
    "webnlg-partial": ExtractionSet(
        "WebNLG, last words", "webnlg", (171, 5019, 500, 703), "partial", WEBNLG, "webnlg-partial."
    ),
    "scierc": ExtractionSet("SciERC", "scierc", (7, 1861, 275, 551), "strict", NONE),
    "conll04": ExtractionSet("CoNLL04", "conll04", (5, 922, 231, 288), "strict", NONE),
    "ade": ExtractionSet("ADE, fold 0", "ade", (1, 0, 0, 0), "strict", NONE, "ade_split_0_"),
}
"""By protocol and not by star: "NYT*" means whole spans in some papers and last words in others."""


@dataclass(frozen=True)
class ExtractionFiles:
    """The files of one set: its parts in the order train, valid, test, and its labels.

    Attributes:
        relations: a file with one relation a line, in the order of their ids.
        types: SpERT's ``types.json``, with entity and relation types.
        match: how triples are compared by custom; ``None`` leaves it to what the rows hold.
    """

    name: str
    folder: Path
    parts: dict[str, Path]
    relations: Path | None = None
    types: Path | None = None
    match: Match | None = None


def find_extraction_files(
    name_or_folder: str | Path, path: str | Path | None = None
) -> ExtractionFiles:
    """Returns where the files of a known set or of a folder lie; parts may be absent.

    Args:
        name_or_folder: a name in :data:`KNOWN` (``ade-1`` ... ``ade-9`` are its other folds), or a
            folder with ``train``, ``valid`` (or ``dev``) and ``test``, each ``.jsonl`` or
            ``.json``, plain or ``.gz``.
        path: the folder of a known set; by default below ``$GRAPHKG_DATA``.

    Raises:
        InputError: neither a known name nor a folder, or a folder without any part.
    """
    known = known_set(str(name_or_folder))
    if known is not None:
        return _files(known, locate(known.folder, path), known.match)
    folder = Path(path if path is not None else name_or_folder)
    if not folder.is_dir():
        raise InputError(
            f"{str(name_or_folder)!r} is neither a folder nor a known set for triple extraction"
            f"{nearest(str(name_or_folder).lower(), list(KNOWN))}; known: {', '.join(KNOWN)}"
        )
    own = ExtractionSet(folder.resolve().name, "", (0, 0, 0, 0), "exact", "")
    return _files(own, folder, None)


def known_set(name: str) -> ExtractionSet | None:
    """Returns the known set of a name, also a fold of ADE, or nothing."""
    fold = re.fullmatch(r"ade-(\d)", name.lower())
    if fold:
        number = fold.group(1)
        return replace(KNOWN["ade"], title=f"ADE, fold {number}", prefix=f"ade_split_{number}_")
    return KNOWN.get(name.lower())


def _files(known: ExtractionSet, folder: Path, match: Match | None) -> ExtractionFiles:
    for prefix in dict.fromkeys((known.prefix, "")):
        parts = {}
        for part, stems in PARTS.items():
            found = first_file(folder, *(prefix + stem + end for stem in stems for end in ENDINGS))
            if found is not None:
                parts[part] = found
        if parts:
            relations = first_file(folder, f"{prefix}relations.txt")
            types = first_file(folder, f"{prefix}types.json", "types.json", "ade_types.json")
            return ExtractionFiles(known.title, folder, parts, relations, types, match)
    names = ", ".join(known.prefix + part for part in PARTS)
    raise InputError(
        f"{folder} holds none of {names} (.jsonl or .json, plain or .gz), but sentences with their "
        "triples were expected there"
    )


def holds_extraction(files: ExtractionFiles) -> bool:
    """Tells whether the first row that can be read has triples, rather than one marked pair."""
    for path in files.parts.values():
        try:
            row = next((row for _, row in read_rows(path, lambda error: None)), None)
        except InputError:
            continue
        if row is not None:
            return bool(OWN_KEYS & set(row)) and "relation" not in row
    return False
