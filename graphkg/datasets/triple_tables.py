"""Tables beside the triples: readable names, descriptions and types of entities and relations."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from .base import read_lines

TYPES = ("entity_type", "type", "types", "pos")


@dataclass
class NodeTable:
    """The rows of ``entities.tsv`` or ``relations.tsv``: ids, and what is said of them."""

    path: Path
    labels: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    types: dict[str, list[str]] = field(default_factory=dict)
    extracts: dict[str, str] = field(default_factory=dict)

    def only(self, kept: Collection[str]) -> NodeTable:
        """Returns the table without the rows whose ids are not in `kept`."""
        return NodeTable(
            self.path,
            [label for label in self.labels if label in kept],
            {label: name for label, name in self.names.items() if label in kept},
            {label: text for label, text in self.descriptions.items() if label in kept},
            {label: types for label, types in self.types.items() if label in kept},
            {label: text for label, text in self.extracts.items() if label in kept},
        )


def read_node_table(path: Path) -> NodeTable:
    """Reads a table with a header line and a row for each id.

    The name is the column ``name``, or ``text`` where there is no ``name``; the description is
    ``description``, or ``text``; ``extract`` is a longer text, such as the beginning of an article;
    columns that are not known are left aside.

    Raises:
        InputError: no column ``id``, a row of another width, or an id without or with two rows.
    """
    table, lines = NodeTable(path), dict[str, int]()
    for number, row in read_rows(path):
        label = row["id"]
        if label in lines:
            raise InputError(
                f"{path}:{number}: the id {label!r} stands in line {lines[label]} too: keep one"
            )
        lines[label] = number
        table.labels.append(label)
        text = row.get("text", "")
        if name := row.get("name", text):
            table.names[label] = name
        if description := row.get("description", text):
            table.descriptions[label] = description
        if extract := row.get("extract"):
            table.extracts[label] = extract
        if types := _types(row):
            table.types[label] = types
    return table


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields line number and cells by column of each row below the header line.

    Raises:
        InputError: no column ``id``, a column named twice, an empty id, a row of another width.
    """
    lines = read_lines(path)
    number, header = next(lines)
    columns = header.split("\t")
    if "id" not in columns or len(set(columns)) < len(columns):
        raise InputError(
            f"{path}:{number}: the header is {', '.join(columns)}, but distinct columns with 'id' "
            "among them were expected"
        )
    for number, line in lines:
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise InputError(
                f"{path}:{number}: {len(cells)} columns, but the header has {len(columns)}: "
                f"{', '.join(columns)}"
            )
        row = dict(zip(columns, cells))
        if not row["id"]:
            raise InputError(f"{path}:{number}: the id is empty: give the row an id")
        yield number, row


def read_types(
    entities: NodeTable | None, types: Path | None, names: Path | None
) -> dict[str, tuple[str, ...]]:
    """Returns the types of each entity by their readable names, without repetition.

    Args:
        entities: the table with a type or part of speech in its columns.
        types: a file with ``id`` and ``type`` or ``types``, and the type's name in ``label``;
            several rows an entity will do.
        names: a file with ``id`` and ``name`` of each type.
    """
    found = {label: list(kinds) for label, kinds in entities.types.items()} if entities else {}
    for _, row in read_rows(types) if types else ():
        kinds = [row["label"]] if row.get("label") else _types(row)
        found.setdefault(row["id"], []).extend(kinds)
    readable = read_node_table(names).names if names else {}
    named = {x: (readable.get(kind, kind) for kind in kinds) for x, kinds in found.items()}
    return {x: tuple(dict.fromkeys(kinds)) for x, kinds in named.items() if found[x]}


def _types(row: dict[str, str]) -> list[str]:
    return [kind for column in TYPES for kind in row.get(column, "").split("|") if kind]
