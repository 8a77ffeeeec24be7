"""What was found in sentences against their gold triples and mentions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ..graphs import Mention, SentenceGraph, Triple, gold_mentions, gold_triples
from ..graphs.gold import End
from ..metrics.extraction_scores import ExtractionScores, score_extraction

Found = tuple[list[Triple], list[Mention]]


def score_found(
    graphs: Sequence[SentenceGraph],
    found: Sequence[Found],
    match: str,
    typed: bool,
    relations: Collection[str],
    protocol: dict[str, Any],
) -> ExtractionScores:
    """Scores triples, and with kinds also mentions, by every rule that applies.

    Args:
        graphs: the sentences with all that is gold.
        found: the triples and the mentions found in each.
        match: the headline's rule.
        typed: whether kinds were asked for.
        relations: those that the system knows.
        protocol: what the scores travel with.
    """
    more: dict[str, Any] = {}
    if typed:
        more["gold_mentions"] = [gold_mentions(graph) for graph in graphs]
        more["predicted_mentions"] = [
            {(m.start, m.end, m.kind) for m in mentions} for _, mentions in found
        ]
    return score_extraction(
        [gold_triples(graph) for graph in graphs],
        [stated(triples) for triples, _ in found],
        match,
        relations=relations,
        protocol=protocol,
        **more,
    )


def stated(triples: Sequence[Triple]) -> list[tuple[End, str, End]]:
    """Returns triples in the form of :func:`~graphkg.graphs.gold_triples`."""
    return [(_end(t.subject), t.relation, _end(t.object)) for t in triples]


def _end(mention: Mention) -> End:
    return mention.text, (mention.start, mention.end), mention.kind
