"""TextToGraph: raw text in, a knowledge graph that remembers its sentences out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..graphs import Evidence, KnowledgeGraph, SentenceGraph, Triple
from ..linking import AliasLinker
from ..parsing.base import Parser
from ..parsing.base import documents as keyed_texts
from ..recipes.text_scores import TripleExtractor
from .ends import with_ends
from .journal import Journal, ReadDocument

TOGETHER = 20_000
"""Characters of small documents that are read at once: several times as fast as one by one."""
EXTRACTED = 512
"""Sentences that the extractor gets at once."""


class TextToGraph:
    """Parses texts, extracts triples, merges mentions into entities, and joins it all in a graph.

    Args:
        parser: text -> sentence graphs.
        extractor: sentence graphs -> triples.
        minimum_score: triples with a lower score are left out.

    Example:
        >>> graph = TextToGraph.from_pretrained().build(["Marie Curie was born in Warsaw."])
    """

    def __init__(self, parser: Parser, extractor: TripleExtractor, minimum_score: float = 0.0):
        self.parser, self.extractor, self.minimum_score = parser, extractor, minimum_score

    @classmethod
    def from_pretrained(
        cls, name: str | Path = "default", parser: Parser | None = None, minimum_score: float = 0.0
    ) -> TextToGraph:
        """Loads an extractor (see :func:`graphkg.load`); the bundled parser is the default."""
        from ..parsing import SpacyParser
        from ..recipes.base import load_extractor

        return cls(parser or SpacyParser(), load_extractor(name), minimum_score)

    def read(
        self,
        texts: Iterable[str | tuple[str, str]],
        journal: str | Path | None = None,
    ) -> Iterator[ReadDocument]:
        """Yields what each document says, one after the other; some small ones are read together.

        Args:
            texts: documents, or pairs of a document's key and its text.
            journal: a file that keeps finished documents; those that it holds, with the same
                text, parser and model, are not read again.
        """
        done = self._journal(journal) if journal else None
        for group in _groups(texts):
            found = done.find_all(group) if done else None
            if found is None:
                found = self._read(group)
                if done:
                    done.append_all(found, group)
            yield from found

    def _journal(self, path: str | Path) -> Journal:
        made_by = f"{self.parser!r} {self.extractor.name} {self.extractor.fingerprint}"
        return Journal(path, made_by)

    def _read(self, texts: dict[str, str]) -> list[ReadDocument]:
        sentences: dict[str, list[SentenceGraph]] = {key: [] for key in texts}
        for graph in self.parser.parse(texts.items()):
            sentences[graph.key.rpartition("#")[0]].append(graph)
        everything = [graph for kept in sentences.values() for graph in kept]
        parts = (everything[i : i + EXTRACTED] for i in range(0, len(everything), EXTRACTED))
        triples = iter([found for part in parts for found in self.extractor.extract(part)])
        return [_document(key, kept, islice(triples, len(kept))) for key, kept in sentences.items()]

    def build(
        self,
        texts: Iterable[str | tuple[str, str]],
        journal: str | Path | None = None,
        progress: Callable[[ReadDocument], Any] | None = None,
    ) -> KnowledgeGraph:
        """Builds the graph of all texts.

        Args:
            texts: documents, or pairs of a document's key and its text.
            journal: see :meth:`read`.
            progress: called with each document that was read.

        Returns:
            A graph whose edges are distinct triples, each with its evidence, best first; entities
            carry their other names as aliases.

        Raises:
            InputError: something else than texts, or texts that state nothing: no entity, or no
                triple between two.
        """
        found = []
        for document in self.read(texts, journal):
            found.append(document)
            if progress:
                progress(document)
        return self.join(found)

    def join(self, documents: list[ReadDocument]) -> KnowledgeGraph:
        """Merges mentions over all documents and returns the graph of their triples."""
        mentions = sum(len(g.labels.kinds) for d in documents for g in d.sentences)
        if mentions == 0:
            raise InputError(
                f"no entity was found in {len(documents)} texts, so there is no graph to build: "
                "give texts that name people, places, organisations, works or dates"
            )
        linker = AliasLinker()
        links = iter(linker.link(graph for d in documents for graph in d.sentences))
        found: dict[tuple[str, str, str], list[Evidence]] = {}
        for graph, triples in _sentences(documents):
            entity = {(m.start, m.end): i for m, i in zip(graph.mentions, next(links))}
            for triple in triples:
                ends = (triple.subject, triple.object)
                head, tail = (linker.entities.label(entity[m.start, m.end]) for m in ends)
                if head != tail and triple.score >= self.minimum_score:
                    evidence = Evidence.of(triple, graph, self.extractor.name)
                    found.setdefault((head, triple.relation, tail), []).append(evidence)
        if not found:
            raise InputError(
                f"{mentions} mentions were found in {len(documents)} texts, but no relation "
                "between two of them: give texts that state facts, or a lower minimum score"
            )
        return _graph(found, linker)


def _document(
    key: str, sentences: list[SentenceGraph], triples: Iterable[list[Triple]]
) -> ReadDocument:
    read = [with_ends(*each) for each in zip(sentences, triples)]
    return ReadDocument(key, [graph for graph, _ in read], [found for _, found in read])


def _groups(texts: Iterable[str | tuple[str, str]]) -> Iterator[dict[str, str]]:
    """Yields documents by key, as many at once as `TOGETHER` characters allow, at least one."""
    group: dict[str, str] = {}
    size = 0
    for key, text in keyed_texts(texts):
        if group and (key in group or size + len(text) > TOGETHER):
            yield group
            group, size = {}, 0
        group[key] = text
        size += len(text)
    if group:
        yield group


def _sentences(documents: list[ReadDocument]) -> Iterator[tuple[SentenceGraph, list[Triple]]]:
    for document in documents:
        yield from zip(document.sentences, document.triples)


def _graph(
    found: dict[tuple[str, str, str], list[Evidence]], linker: AliasLinker
) -> KnowledgeGraph:
    graph = KnowledgeGraph.from_triples(found)
    for name in graph.entities:
        graph.entities.aliases[name] = linker.entities.aliases.get(name, [])
    ranked = [sorted(kept, key=lambda e: -e.score) for kept in found.values()]
    return graph.with_evidence(ranked)
