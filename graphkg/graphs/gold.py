"""What a sentence states, as plain values that metrics compare: ends, triples and mentions."""

from __future__ import annotations

from .sentence import SentenceGraph

Span = tuple[int, int]
End = tuple[str, "Span | None", str]
"""Subject or object: its text, its token span (``None``: it does not occur), its kind."""

UNTYPED = "_"
"""The kind of a mention that has none."""


def end_of(graph: SentenceGraph, start: int, end: int, kind: str = UNTYPED) -> End:
    """Returns the tokens ``[start, end)`` of a sentence as an end of a triple."""
    chars = graph["token"].chars
    return graph.text[int(chars[start, 0]) : int(chars[end - 1, 1])], (start, end), kind


def gold_triples(graph: SentenceGraph) -> list[tuple[End, str, End]]:
    """Returns every gold triple of a sentence: those of its edges, then those that none holds.

    The latter (``graph.labels.off_graph``) are beyond the reach of a model, but count as gold: a
    recall without them is too high.
    """
    ends: list[End] = [(m.text, (m.start, m.end), m.kind) for m in graph.mentions]

    def end(given: int | str) -> End:
        return ends[given] if isinstance(given, int) else (given, None, UNTYPED)

    held = [(ends[s], r, ends[o]) for s, o, r in graph.pairs if r is not None]
    return [*held, *((end(s), r, end(o)) for s, r, o in graph.labels.off_graph)]


def gold_mentions(graph: SentenceGraph) -> set[tuple[int, int, str]]:
    """Returns the mentions of a sentence as ``(start, end, kind)``."""
    return {(m.start, m.end, m.kind) for m in graph.mentions}
