"""Trees, tags and kinds of mentions for labelled sentences that lack them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from ..datasets.relation_rows import UNKNOWN_TAG
from ..datasets.tags import mention_kinds_from_ner, with_tags
from ..graphs import SentenceGraph
from ..graphs.sentence import DEP
from ..parsing.base import Parser

TypeSource = Literal["ner", "constant"]
ENTITY = "ENTITY"
"""The kind of every mention where kinds are constant."""


def tagged(graphs: Sequence[SentenceGraph], parser: Parser) -> list[SentenceGraph]:
    """Returns the sentences with tags of `parser`; a mention's kind is that of its head word."""
    parses = parser.parse_words(graph.words for graph in graphs)
    return [mention_kinds_from_ner(graph) for graph in with_tags(graphs, parses)]


def parsed(graphs: Sequence[SentenceGraph], parser: Parser) -> list[SentenceGraph]:
    """Returns the sentences with trees and tags of `parser`, and kinds as :func:`tagged` does."""
    parses = parser.parse_words(graph.words for graph in graphs)
    return [
        mention_kinds_from_ner(_rebuild(graph, parse, parse.labels.ner))
        for graph, parse in zip(graphs, parses)
    ]


def completed(graphs: Sequence[SentenceGraph], parser: Parser) -> list[SentenceGraph]:
    """Returns the sentences with what they lack of tree, tags and kinds; the rest stays.

    A sentence that lacks nothing is not parsed.
    """
    lacking = [number for number, graph in enumerate(graphs) if _lacks(graph)]
    found = list(graphs)
    parses = parser.parse_words(graphs[number].words for number in lacking)
    for number, parse in zip(lacking, parses):
        found[number] = _fill_in(graphs[number], parse)
    return [_fill_kinds(graph) for graph in found]


def with_constant_kinds(graphs: Sequence[SentenceGraph]) -> list[SentenceGraph]:
    """Returns the sentences with the kind ``ENTITY`` for every mention."""
    return [_with_kinds(graph, [ENTITY] * len(graph.labels.kinds)) for graph in graphs]


def attach_parse(graphs: Sequence[SentenceGraph], parser: Parser) -> list[SentenceGraph]:
    """Returns the sentences with trees and part-of-speech tags of `parser`.

    A token's entity tag is the kind of the mention that covers it, so that given mentions look
    as found ones do.
    """
    found = []
    for graph, parse in zip(graphs, parser.parse_words(graph.words for graph in graphs)):
        tags = ["O"] * len(graph.words)
        for mention in graph.mentions:
            tags[mention.start : mention.end] = [mention.kind] * (mention.end - mention.start)
        found.append(_rebuild(graph, parse, tags))
    return found


def _lacks(graph: SentenceGraph) -> bool:
    labels = graph.labels
    return not _has_tree(graph) or labels.pos[0] == UNKNOWN_TAG or labels.ner[0] == UNKNOWN_TAG


def _has_tree(graph: SentenceGraph) -> bool:
    return len(graph.words) == 1 or graph[DEP].edge_index.size(1) > 0


def _fill_in(graph: SentenceGraph, parse: SentenceGraph) -> SentenceGraph:
    """Takes tree, part-of-speech and entity tags from `parse`, each if `graph` has none."""
    ours, theirs = graph.labels, parse.labels
    ner = theirs.ner if ours.ner[0] == UNKNOWN_TAG else ours.ner
    if not _has_tree(graph):
        graph = _rebuild(graph, parse, ner)
    pos = theirs.pos if ours.pos[0] == UNKNOWN_TAG else ours.pos
    return graph.with_labels(replace(graph.labels, pos=pos, ner=ner))


def _fill_kinds(graph: SentenceGraph) -> SentenceGraph:
    """Takes a mention's kind from its head word if it has none."""
    given = graph.labels.kinds
    if UNKNOWN_TAG not in given:
        return graph
    found = mention_kinds_from_ner(graph).labels.kinds
    return _with_kinds(graph, [g if g != UNKNOWN_TAG else f for g, f in zip(given, found)])


def _with_kinds(graph: SentenceGraph, kinds: Sequence[str]) -> SentenceGraph:
    return graph.with_labels(replace(graph.labels, kinds=tuple(kinds)))


def _rebuild(graph: SentenceGraph, parse: SentenceGraph, ner: Sequence[str]) -> SentenceGraph:
    """Returns the sentence with the tree and the part-of-speech tags of `parse`."""
    return SentenceGraph.build(
        graph.words,
        parse.heads,
        parse.labels.deprels,
        parse.labels.pos,
        ner,
        mentions=[(m.start, m.end, m.kind) for m in graph.mentions],
        pairs=graph.pairs,
        text=graph.text,
        chars=graph["token"].chars.tolist(),
        entities=graph["mention"].entity.tolist(),
        key=graph.key,
        offset=int(graph.offset),
    )
