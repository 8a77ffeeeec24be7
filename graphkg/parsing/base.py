"""Parser: texts in, sentence graphs out, one after the other."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import InputError
from ..graphs import SentenceGraph
from ..vocab import Vocabularies
from .names import NameMemory
from .values import find_values, merge_values

PIECE_LIMIT = 20_000
"""Characters that a pipeline reads at once; a longer paragraph is cut between sentences."""

_BREAK = re.compile(r"\n[^\S\n]*(?:\r?\n\s*)+|\r\n[^\S\n]*(?:\r\n\s*)+")
_STOP = re.compile(r"[.!?。！？]['\")\]]*\s+|\n")


@dataclass(frozen=True)
class Piece:
    """A paragraph of a document; `text` begins at character `offset` of it."""

    key: str
    text: str
    offset: int
    first: bool


@dataclass
class Parsed:
    """A parsed sentence; `chars` count in the text of its piece, heads as in CoNLL."""

    words: list[str]
    chars: list[tuple[int, int]]
    heads: list[int]
    deprels: list[str]
    pos: list[str]
    mentions: list[tuple[int, int, str]]


class Parser(ABC):
    """Turns raw text, or sentences of given words, into sentence graphs with a tree and mentions.

    Args:
        values: also mark dates, times, durations, numbers and amounts by rule.
        vocabularies: where labels get their ids; without them see :meth:`SentenceGraph.build`.
    """

    def __init__(self, values: bool = True, vocabularies: Vocabularies | None = None):
        self.values = values
        self.vocabularies = vocabularies

    @property
    def fingerprint(self) -> str:
        """Tells parsers apart that may parse differently; empty if that cannot be known.

        What a parser without one gives is never kept (:mod:`~graphkg.parsing.cache`).
        """
        return ""

    def parse(self, texts: Iterable[str | tuple[str, str]]) -> Iterator[SentenceGraph]:
        """Yields the sentences of the texts in order; only some texts ahead are ever read.

        A sentence's :attr:`key` is ``<document key>#<number of the sentence>``, both from 0, its
        :attr:`offset` the place of its text in the document: the characters of every word are
        ``document[offset + start : offset + end]``. A blank line always ends a sentence. A name
        keeps its kind within a document (:class:`~graphkg.parsing.names.NameMemory`).

        Args:
            texts: documents, or pairs of a document's key and its text.

        Raises:
            InputError: something else than texts.
        """
        number, memory = 0, NameMemory()
        for piece, sentences in self._parse_pieces(cut(documents(texts))):
            if piece.first:
                number, memory = 0, NameMemory()
            for parsed in sentences:
                parsed.mentions = memory.settle(parsed.words, parsed.mentions)
                begin, end = parsed.chars[0][0], max(end for _, end in parsed.chars)
                parsed.chars = [(first - begin, last - begin) for first, last in parsed.chars]
                yield self._graph(
                    parsed, piece.text[begin:end], f"{piece.key}#{number}", piece.offset + begin
                )
                number += 1

    def parse_words(self, sentences: Iterable[Sequence[str]]) -> Iterator[SentenceGraph]:
        """Yields one graph a sentence of given words, which stay as they are; keys count from 0.

        The text of a graph is its words joined by single spaces.

        Args:
            sentences: lists of words.

        Raises:
            InputError: a sentence that is not a list of non-empty words.
        """
        for number, parsed in enumerate(self._parse_lists(word_lists(sentences))):
            yield self._graph(parsed, " ".join(parsed.words), str(number), 0)

    def _graph(self, parsed: Parsed, text: str, key: str, offset: int) -> SentenceGraph:
        mentions = parsed.mentions
        if self.values:
            values = find_values(text, parsed.chars)
            mentions = merge_values(mentions, values, parsed.words) if values else mentions
        tags = ["O"] * len(parsed.words)
        for start, end, kind in mentions:
            tags[start:end] = [kind] * (end - start)
        return SentenceGraph.build(
            parsed.words,
            heads=parsed.heads,
            deprels=parsed.deprels,
            pos=parsed.pos,
            ner=tags,
            mentions=mentions,
            text=text,
            chars=parsed.chars,
            key=key,
            offset=offset,
            vocabularies=self.vocabularies,
        )

    @abstractmethod
    def _parse_pieces(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, Iterable[Parsed]]]:
        """Parses paragraphs in order; sentences without a word are left out."""

    @abstractmethod
    def _parse_lists(self, sentences: Iterator[list[str]]) -> Iterator[Parsed]:
        """Parses sentences of given words; chars are those of the words joined by spaces."""


def documents(texts: Iterable[str | tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Checks the texts one by one and gives those without a key their number."""
    if isinstance(texts, str):
        raise InputError("parse reads several texts, but one string was given: put it in a list")
    for number, given in enumerate(texts):
        pair = (str(number), given) if isinstance(given, str) else given
        if not (isinstance(pair, (tuple, list)) and len(pair) == 2 and isinstance(pair[1], str)):
            raise InputError(
                f"text {number} is {_shown(given)}, but a text is a string or a pair (key, string)"
            )
        key, text = str(pair[0]), pair[1]
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InputError(
                f"document {key!r} has a lone surrogate at character {error.start}, which is no "
                "Unicode text: read the file with errors='replace'"
            ) from None
        yield key, text


def word_lists(sentences: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """Checks sentences of words one by one."""
    for number, given in enumerate(sentences):
        listed = isinstance(given, Sequence) and not isinstance(given, str)
        if not listed or not given or not all(isinstance(x, str) and x for x in given):
            raise InputError(
                f"sentence {number} is {_shown(given)}, but a sentence is a list of words, none of "
                "them empty: split the text into words, or give it to parse()"
            )
        yield list(given)


def cut(texts: Iterable[tuple[str, str]], limit: int = PIECE_LIMIT) -> Iterator[Piece]:
    """Cuts documents at blank lines, and what is longer than `limit` after a sentence's end."""
    for key, text in texts:
        first, start = True, 0
        while start < len(text) or first:
            gap = _BREAK.search(text, start, start + limit)
            end = gap.end() if gap else _cut_at(text, start, limit)
            yield Piece(key, text[start:end], start, first)
            first, start = False, end


def _cut_at(text: str, start: int, limit: int) -> int:
    """Where a piece that begins at `start` and has no blank line ends."""
    end = start + limit
    if end >= len(text):
        return len(text)
    half = start + limit // 2
    stops = [stop.end() for stop in _STOP.finditer(text, half, end)]
    return stops[-1] if stops else max(text.rfind(" ", half, end), end - 1) + 1


def _shown(given: object) -> str:
    shown = repr(given)
    return f"{type(given).__name__} {shown if len(shown) < 60 else shown[:57] + '...'}"
