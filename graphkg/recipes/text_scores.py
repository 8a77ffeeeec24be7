"""Scores from raw text: parse, extract, and compare with what documents truly state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from ..datasets.corpus import Corpus, Text
from ..datasets.documents import Document, ReDocRED
from ..errors import InputError
from ..graphs import Evidence, SentenceGraph, Triple
from ..metrics.end_to_end import AnnotatedDocument, end_to_end_f1
from ..metrics.scores import Scores, table
from ..parsing.base import Parser


class TripleExtractor(Protocol):
    """What reads triples from parsed sentences: mention pairs with f, or QIDN."""

    name: str
    fingerprint: str

    def extract(self, graphs: Sequence[SentenceGraph]) -> list[list[Triple]]:
        """Returns the triples of each sentence."""


@dataclass(frozen=True)
class AnnotatedText:
    """A raw text and its annotation, spans in characters of the text."""

    key: str
    text: str
    gold: AnnotatedDocument


@dataclass(frozen=True)
class TextScores:
    """Triples from raw text against the annotation, see :mod:`graphkg.metrics.end_to_end`."""

    strict: Scores
    relaxed: Scores
    protocol: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Returns scores and protocol."""
        rows = {"strict": self.strict.to_dict(), "relaxed": self.relaxed.to_dict()}
        return {**rows, "protocol": self.protocol}

    def __str__(self) -> str:
        return table({"strict": self.strict, "relaxed": self.relaxed}, "triples")


def annotated_texts(
    name: str | Path, split: str = "test", everything: bool = False
) -> list[AnnotatedText]:
    """Reads annotated texts.

    Args:
        name: ``redocred`` (in ``$GRAPHKG_DATA``), or a folder as ``datasets/texts``.
        split: ``test``, ``dev`` (texts) or ``train`` (Re-DocRED).
        everything: also count triples whose entities never share a sentence (Re-DocRED).

    Raises:
        InputError: an unknown split, or data that are missing.
    """
    redocred = str(name) == "redocred"
    splits = ("train", "test") if redocred else ("dev", "test")
    if split not in splits:
        raise InputError(f"{name} has no split {split!r}: ask for {' or '.join(splits)}")
    source: Any = ReDocRED() if redocred else Corpus(name)
    documents = getattr(source, split)
    if isinstance(source, ReDocRED):
        return [_from_document(document, everything) for document in documents]
    return [_from_text(text) for text in documents]


def extract_evidence(
    texts: Iterable[tuple[str, str]], parser: Parser, extractor: TripleExtractor, chunk: int = 64
) -> dict[str, list[Evidence]]:
    """Returns the triples of each document, as evidence with document offsets."""
    found: dict[str, list[Evidence]] = {}
    for _, group in groupby(enumerate(parser.parse(texts)), key=lambda item: item[0] // chunk):
        sentences = [graph for _, graph in group]
        for graph, triples in zip(sentences, extractor.extract(sentences)):
            for triple in triples:
                evidence = Evidence.of(triple, graph, extractor.name)
                found.setdefault(evidence.document, []).append(evidence)
    return found


def score_evidence(
    texts: Sequence[AnnotatedText], evidence: Mapping[str, Sequence[Evidence]]
) -> dict[str, Scores]:
    """Scores the triples found in each document, ``strict`` and ``relaxed``."""
    predicted = {
        key: [
            ((e.subject_start, e.subject_end), e.relation, (e.object_start, e.object_end))
            for e in kept
        ]
        for key, kept in evidence.items()
    }
    gold = {text.key: text.gold for text in texts}
    return {match: end_to_end_f1(gold, predicted, match) for match in ("strict", "relaxed")}


def score_texts(
    texts: Sequence[AnnotatedText], parser: Parser, extractor: TripleExtractor, **protocol: Any
) -> TextScores:
    """Reads every text and scores the triples found."""
    evidence = extract_evidence(((t.key, t.text) for t in texts), parser, extractor)
    scores = score_evidence(texts, evidence)
    more = {"documents": len(texts), "parser": repr(parser), "model": extractor.name}
    return TextScores(scores["strict"], scores["relaxed"], {**protocol, **more})


def _from_text(text: Text) -> AnnotatedText:
    mentions: dict[str, list[tuple[int, int]]] = {}
    for mention in text.mentions:
        mentions.setdefault(mention.entity, []).append((mention.start, mention.end))
    triples = [(t.head, t.relation, t.tail) for t in text.triples]
    return AnnotatedText(text.key, text.text, AnnotatedDocument(mentions, triples))


def _from_document(document: Document, everything: bool) -> AnnotatedText:
    """Joins the sentences by blanks; an entity is named by its number."""
    parts: list[str] = []
    mentions: dict[str, list[tuple[int, int]]] = {}
    start = 0
    for graph, entities in zip(document.sentences, document.mention_entities):
        for mention, entity in zip(graph.mentions, entities):
            span = (start + mention.chars[0], start + mention.chars[1])
            mentions.setdefault(str(entity), []).append(span)
        parts.append(graph.text)
        start += len(graph.text) + 1
    chosen = document.triples if everything else document.within_sentence()
    triples = [(str(t.head), t.relation, str(t.tail)) for t in chosen]
    return AnnotatedText(document.title, " ".join(parts), AnnotatedDocument(mentions, triples))
