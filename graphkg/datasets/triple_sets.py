"""The known sets of triples, and where the files of a set lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError, nearest
from .base import first_file, locate

PARTS = {"train": ("train",), "valid": ("valid", "dev"), "test": ("test",)}
SHIPPED = "family"


@dataclass(frozen=True)
class TripleSet:
    """What is published about a set, and where its files lie.

    Attributes:
        title: its name in print.
        folder: of the triples, below ``$GRAPHKG_DATA``.
        counts: entities, relations, and triples of train, valid and test, as published.
        licence: of the files.
        required: parts that must be there.
        names: entity table, relation table, table of types and table of their names, where they
            do not have the usual names; relative to the folder.
        shared: the relation table has relations of other sets too, which are left out.
    """

    title: str
    folder: str
    counts: tuple[int, int, int, int, int]
    licence: str
    required: tuple[str, ...] = ("train", "valid", "test")
    names: dict[str, str] = field(default_factory=dict)
    shared: bool = False


CODEX = {"relations": "../relations.tsv", "type_names": "../types.tsv"}
KNOWN = {
    "wn18rr": TripleSet(
        "WN18RR", "wn18rr", (40943, 11, 86835, 3034, 3134), "Apache-2.0; WordNet licence"
    ),
    "fb15k-237": TripleSet(
        "FB15k-237", "fb15k-237", (14541, 237, 272115, 17535, 20466), "MIT; CC BY, CC BY-SA"
    ),
    "umls": TripleSet("UMLS", "umls", (135, 46, 5216, 652, 661), "Apache-2.0"),
    "kinships": TripleSet("Kinships", "kge-small/kinships", (104, 25, 8544, 1068, 1074), "MIT"),
    "nations": TripleSet("Nations", "kge-small/nations", (14, 55, 1592, 199, 201), "MIT"),
    "countries-s1": TripleSet(
        "Countries S1", "kge-small/countries_S1", (271, 2, 1111, 24, 24), "MIT"
    ),
    "countries-s2": TripleSet(
        "Countries S2", "kge-small/countries_S2", (271, 2, 1063, 24, 24), "MIT"
    ),
    "countries-s3": TripleSet(
        "Countries S3", "kge-small/countries_S3", (271, 2, 985, 24, 24), "MIT"
    ),
    "codex-s": TripleSet(
        "CoDEx-S",
        "codex/codex-s",
        (2034, 42, 32888, 1827, 1828),
        "MIT; CC0, CC BY-SA",
        names={**CODEX, "types": "../entities.tsv"},
        shared=True,
    ),
    "codex-m": TripleSet(
        "CoDEx-M",
        "codex/codex-m",
        (17050, 51, 185584, 10310, 10311),
        "MIT; CC0, CC BY-SA",
        required=("train", "valid"),
        names={**CODEX, "entities": "../entities.tsv"},
        shared=True,
    ),
    SHIPPED: TripleSet("Family", "family", (266, 10, 1872, 233, 233), "CC0"),
}


@dataclass(frozen=True)
class TripleFiles:
    """The files of one set: its parts in the order train, valid, test, and its tables."""

    name: str
    folder: Path
    parts: dict[str, Path]
    entities: Path | None
    relations: Path | None
    types: Path | None
    type_names: Path | None
    shared: bool


def find_triple_files(name_or_folder: str | Path, path: str | Path | None = None) -> TripleFiles:
    """Returns where the files of a known set or of a folder lie.

    Args:
        name_or_folder: a name in :data:`KNOWN`, or a folder with ``train.tsv``.
        path: the folder of a known set; by default below ``$GRAPHKG_DATA``.

    Raises:
        InputError: neither a known name nor a folder, or a folder without a file that it needs.
    """
    known = KNOWN.get(str(name_or_folder).lower())
    if known is None:
        folder = Path(path if path is not None else name_or_folder)
        if not folder.is_dir():
            raise InputError(
                f"{str(name_or_folder)!r} is neither a folder nor a known set of triples"
                f"{nearest(str(name_or_folder).lower(), list(KNOWN))}; known: {', '.join(KNOWN)}"
            )
        known = TripleSet(folder.resolve().name, "", (0, 0, 0, 0, 0), "", required=("train",))
    elif known.folder == SHIPPED:
        folder = _shipped(path)
    else:
        folder = locate(known.folder, path)
    parts = {}
    for part, stems in PARTS.items():
        names = [stem + end for stem in stems for end in (".tsv", ".txt")]
        found = first_file(folder, *names)
        if found is not None:
            parts[part] = found
        elif part in known.required:
            raise InputError(
                f"{folder} holds none of {', '.join(names)} (plain or .gz): put the triples of "
                f"{part} there"
            )
    tables = {
        table: first_file(folder, known.names.get(table, usual))
        for table, usual in (
            ("entities", "entities.tsv"),
            ("relations", "relations.tsv"),
            ("types", "entity_types.tsv"),
            ("type_names", "types.tsv"),
        )
    }
    return TripleFiles(known.title, folder, parts, shared=known.shared, **tables)


def _shipped(path: str | Path | None) -> Path:
    """The folder of the graph that lies in the checkout of graphkg, and not in the package."""
    checkout = Path(__file__).parents[2] / "datasets" / SHIPPED
    if path is None and checkout.is_dir():
        return checkout
    try:
        return locate(SHIPPED, path)
    except InputError as error:
        raise InputError(
            f"{error}; {SHIPPED} lies in datasets/{SHIPPED} of a checkout of graphkg, an installed "
            "package does not have it"
        ) from None
