"""Ends of triples as mentions: what a model found by itself joins what the parser found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..graphs import Mention, SentenceGraph, Triple
from ..graphs.gold import UNTYPED

Span = tuple[int, int]


def with_ends(graph: SentenceGraph, triples: list[Triple]) -> tuple[SentenceGraph, list[Triple]]:
    """Returns a sentence that has both ends of all triples as mentions, and triples with kinds.

    An end where the parser found a mention is that mention. Another one is a new mention, of the
    kind of the parser's mention whose last words it is (``Curie`` of ``Marie Curie``, as models of
    last words say it), else of its own. An end without a kind gets that of its mention.
    """
    own = graph.mentions
    kinds = {(mention.start, mention.end): mention.kind for mention in own}
    new: dict[Span, str] = {}
    for end in (end for triple in triples for end in (triple.subject, triple.object)):
        if (end.start, end.end) not in kinds:
            new[end.start, end.end] = _kind(end, own)
    kinds |= new
    if new:
        graph = graph.with_mentions([(*span, kind) for span, kind in new.items()])
    found = [
        replace(t, subject=_typed(t.subject, kinds), object=_typed(t.object, kinds))
        for t in triples
    ]
    return graph, found


def _kind(end: Mention, mentions: Sequence[Mention]) -> str:
    """The kind of the shortest mention whose last words the end is, or its own."""
    longer = [m for m in mentions if m.end == end.end and m.start < end.start]
    return max(longer, key=lambda mention: mention.start).kind if longer else end.kind


def _typed(mention: Mention, kinds: dict[Span, str]) -> Mention:
    kind = kinds[mention.start, mention.end] if mention.kind == UNTYPED else mention.kind
    return replace(mention, kind=kind)
