"""Names and ids: the one place where a label becomes a number and back."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .errors import InputError, nearest

PAD = "[PAD]"
UNKNOWN = "[UNK]"


class Vocabulary:
    """Labels and their ids (0, 1, ... in the order given), with optional descriptions and aliases.

    Args:
        labels: distinct labels; repeated ones are an error.
        unknown: the label whose id stands for every label that is not known; ``None`` makes an
            unknown label an :class:`~graphkg.errors.InputError`.
        descriptions: one text a label, or none at all.
        aliases: other names of a label, ``{label: [alias, ...]}``.
        name: what the labels are, for error messages ("relation", "word").

    Example:
        >>> relations = Vocabulary(["spouse", "child"], name="relation")
        >>> relations["child"], relations.label(0), len(relations)
        (1, 'spouse', 2)
    """

    def __init__(
        self,
        labels: Iterable[str] = (),
        unknown: str | None = None,
        descriptions: dict[str, str] | None = None,
        aliases: dict[str, list[str]] | None = None,
        name: str = "label",
    ):
        self.name = name
        self.unknown = unknown
        self.descriptions = dict(descriptions or {})
        self.aliases = {label: list(names) for label, names in (aliases or {}).items()}
        self._labels: list[str] = []
        self._ids: dict[str, int] = {}
        for label in labels:
            if label in self._ids:
                raise InputError(
                    f"{name} {label!r} is given twice (ids {self._ids[label]} and "
                    f"{len(self._labels)}), but the labels of a vocabulary are distinct: drop one"
                )
            self.add(label)
        if unknown is not None:
            self.add(unknown)

    @classmethod
    def count(
        cls,
        labels: Iterable[str],
        first: Sequence[str] = (),
        minimum: int = 1,
        unknown: str | None = None,
        name: str = "label",
    ) -> Vocabulary:
        """Builds a vocabulary from running labels: `first`, then by falling count, then by name."""
        counts = Counter(labels)
        ranked = sorted(counts, key=lambda label: (-counts[label], label))
        placed = set(first)
        kept = [x for x in ranked if counts[x] >= minimum and x not in placed]
        return cls([*first, *kept], unknown=unknown, name=name)

    def add(self, label: str) -> int:
        """Returns the id of `label`, which gets the next free one if it is new."""
        if label not in self._ids:
            self._ids[label] = len(self._labels)
            self._labels.append(label)
        return self._ids[label]

    def __getitem__(self, label: str) -> int:
        found = self._ids.get(label)
        if found is not None:
            return found
        if self.unknown is not None:
            return self._ids[self.unknown]
        raise InputError(
            f"{self.name} {label!r} is not one of the {len(self)} known ones"
            f"{nearest(label, self._labels)}"
        )

    def ids(self, labels: Iterable[str]) -> list[int]:
        """Returns the ids of many labels."""
        return [self[label] for label in labels]

    def label(self, index: int) -> str:
        """Returns the label of an id."""
        if not 0 <= index < len(self._labels):
            raise InputError(
                f"{self.name} id {index} was given, but the vocabulary has {len(self)} "
                f"{self.name}s (0-{len(self) - 1})"
            )
        return self._labels[index]

    @property
    def labels(self) -> list[str]:
        """All labels in the order of their ids (a copy)."""
        return list(self._labels)

    def __contains__(self, label: object) -> bool:
        return label in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Vocabulary({self.name}, {len(self)})"

    def save(self, path: str | Path) -> None:
        """Writes the vocabulary as JSON lines: a header, then one label a line."""
        path = Path(path)
        rows: list[object] = [{"graphkg": "vocabulary", "name": self.name, "unknown": self.unknown}]
        for label in self._labels:
            row: dict[str, object] = {"label": label}
            if label in self.descriptions:
                row["description"] = self.descriptions[label]
            if label in self.aliases:
                row["aliases"] = self.aliases[label]
            rows.append(row if len(row) > 1 else label)
        beside = path.with_name(path.name + ".part")
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        beside.write_text("".join(lines), encoding="utf-8", newline="\n")
        os.replace(beside, path)

    @classmethod
    def load(cls, path: str | Path) -> Vocabulary:
        """Reads what :meth:`save` wrote."""
        path = Path(path)
        if not path.is_file():
            raise InputError(f"{path} does not exist, but a vocabulary file was expected there")
        vocabulary = None
        for number, row in _json_lines(path):
            if vocabulary is None:
                if not isinstance(row, dict) or row.get("graphkg") != "vocabulary":
                    break
                vocabulary = cls(name=row.get("name", "label"))
                vocabulary.unknown = row.get("unknown")
                continue
            whole: dict[str, Any] = row if isinstance(row, dict) else {"label": row}
            label = whole.get("label")
            if not isinstance(label, str) or label in vocabulary:
                raise InputError(
                    f"{path}:{number}: {label!r} is no new label: a line is a label that no line "
                    "above has, as a JSON string or as an object with the key 'label'"
                )
            vocabulary.add(label)
            if "description" in whole:
                vocabulary.descriptions[label] = whole["description"]
            if "aliases" in whole:
                vocabulary.aliases[label] = list(whole["aliases"])
        if vocabulary is None:
            raise InputError(f"{path}:1: not a vocabulary of graphkg: the header line is missing")
        return vocabulary


def _json_lines(path: Path) -> Iterator[tuple[int, object]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}): write it anew") from None
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            if line:
                yield number, json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{number}: not JSON ({error.msg})") from None


def _open_vocabulary(name: str) -> Vocabulary:
    return Vocabulary([PAD, UNKNOWN], unknown=UNKNOWN, name=name)


@dataclass(eq=True)
class Vocabularies:
    """The six vocabularies of sentence graphs; `relation` is closed, the others are open.

    A closed vocabulary refuses a label that it does not know; an open one maps it to ``[UNK]``.
    """

    word: Vocabulary = field(default_factory=lambda: _open_vocabulary("word"))
    pos: Vocabulary = field(default_factory=lambda: _open_vocabulary("pos"))
    ner: Vocabulary = field(default_factory=lambda: _open_vocabulary("ner"))
    deprel: Vocabulary = field(default_factory=lambda: _open_vocabulary("deprel"))
    kind: Vocabulary = field(default_factory=lambda: _open_vocabulary("kind"))
    relation: Vocabulary = field(default_factory=lambda: Vocabulary(name="relation"))

    def save(self, folder: str | Path) -> None:
        """Writes one file a vocabulary into `folder`, which is made if it is missing."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for part in fields(self):
            getattr(self, part.name).save(folder / f"{part.name}.jsonl")

    @classmethod
    def load(cls, folder: str | Path) -> Vocabularies:
        """Reads what :meth:`save` wrote."""
        paths = {part.name: Path(folder) / f"{part.name}.jsonl" for part in fields(cls)}
        return cls(**{name: Vocabulary.load(path) for name, path in paths.items()})
