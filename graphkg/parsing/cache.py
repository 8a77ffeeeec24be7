"""Parses of given words are kept on disk: a data set is parsed once by each parser."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..graphs import SentenceGraph
from .base import Parsed, Parser, Piece, word_lists
from .parse_store import ParseStore

log = logging.getLogger(__name__)

CHUNK = 1024
"""Sentences that are looked up, and the missing ones of them parsed, at once."""


def cached(parser: Parser) -> Parser:
    """Returns the parser with the user's cache, or as it is where nothing can be kept.

    The cache lies in ``$GRAPHKG_CACHE`` (``off`` = none), or in the platform's folder for such
    files: ``$XDG_CACHE_HOME/graphkg`` or ``~/.cache/graphkg`` on Linux.
    """
    folder = cache_folder()
    if folder is None or not parser.fingerprint:
        return parser
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.debug("no cache of parses: %s", error)
        return parser
    return CachedParser(parser, folder) if os.access(folder, os.W_OK) else parser


def cache_folder() -> Path | None:
    """Returns where graphkg keeps what it can compute again, if anywhere."""
    named = os.environ.get("GRAPHKG_CACHE")
    if named:
        return None if named == "off" else Path(named)
    try:
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "graphkg"
        usual = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
        return (Path(usual) if usual else Path.home() / ".cache") / "graphkg"
    except RuntimeError:  # no home
        return None


class CachedParser(Parser):
    """A parser that looks given words up before it parses them; raw texts are always parsed.

    Graphs are the same with and without the cache. Several processes may use one folder: each
    writes files of its own, which appear whole or not at all.

    Args:
        parser: what parses; its `fingerprint` names the folder of its parses.
        folder: the cache.

    Raises:
        InputError: the parser has no fingerprint.
    """

    def __init__(self, parser: Parser, folder: str | Path):
        super().__init__(parser.values, parser.vocabularies)
        if not parser.fingerprint:
            raise InputError(
                f"{parser!r} has no fingerprint, so its parses cannot be kept apart from those of "
                "others: give it one, or use it without a cache"
            )
        self.parser = parser
        self.folder = Path(folder) / "parses" / parser.fingerprint[:32]

    @property
    def fingerprint(self) -> str:
        """That of the parser."""
        return self.parser.fingerprint

    def parse(self, texts: Iterable[str | tuple[str, str]]) -> Iterator[SentenceGraph]:
        """Yields the sentences of texts as the parser does."""
        return self.parser.parse(texts)

    def parse_words(self, sentences: Iterable[Sequence[str]]) -> Iterator[SentenceGraph]:
        """Yields one graph a sentence of given words, from the cache or from the parser."""
        checked, first = word_lists(sentences), 0
        with ParseStore(self.folder) as store:
            while chunk := list(islice(checked, CHUNK)):
                for words, row in zip(chunk, self._rows(chunk, store)):
                    yield self._cached_graph(words, row, str(first))
                    first += 1

    def _rows(self, chunk: list[list[str]], store: ParseStore) -> list[dict[str, Any]]:
        """Returns what the parser gives for each sentence; what is new goes to the store."""
        keys = [key_of(words) for words in chunk]
        rows = {key: store.get(key, len(words)) for key, words in zip(keys, chunk)}
        missing = {key: words for key, words in zip(keys, chunk) if rows[key] is None}
        for key, graph in zip(missing, self.parser.parse_words(missing.values())):
            found = row_of(graph)
            store.add(key, found)
            rows[key] = found
        return [row for key in keys if (row := rows[key]) is not None]

    def _cached_graph(self, words: list[str], row: dict[str, Any], key: str) -> SentenceGraph:
        starts = accumulate((len(word) + 1 for word in words), initial=0)
        return SentenceGraph.build(
            words,
            row["heads"],
            row["deprels"],
            row["pos"],
            row["ner"],
            mentions=[(start, end, kind) for start, end, kind in row["mentions"]],
            chars=[(start, start + len(word)) for start, word in zip(starts, words)],
            key=key,
            vocabularies=self.vocabularies,
        )

    def _parse_pieces(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, Iterable[Parsed]]]:
        return self.parser._parse_pieces(pieces)

    def _parse_lists(self, sentences: Iterator[list[str]]) -> Iterator[Parsed]:
        return self.parser._parse_lists(sentences)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.parser!r})"


def key_of(words: Sequence[str]) -> str:
    """Returns the checksum of a sentence's words."""
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def row_of(graph: SentenceGraph) -> dict[str, Any]:
    """Returns what a parser found out about the words of a sentence."""
    return {
        "heads": graph.heads,
        "deprels": list(graph.labels.deprels),
        "pos": list(graph.labels.pos),
        "ner": list(graph.labels.ner),
        "mentions": [[m.start, m.end, m.kind] for m in graph.mentions],
    }
