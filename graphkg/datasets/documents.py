"""Documents with all their mentions, entities and triples: Re-DocRED."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..graphs import SentenceGraph
from ..vocab import Vocabulary
from .base import find_file, locate, read_jsonl, read_table
from .words import drop_blanks, join_words

NO_RELATION = "no_relation"
KINDS = {
    "PER": "PERSON",
    "ORG": "ORGANIZATION",
    "LOC": "LOCATION",
    "MISC": "MISC",
    "TIME": "DATE",
    "NUM": "NUMBER",
}


@dataclass(frozen=True)
class DocumentTriple:
    """A triple between two entities of a document.

    Attributes:
        head, tail: numbers of entities in the document.
        evidence: numbers of the sentences that state it; may be empty.
    """

    head: int
    relation: str
    tail: int
    evidence: tuple[int, ...]


@dataclass(frozen=True)
class Document:
    """A document: sentences with mentions and pairs, and the triples between its entities.

    Attributes:
        title: unique in the data set; sentence n has the key ``title#n``.
        sentences: one graph a sentence, without trees and tags.
        names: each entity's longest mention.
        mention_entities: for each sentence, the entity of each of its mentions.
        triples: all triples, also those that no single sentence can state.
    """

    title: str
    sentences: list[SentenceGraph]
    names: list[str]
    mention_entities: list[list[int]]
    triples: list[DocumentTriple]

    def within_sentence(self) -> list[DocumentTriple]:
        """The triples whose two entities share a sentence."""
        together = [set(entities) for entities in self.mention_entities]
        return [t for t in self.triples if any({t.head, t.tail} <= found for found in together)]

    def __repr__(self) -> str:
        sizes = f"{len(self.sentences)} sentences, {len(self.names)} entities"
        return f"Document({self.title!r}, {sizes}, {len(self.triples)} triples)"


class ReDocRED:
    """Re-DocRED (Tan et al., 2022): documents in which (nearly) every triple is annotated.

    The pairs of a sentence are all ordered pairs of mentions of different entities. A pair has
    one edge for each relation that its entities have, or one edge ``no_relation``: a true
    negative. Kinds are PERSON, ORGANIZATION, LOCATION, MISC, DATE and NUMBER; relations have
    their English names. Words made of white space are left out, the same span marked twice for
    one entity counts once.

    Args:
        path: the folder with ``train.docs.jsonl``, ``test.docs.jsonl`` (also ``.gz``) and
            ``relations.tsv``; by default ``$GRAPHKG_DATA/redocred``.
        evidence_only: give a pair a relation only in the sentences named as its evidence (or if
            none is named), instead of wherever both entities stand.

    Raises:
        InputError: missing or malformed files, with the line.
    """

    def __init__(self, path: str | Path | None = None, evidence_only: bool = False):
        self.folder = locate("redocred", path)
        self.evidence_only = evidence_only
        table = read_table(find_file(self.folder, "relations.tsv"), ("pid", "name"), header=False)
        self._names = dict(table)
        self.relations = Vocabulary([NO_RELATION, *(name for _, name in table)], name="relation")

    @cached_property
    def train(self) -> list[Document]:
        """The training documents, in the order of the file."""
        return self._read("train")

    @cached_property
    def test(self) -> list[Document]:
        """The test documents, in the order of the file."""
        return self._read("test")

    def _read(self, split: str) -> list[Document]:
        path = find_file(self.folder, f"{split}.docs.jsonl")
        rows = read_jsonl(path, ("title", "sentences", "entities", "triples"))
        return [self._document(row, f"{path}:{number}") for number, row in rows]

    def _document(self, row: dict[str, Any], where: str) -> Document:
        triples = []
        for triple in row["triples"]:
            if triple["relation"] not in self._names:
                raise InputError(
                    f"{where}: the relation {triple['relation']!r} is not in relations.tsv, which "
                    f"has {len(self._names)} relations: add it there"
                )
            if not {triple["head"], triple["tail"]} <= set(range(len(row["entities"]))):
                raise InputError(
                    f"{where}: a triple joins entities {triple['head']} and {triple['tail']}, but "
                    f"the document has {len(row['entities'])} (numbered from 0)"
                )
            name, evidence = self._names[triple["relation"]], tuple(triple["evidence"])
            triples.append(DocumentTriple(triple["head"], name, triple["tail"], evidence))
        marks = _marks(row, where)
        sentences, entities = [], []
        for number, words in enumerate(row["sentences"]):
            entities.append([entity for _, _, _, entity in marks[number]])
            pairs = self._pairs(entities[-1], triples, number)
            key = f"{row['title']}#{number}"
            sentences.append(_sentence(words, marks[number], pairs, key, where))
        names = [max((m["name"] for m in marked), key=len) for marked in row["entities"]]
        return Document(row["title"], sentences, names, entities, triples)

    def _pairs(
        self, entities: Sequence[int], triples: Sequence[DocumentTriple], sentence: int
    ) -> list[tuple[int, int, str]]:
        stated: dict[tuple[int, int], list[str]] = {}
        for triple in triples:
            here = not triple.evidence or sentence in triple.evidence
            if here or not self.evidence_only:
                stated.setdefault((triple.head, triple.tail), []).append(triple.relation)
        return [
            (s, o, relation)
            for s, subject in enumerate(entities)
            for o, object_ in enumerate(entities)
            if subject != object_
            for relation in stated.get((subject, object_), [NO_RELATION])
        ]

    def __repr__(self) -> str:
        return f"ReDocRED({str(self.folder)!r}, evidence_only={self.evidence_only})"


Mark = tuple[int, int, str, int]


def _marks(row: dict[str, Any], where: str) -> list[list[Mark]]:
    """For each sentence its marks ``(start, end, kind, entity)``, by place, each once."""
    marks: list[dict[Mark, None]] = [{} for _ in row["sentences"]]
    for entity, mentions in enumerate(row["entities"]):
        for mention in mentions:
            kind, sentence = mention["kind"], mention["sentence"]
            if kind not in KINDS or not 0 <= sentence < len(marks):
                raise InputError(
                    f"{where}: the mention {mention['name']!r} has the kind {kind!r} and stands in "
                    f"sentence {sentence}, but kinds are {', '.join(KINDS)} and the document has "
                    f"{len(marks)} sentences (numbered from 0)"
                )
            marks[sentence][mention["start"], mention["end"], KINDS[kind], entity] = None
    return [sorted(found, key=lambda mark: (mark[0], mark[1], mark[3])) for found in marks]


def _sentence(
    tokens: list[str],
    marks: list[Mark],
    pairs: list[tuple[int, int, str]],
    key: str,
    where: str,
) -> SentenceGraph:
    words, places = drop_blanks(tokens)
    try:
        spans = [(places[start], places[end], kind) for start, end, kind, _ in marks]
    except IndexError:
        raise InputError(
            f"{where}: a mention of sentence {key!r} ends after its {len(tokens)} words: spans are "
            "half-open and in words"
        ) from None
    text, chars = join_words(words)
    try:
        return SentenceGraph.build(
            words, mentions=spans, pairs=pairs, text=text, chars=chars, key=key
        )
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
