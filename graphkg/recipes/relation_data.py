"""The data sets of relation extraction, brought to one form: parsed, tagged, split, with pairs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..datasets.documents import NO_RELATION, Document, ReDocRED
from ..datasets.fewshot import FewRel
from ..datasets.relations import SemEval, held_out
from ..datasets.tags import mention_kinds_from_ner, with_tags
from ..errors import InputError, nearest
from ..graphs import SentenceGraph
from ..parsing.base import Parser
from ..vocab import Vocabulary

Metric = Literal["semeval", "pairs"]


@dataclass(frozen=True)
class RelationData:
    """Sentences with trees, tags, mentions and labelled pairs, in three splits.

    Attributes:
        name: of the data set.
        train, valid, test: the sentences.
        relations: the labels in the order of their ids.
        negative: the label that stands for no relation, if there is one.
        metric: ``semeval`` (official macro F1) or ``pairs`` (micro F1 without the negative label).
    """

    name: str
    train: list[SentenceGraph]
    valid: list[SentenceGraph]
    test: list[SentenceGraph]
    relations: Vocabulary
    negative: str | None
    metric: Metric

    def protocol(self) -> dict[str, Any]:
        """What a number on these data travels with."""
        sizes = {name: len(getattr(self, name)) for name in ("train", "valid", "test")}
        return {"data": self.name, "sentences": sizes, "metric": self.metric}


def read_semeval(path: str | Path | None, parser: Parser, seed: int | None = None) -> RelationData:
    """SemEval-2010 Task 8: given trees, our tags; a mention's kind is the tag of its head word."""
    source = SemEval(path)
    train, valid = held_out(source.train, 800, seed)

    def tagged(graphs: list[SentenceGraph]) -> list[SentenceGraph]:
        words = (graph.words for graph in graphs)
        return [mention_kinds_from_ner(g) for g in with_tags(graphs, parser.parse_words(words))]

    relations = Vocabulary(source.labels, name="relation")
    parts = [tagged(part) for part in (train, valid, source.test)]
    return RelationData("semeval", parts[0], parts[1], parts[2], relations, None, "semeval")


def read_redocred(path: str | Path | None, parser: Parser, seed: int | None = None) -> RelationData:
    """Re-DocRED: every ordered pair of mentions in a sentence; 60 training documents validate."""
    source = ReDocRED(path)
    order = list(range(len(source.train)))
    random.Random(seed or 0).shuffle(order)
    held = set(order[:60])

    def sentences(documents: Iterable[Document]) -> list[SentenceGraph]:
        found = [g for document in documents for g in document.sentences if g.pairs]
        return attach_parse(found, parser)

    train = sentences(d for n, d in enumerate(source.train) if n not in held)
    valid = sentences(d for n, d in enumerate(source.train) if n in held)
    test = sentences(source.test)
    return RelationData("redocred", train, valid, test, source.relations, NO_RELATION, "pairs")


def read_fewrel(path: str | Path | None, parser: Parser, seed: int | None = None) -> RelationData:
    """FewRel's 16 validation relations as supervised data: 500 / 100 / 100 sentences a relation."""
    source = FewRel(path).val
    by_label = {
        label: [source[number] for number in numbers]
        for label, numbers in source.by_relation.items()
    }
    generator = random.Random(seed or 0)
    parts: list[list[SentenceGraph]] = [[], [], []]
    for graphs in by_label.values():
        generator.shuffle(graphs)
        for part, (start, end) in zip(parts, ((0, 500), (500, 600), (600, 700))):
            part += graphs[start:end]
    tagged = []
    for part in parts:
        words = (graph.words for graph in part)
        parsed = with_tags(part, parser.parse_words(words))
        tagged.append([mention_kinds_from_ner(g) for g in attach_trees(parsed, parser)])
    relations = Vocabulary(sorted(by_label), name="relation")
    train, valid, test = tagged
    return RelationData("fewrel", train, valid, test, relations, None, "pairs")


Reader = Callable[[str | Path | None, Parser, int | None], RelationData]
READERS: dict[str, Reader] = {
    "fewrel": read_fewrel,
    "redocred": read_redocred,
    "semeval": read_semeval,
}


def read_relation_data(
    name: str, path: str | Path | None, parser: Parser, seed: int | None = None
) -> RelationData:
    """Reads a data set by its name in :data:`READERS`.

    Raises:
        InputError: an unknown name, or data that are missing or malformed.
    """
    if name not in READERS:
        raise InputError(
            f"data set {name!r} is not one of {', '.join(READERS)}{nearest(name, list(READERS))}"
        )
    return READERS[name](path, parser, seed)


def attach_parse(graphs: Sequence[SentenceGraph], parser: Parser) -> list[SentenceGraph]:
    """Returns the sentences with trees and part-of-speech tags of `parser`.

    A token's entity tag is the kind of the mention that covers it, so that given mentions look
    as found ones do.
    """
    found = []
    for graph, parsed in zip(graphs, parser.parse_words(graph.words for graph in graphs)):
        tags = ["O"] * len(graph.words)
        for mention in graph.mentions:
            tags[mention.start : mention.end] = [mention.kind] * (mention.end - mention.start)
        found.append(_rebuild(graph, parsed.heads, parsed.labels.deprels, parsed.labels.pos, tags))
    return found


def attach_trees(graphs: Sequence[SentenceGraph], parser: Parser) -> list[SentenceGraph]:
    """Returns the sentences with trees of `parser`, and the tags that they have."""
    parses = parser.parse_words(graph.words for graph in graphs)
    return [
        _rebuild(graph, parsed.heads, parsed.labels.deprels, graph.labels.pos, graph.labels.ner)
        for graph, parsed in zip(graphs, parses)
    ]


def _rebuild(
    graph: SentenceGraph,
    heads: Sequence[int],
    deprels: Sequence[str],
    pos: Sequence[str],
    ner: Sequence[str],
) -> SentenceGraph:
    return SentenceGraph.build(
        graph.words,
        heads,
        deprels,
        pos,
        ner,
        mentions=[(m.start, m.end, m.kind) for m in graph.mentions],
        pairs=graph.pairs,
        text=graph.text,
        chars=graph["token"].chars.tolist(),
        entities=graph["mention"].entity.tolist(),
        key=graph.key,
        offset=int(graph.offset),
    )
