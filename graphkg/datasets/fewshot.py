"""Few-shot relation classification: FewRel 1.0."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from ..errors import InputError
from ..graphs import SentenceGraph
from ..vocab import Vocabulary
from .base import Lazy, find_file, locate, read_jsonl, read_table, read_text
from .words import drop_blanks, join_words

Row = tuple[str, str, dict[str, Any]]


class FewRel:
    """FewRel 1.0 (Han et al., 2018): 64 + 16 relations with 700 sentences each.

    Every sentence has one pair (head entity = subject, tail entity = object) whose label is a
    Wikidata property (``P177``); :attr:`relations` has the properties' names as aliases and what
    they mean as descriptions. Only the first marked mention of an entity is kept. Words made of
    white space are left out, the text is the words joined as a printer would.

    Args:
        path: the folder with ``train_wiki``, ``val_wiki`` (``.json`` as published, ``.jsonl`` or
            ``.lowercased.jsonl``, also ``.gz``) and ``relations.tsv``; by default
            ``$GRAPHKG_DATA/fewrel``.

    Raises:
        InputError: missing or malformed files, with the line.
    """

    def __init__(self, path: str | Path | None = None):
        self.folder = locate("fewrel", path)

    @cached_property
    def train(self) -> FewRelSplit:
        """64 relations; in the copy that graphkg is tested with, all words are lower case."""
        return self._read("train")

    @cached_property
    def val(self) -> FewRelSplit:
        """16 relations, none of them in :attr:`train`."""
        return self._read("val")

    def _read(self, split: str) -> FewRelSplit:
        stem = f"{split}_wiki"
        path = find_file(self.folder, f"{stem}.jsonl", f"{stem}.json", f"{stem}.lowercased.jsonl")
        rows = list(_nested(path) if ".jsonl" not in path.name else _flat(path))
        return FewRelSplit(split, rows)

    @cached_property
    def relations(self) -> Vocabulary:
        """All properties: ids by the file's order, names as aliases, descriptions."""
        path = find_file(self.folder, "relations.tsv")
        rows = read_table(path, ("pid", "split", "name", "description"), header=True)
        return Vocabulary(
            [row[0] for row in rows],
            descriptions={row[0]: row[3] for row in rows},
            aliases={row[0]: [row[2]] for row in rows},
            name="relation",
        )

    @property
    def names(self) -> dict[str, str]:
        """Property -> its English name."""
        return {label: names[0] for label, names in self.relations.aliases.items()}

    def __repr__(self) -> str:
        return f"FewRel({str(self.folder)!r})"


class FewRelSplit(Lazy[SentenceGraph]):
    """The sentences of one part, built when they are asked for.

    Attributes:
        entities: the Wikidata ids of the marked entities, by first appearance; a mention's
            ``entity`` is a number in it, -1 where the data have none. Descriptions are the names.
        ends: [n, 2] the entities of head and tail of every sentence, likewise.
        labels: the relations in the order of the file.
        by_relation: relation -> numbers of its sentences.
    """

    def __init__(self, name: str, rows: list[Row]):
        super().__init__(rows, self._graph)
        self.name = name
        self.entities = Vocabulary(name="entity")
        self.by_relation: dict[str, list[int]] = {}
        ends = []
        for number, (_, relation, row) in enumerate(rows):
            self.by_relation.setdefault(relation, []).append(number)
            for label, wikidata, _ in (row["h"], row["t"]):
                ends.append(-1 if wikidata is None else self.entities.add(wikidata))
                if wikidata is not None:
                    self.entities.descriptions.setdefault(wikidata, label)
        self.ends = torch.tensor(ends, dtype=torch.long).view(-1, 2)
        self.labels = list(self.by_relation)

    def _graph(self, row: Row) -> SentenceGraph:
        where, relation, content = row
        words, places = drop_blanks(content["tokens"])
        mentions, entities = [], []
        for name, wikidata, marks in (content["h"], content["t"]):
            if not marks or not marks[0] or max(marks[0]) >= len(content["tokens"]):
                raise InputError(
                    f"{where}: the entity {name!r} is marked by {marks!r}, but lists of word "
                    f"numbers (0-{len(content['tokens']) - 1}) were expected"
                )
            mentions.append((places[min(marks[0])], places[max(marks[0]) + 1], "O"))
            entities.append(-1 if wikidata is None else self.entities[wikidata])
        text, chars = join_words(words)
        key = f"{self.name}#{where.rpartition(':')[2]}"
        return SentenceGraph.build(
            words,
            mentions=mentions,
            pairs=[(0, 1, relation)],
            text=text,
            chars=chars,
            entities=entities,
            key=key,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name}, {len(self)}, {len(self.labels)} relations)"


def _flat(path: Path) -> Iterator[Row]:
    for number, row in read_jsonl(path, ("relation", "tokens", "h", "t")):
        yield f"{path}:{number}", row["relation"], row


def _nested(path: Path) -> Iterator[Row]:
    try:
        content = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: not JSON ({error.msg})") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected one JSON object: property -> list of sentences")
    number = 0
    for relation, rows in content.items():
        for row in rows:
            number += 1
            yield f"{path}:{number}", relation, row
