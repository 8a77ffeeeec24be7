"""The corpus that ships with graphkg: annotated texts and the knowledge graph they state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from ..errors import InputError
from ..graphs import KnowledgeGraph, SentenceGraph
from ..vocab import Vocabulary
from .base import find_file, locate, read_jsonl, read_table
from .words import cover, split_words

FIELDS = ("key", "title", "text", "sentences", "mentions", "triples")
ENTITY = ("name", "kind", "category", "description", "aliases")


@dataclass(frozen=True)
class TextMention:
    """A marked name or value: ``text[start:end]`` is its surface, `entity` its entity's name."""

    start: int
    end: int
    kind: str
    entity: str


@dataclass(frozen=True)
class TextTriple:
    """A triple of a text, and the sentence that states it.

    Attributes:
        sentence: its number, from 0.
        within_sentence: both entities are mentioned in that sentence by a marked mention.
        inferred: the inverse of a written triple, added by the compiler.
    """

    head: str
    relation: str
    tail: str
    sentence: int
    within_sentence: bool
    inferred: bool = False


@dataclass(frozen=True)
class Text:
    """One annotated text; `sentences` are character spans in `text`."""

    key: str
    title: str
    text: str
    sentences: list[tuple[int, int]]
    mentions: list[TextMention]
    triples: list[TextTriple]

    def graphs(self) -> list[SentenceGraph]:
        """The sentences with their marked mentions and within-sentence triples.

        Words are split by rule, there are no trees; each pair of mentions whose entities have a
        triple stated by that sentence is a pair.
        """
        return [self._graph(number) for number in range(len(self.sentences))]

    def _graph(self, number: int) -> SentenceGraph:
        start, end = self.sentences[number]
        inside = [m for m in self.mentions if start <= m.start and m.end <= end]
        cuts = (edge - start for m in inside for edge in (m.start, m.end))
        words, chars = split_words(self.text[start:end], cuts)
        spans = [cover(chars, m.start - start, m.end - start) for m in inside]
        pairs = [
            (s, o, triple.relation)
            for triple in self.triples
            if triple.sentence == number and triple.within_sentence
            for s, subject in enumerate(inside)
            for o, object_ in enumerate(inside)
            if (subject.entity, object_.entity) == (triple.head, triple.tail)
        ]
        return SentenceGraph.build(
            words,
            mentions=[(*span, m.kind) for span, m in zip(spans, inside) if span is not None],
            pairs=pairs,
            text=self.text[start:end],
            chars=chars,
            key=f"{self.key}#{number}",
            offset=start,
        )

    def __repr__(self) -> str:
        sizes = f"{len(self.sentences)} sentences, {len(self.mentions)} mentions"
        return f"Text({self.key!r}, {sizes}, {len(self.triples)} triples)"


class Corpus:
    """Annotated texts in two parts, and the graph of all their triples.

    Args:
        path: the folder with ``dev.jsonl``, ``test.jsonl`` and ``kg/``; by default
            ``$GRAPHKG_DATA/texts``.

    Raises:
        InputError: missing or malformed files, with the line.
    """

    def __init__(self, path: str | Path | None = None):
        self.folder = locate("texts", path)

    @cached_property
    def dev(self) -> list[Text]:
        """The texts to develop with."""
        return self._read("dev")

    @cached_property
    def test(self) -> list[Text]:
        """The texts to measure with."""
        return self._read("test")

    def _read(self, split: str) -> list[Text]:
        path = find_file(self.folder, f"{split}.jsonl")
        return [_text(row, f"{path}:{number}") for number, row in read_jsonl(path, FIELDS)]

    @cached_property
    def _rows(self) -> list[list[str]]:
        return read_table(find_file(self.folder / "kg", "entities.tsv"), ENTITY, header=True)

    @cached_property
    def entities(self) -> Vocabulary:
        """The entities' names, with descriptions and aliases."""
        return Vocabulary(
            [row[0] for row in self._rows],
            descriptions={row[0]: row[3] for row in self._rows if row[3]},
            aliases={row[0]: row[4].split("; ") for row in self._rows if row[4]},
            name="entity",
        )

    @cached_property
    def kinds(self) -> list[str]:
        """Each entity's kind (PERSON, ...), in the order of their ids."""
        return [row[1] for row in self._rows]

    @cached_property
    def categories(self) -> Vocabulary:
        """The entities' categories ("physicist", "city", ...)."""
        return Vocabulary(dict.fromkeys(row[2] for row in self._rows), name="category")

    @cached_property
    def graph(self) -> KnowledgeGraph:
        """All triples; ``graph["entity"].category`` [N] are numbers in :attr:`categories`."""
        path = find_file(self.folder / "kg", "triples.tsv")
        rows = read_table(path, ("head", "relation", "tail"), header=False)
        graph = KnowledgeGraph.from_triples(rows, entities=self.entities)
        graph["entity"].category = torch.tensor(
            [self.categories[row[2]] for row in self._rows], dtype=torch.long
        )
        return graph

    def __repr__(self) -> str:
        return f"Corpus({str(self.folder)!r})"


def _text(row: dict[str, Any], where: str) -> Text:
    try:
        text = Text(
            row["key"],
            row["title"],
            row["text"],
            [(int(start), int(end)) for start, end in row["sentences"]],
            [TextMention(**mention) for mention in row["mentions"]],
            [TextTriple(**triple) for triple in row["triples"]],
        )
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{where}: {error}; a mention has start, end, kind and entity, a triple has head, "
            "relation, tail, sentence, within_sentence and inferred"
        ) from None
    for start, end in [*text.sentences, *((m.start, m.end) for m in text.mentions)]:
        if not 0 <= start < end <= len(text.text):
            raise InputError(
                f"{where}: the span [{start}, {end}) does not lie in the text, which has "
                f"{len(text.text)} characters"
            )
    return text
