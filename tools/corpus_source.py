"""Read and check the annotated texts of ``datasets/texts/source``.

A text file has a ``# title:`` line, ``S`` lines (one sentence, mentions written as
``[[surface|KIND|name]]``), ``P`` (a new paragraph), and after each sentence its triples: ``T``
where both entities are mentioned in that sentence, ``D`` where one of them is only a pronoun or a
common noun there. The names stand in ``source/entities-*.tsv``, the relations in
``relations.tsv``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

SPLITS = ("dev", "test")
VALUES = {"DATE": "date", "NUMBER": "number", "MONEY": "money", "PERCENT": "percent"}
NAMES = ("PERSON", "ORGANIZATION", "LOCATION", "MISC")
CONTAINS = "contains administrative territorial entity"
# Only an entity of these categories is contained in a place as an administrative unit.
UNIT = re.compile(
    "borough|canton|capital|city|commune|constituency|country|county|department|district|emirate|"
    "governorate|island|kingdom|metropolis|municipality|neighbourhood|oblast|parish|prefecture|"
    "province|quarter|region|republic|state|suburb|territory|town|village"
)
MENTION = re.compile(r"\[\[([^\[\]|]+)\|([^\[\]|]+)(?:\|([^\[\]|]+))?\]\]")


@dataclass(frozen=True)
class Mention:
    """One marked name or value: ``text[start:end]`` is its surface."""

    start: int
    end: int
    kind: str
    entity: str


@dataclass(frozen=True)
class Triple:
    """One statement, and the sentence that makes it."""

    head: str
    relation: str
    tail: str
    sentence: int
    within_sentence: bool
    inferred: bool = False


@dataclass
class Document:
    """One text with its annotation; ``sentences`` are character ranges of ``text``."""

    key: str
    title: str = ""
    text: str = ""
    sentences: list[tuple[int, int]] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    triples: list[Triple] = field(default_factory=list)


class Corpus:
    """All sources under ``root``, read and checked; ``problems`` says what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[str] = []
        self.inverse = self._read_relations(root / "relations.tsv")
        self.entities = self._read_entities(sorted(root.glob("source/entities-*.tsv")))
        self.kinds: dict[str, tuple[str, str]] = {}  # entity -> its kind, where it was first seen
        self.documents: dict[str, list[Document]] = {}
        keys: dict[str, Path] = {}
        for split in SPLITS:
            self.documents[split] = []
            for path in sorted((root / "source" / split).glob("*.txt")):
                if path.stem in keys:
                    self.report(path, 1, f"the key {path.stem!r} is taken by {keys[path.stem]}")
                keys[path.stem] = path
                self.documents[split].append(self._read_text(path))
        for name, (path, number, _) in self.entities.items():
            if name not in self.kinds:
                self.report(path, number, f"entity {name!r} is mentioned in no text")

    def report(self, path: Path, number: int, what: str) -> None:
        """Remember a problem of a line."""
        self.problems.append(f"{path}:{number}: {what}")

    def _lines(self, path: Path) -> list[str]:
        content = path.read_bytes()
        try:
            return content.decode("utf-8").replace("\r\n", "\n").split("\n")
        except UnicodeDecodeError as error:
            self.report(path, content.count(b"\n", 0, error.start) + 1, "this is not UTF-8")
            return [""]

    def _read_table(self, path: Path, header: list[str]) -> list[tuple[int, list[str]]]:
        if not path.is_file():
            self.report(path, 1, "there is no such file")
            return []
        first, *lines = self._lines(path)
        if first.split("\t") != header:
            self.report(path, 1, f"the header should be {'<TAB>'.join(header)}")
        rows = [(n, line.split("\t")) for n, line in enumerate(lines, 2) if line]
        for number, row in rows:
            if len(row) != len(header):
                self.report(path, number, f"{len(row)} columns, expected {len(header)}")
        return [(number, row) for number, row in rows if len(row) == len(header)]

    def _read_relations(self, path: Path) -> dict[str, str]:
        rows = self._read_table(path, ["relation", "in_model", "inverse"])
        inverse = {row[0]: row[2] for _, row in rows}
        for number, (_, in_model, other) in rows:
            if in_model not in ("yes", "no"):
                self.report(path, number, f"in_model is {in_model!r}, expected yes or no")
            if other and other not in inverse:
                self.report(path, number, f"the inverse {other!r} is not a relation of this file")
        return inverse

    def _read_entities(self, paths: list[Path]) -> dict[str, tuple[Path, int, list[str]]]:
        entities: dict[str, tuple[Path, int, list[str]]] = {}
        for path in paths:
            header = ["name", "kind", "category", "description", "aliases"]
            for number, row in self._read_table(path, header):
                name, kind, category, description, _ = row
                if name in entities:
                    other, line, _ = entities[name]
                    self.report(path, number, f"entity {name!r} is also in {other}:{line}")
                if kind not in NAMES:
                    self.report(path, number, f"kind {kind!r}, expected one of {', '.join(NAMES)}")
                if not re.fullmatch(r"[a-z][a-z -]*", category):
                    self.report(path, number, f"category {category!r} is not a lower-case noun")
                if not 6 <= len(description.split()) <= 20:
                    self.report(path, number, "the description should have 6 to 20 words")
                entities.setdefault(name, (path, number, row))
        return entities

    def _read_text(self, path: Path) -> Document:
        document, paragraphs, gap = Document(path.stem), 1, ""
        here: set[str] = set()
        later: list[tuple[int, str]] = []  # entities that any sentence of the document may mention
        lines = self._lines(path)
        if lines[0].startswith("# title: "):
            document.title = lines[0].removeprefix("# title: ").strip()
        else:
            self.report(path, 1, "the first line should be '# title: ...'")
        for number, line in enumerate(lines[1:], 2):
            tag, _, rest = line.partition(" ")
            if tag == "S":
                document.text += gap
                here = self._add_sentence(document, path, number, rest)
                gap = " "
            elif line == "P":
                if gap != " ":
                    self.report(path, number, "P between two sentences only")
                paragraphs, gap = paragraphs + 1, "\n\n"
            elif tag in ("T", "D"):
                later += self._add_triple(document, path, number, tag, rest, here)
            elif line.strip():
                self.report(path, number, f"a line starts with S, P, T or D, not {tag!r}")
        mentioned = {m.entity for m in document.mentions}
        for number, name in later:
            if name not in mentioned:
                self.report(path, number, f"D: {name!r} is mentioned nowhere in the document")
        if not 6 <= len(document.sentences) <= 15:
            self.report(path, 1, f"{len(document.sentences)} sentences, expected 6 to 15")
        if paragraphs > 3 or gap == "\n\n":
            self.report(path, 1, "a text has 1 to 3 paragraphs, and none is empty")
        document.text += "\n"
        document.triples = self._with_inverses(document.triples)
        return document

    def _add_sentence(self, document: Document, path: Path, number: int, source: str) -> set[str]:
        start, here, end = len(document.text), set(), 0
        for match in MENTION.finditer(source):
            surface, kind, name = match[1], match[2], match[3] or match[1]
            document.text += source[end : match.start()] + surface
            end, at = match.end(), len(document.text) - len(surface)
            document.mentions.append(Mention(at, at + len(surface), kind, name))
            here.add(name)
            if surface != surface.strip() or name != name.strip():
                self.report(path, number, f"space at the edge of {match[0]!r}")
            self._check_kind(path, number, name, kind)
        document.text += source[end:]
        plain = document.text[start:]
        document.sentences.append((start, len(document.text)))
        if re.search(r"\[\[|\]\]|\||\t|  |^ | $", plain):
            self.report(path, number, "a broken mention, a tab, or a space too many")
        if not re.search(r"[.!?][\"'”’)]*$", plain):
            self.report(path, number, "the sentence has no full stop")
        return here

    def _check_kind(self, path: Path, number: int, name: str, kind: str) -> None:
        if kind not in VALUES and kind not in NAMES:
            return self.report(path, number, f"unknown kind {kind!r} of {name!r}")
        if kind in NAMES and name not in self.entities:
            self.report(path, number, f"entity {name!r} is in no source/entities-*.tsv")
        elif name in self.entities and (listed := self.entities[name][2][1]) != kind:
            self.report(path, number, f"{name!r} is {kind} here, {listed} in the entities file")
        first, place = self.kinds.setdefault(name, (kind, f"{path}:{number}"))
        if first != kind:
            self.report(path, number, f"{name!r} is {kind} here, {first} in {place}")

    def _add_triple(
        self, document: Document, path: Path, number: int, tag: str, source: str, here: set[str]
    ) -> list[tuple[int, str]]:
        parts = source.split(" | ")
        if len(parts) != 3 or not document.sentences:
            self.report(path, number, f"expected '{tag} head | relation | tail' after a sentence")
            return []
        head, relation, tail = parts
        if relation not in self.inverse:
            self.report(path, number, f"unknown relation {relation!r} (see relations.tsv)")
        if head == tail:
            self.report(path, number, f"{head!r} is both head and tail")
        absent = [name for name in (head, tail) if name not in here]
        if tag == "T":
            for name in absent:
                self.report(path, number, f"T: {name!r} is not mentioned in this sentence")
        elif not absent:
            self.report(path, number, "D: both are mentioned in this sentence, write T")
        sentence = len(document.sentences) - 1
        document.triples.append(Triple(head, relation, tail, sentence, tag == "T"))
        return [(number, name) for name in absent] if tag == "D" else []

    def _with_inverses(self, triples: list[Triple]) -> list[Triple]:
        """Each triple once (best within a sentence), then the inverses that nobody wrote."""
        chosen: dict[tuple[str, str, str], Triple] = {}
        for t in sorted(triples, key=lambda t: not t.within_sentence):
            chosen.setdefault((t.head, t.relation, t.tail), t)
        stated = sorted(chosen.values(), key=lambda t: t.sentence)
        for t in stated:
            other = self.inverse.get(t.relation, "")
            row = self.entities[t.head][2] if t.head in self.entities else [""] * 5
            if other and (other != CONTAINS or UNIT.fullmatch(row[2])):
                turned = replace(t, head=t.tail, relation=other, tail=t.head, inferred=True)
                chosen.setdefault((t.tail, other, t.head), turned)
        return stated + [t for t in chosen.values() if t.inferred]
