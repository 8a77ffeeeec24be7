"""From raw text to triples: how much of what a document states was found, judged by the spans.

An annotated document knows where each entity is mentioned; a predicted triple says where its two
ends stand. *Strict*: an end is an entity if its span is one of the entity's mentions exactly.
*Relaxed*: if it overlaps one (the longest overlap wins). Triples are then compared as sets of
``(entity, relation, entity)`` per document, and counted over all documents (micro).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import InputError
from .scores import Scores, harmonic

Span = tuple[int, int]
Match = Literal["strict", "relaxed"]


@dataclass(frozen=True)
class AnnotatedDocument:
    """What a document truly says: spans of each entity, and the triples between entities."""

    mentions: Mapping[str, Sequence[Span]]
    triples: Sequence[tuple[str, str, str]]


def end_to_end_f1(
    gold: Mapping[str, AnnotatedDocument],
    predicted: Mapping[str, Sequence[tuple[Span, str, Span]]],
    match: Match = "strict",
) -> Scores:
    """Returns precision, recall and F1 of triples read from raw text.

    Args:
        gold: annotated documents by key.
        predicted: for each document its triples ``(subject span, relation, object span)``, spans
            in characters of the document. A document without a prediction counts as empty.
        match: see above. An end that is no entity makes the triple wrong; wrong triples with the
            same two spans and relation count once.

    Raises:
        InputError: a predicted document that is not annotated.
    """
    unknown = sorted(set(predicted) - set(gold))
    if unknown:
        raise InputError(
            f"predictions for document {unknown[0]!r} were given, but it is not among the "
            f"{len(gold)} annotated ones: score the documents that were annotated"
        )
    correct = guessed = expected = 0
    for key, document in gold.items():
        true = set(document.triples)
        found = {
            (
                _entity(subject, document.mentions, match),
                relation,
                _entity(object_, document.mentions, match),
            )
            for subject, relation, object_ in predicted.get(key, ())
        }
        correct += len(true & found)
        guessed += len(found)
        expected += len(true)
    return harmonic(correct, guessed, expected)


def _entity(span: Span, mentions: Mapping[str, Sequence[Span]], match: Match) -> str | Span:
    best, overlap = None, 0
    for entity, spans in mentions.items():
        for start, end in spans:
            if (start, end) == tuple(span):
                return entity
            shared = min(end, span[1]) - max(start, span[0])
            if match == "relaxed" and shared > overlap:
                best, overlap = entity, shared
    return span if best is None else best
