"""Texts for JAKET: read from files, their names linked, cut into sentence graphs with pieces."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from ..datasets.base import read_jsonl, read_text
from ..datasets.triples import TripleData
from ..datasets.words import split_words
from ..errors import InputError
from ..graphs import SentenceGraph
from ..linking import Match, NameMatcher
from ..transforms import ToPieces
from .node_texts import short_name

ENDINGS = (".jsonl", ".jsonl.gz", ".txt", ".txt.gz", ".md")
STOPS = frozenset(". ! ? … ...".split())
KIND = "ENTITY"


class Text(NamedTuple):
    """A text and its name."""

    key: str
    text: str


@dataclass(frozen=True)
class LinkedTexts:
    """Texts as a model reads them.

    Attributes:
        graphs: chunks in the order of the texts; ``graph.offset`` is where one begins in its text,
            whose name is its key up to the last ``#``.
        counts: ``texts``, ``chunks``, ``words``, ``linked`` mentions and ``ambiguous`` names.
    """

    graphs: list[SentenceGraph]
    counts: dict[str, int]


def entity_names(data: TripleData) -> Iterator[tuple[str, int]]:
    """Yields every name of every entity with its id: readable names, or labels, and aliases."""
    for number, label in enumerate(data.entities):
        yield short_name(data, label), number
        for alias in data.entities.aliases.get(label, ()):
            yield alias, number


def matcher_of(data: TripleData) -> NameMatcher:
    """Returns what finds the entities' names in texts.

    Ordinary words are those that the entities' descriptions have in lower case.
    """
    texts = data.entities.descriptions.values()
    ordinary = {word for text in texts for word in split_words(text)[0] if word.islower()}
    return NameMatcher(entity_names(data), lambda name: split_words(name)[0], ordinary)


def own_texts(data: TripleData) -> list[Text]:
    """Returns the descriptions of the entities."""
    found = data.entities.descriptions
    return [Text(label, found[label]) for label in data.entities if found.get(label)]


def read_texts(path: str | Path) -> list[Text]:
    """Reads a file of texts, or those in a folder.

    Args:
        path: ``.jsonl`` has an object with ``text`` (and perhaps ``key``) a line; in ``.txt`` and
            ``.md`` texts are separated by blank lines. Any may end in ``.gz``.

    Raises:
        InputError: a path that does not exist, a file of another kind, or one without texts.
    """
    path = Path(path)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.name.endswith(ENDINGS))
        if not files:
            raise InputError(
                f"{path} holds no texts, but files that end in {', '.join(ENDINGS)} were expected"
            )
        return [text for file in files for text in read_texts(file)]
    if not path.name.endswith(ENDINGS):
        raise InputError(f"{path} is no file of texts: give one that ends in {', '.join(ENDINGS)}")
    if ".jsonl" in path.name:
        rows = read_jsonl(path, ["text"])
        found = [
            Text(str(row.get("key", f"{path.name}:{line}")), str(row["text"])) for line, row in rows
        ]
    else:
        parts = read_text(path).split("\n\n")
        found = [Text(f"{path.name}:{n}", part) for n, part in enumerate(parts, 1)]
    return [text for text in found if text.text.strip()]


def link_texts(
    texts: Iterable[Text], matcher: NameMatcher, tokenizer: Any, limit: int
) -> LinkedTexts:
    """Finds names in texts and cuts these into chunks with word pieces.

    A chunk ends where a sentence ends, else between words that are not of one mention; a mention
    that is longer than a chunk is dropped.

    Args:
        texts: may be of any length.
        matcher: links names to entity ids.
        tokenizer: of the encoder, a fast one.
        limit: most pieces of a chunk, the special ones included.
    """
    to_pieces, room = ToPieces(tokenizer, limit=limit, keep="start"), limit - 2
    graphs: list[SentenceGraph] = []
    counts = dict.fromkeys(("texts", "chunks", "words", "linked", "ambiguous"), 0)
    texts = list(texts)
    split = [split_words(text) for _, text in texts]
    lengths = _lengths({word for words, _ in split for word in words}, tokenizer)
    for (key, text), (words, chars) in zip(texts, split):
        linked, ambiguous = matcher.match(words)
        pieces = [lengths[word] for word in words]
        for number, (start, end) in enumerate(cut(words, pieces, linked, room)):
            inside = [m for m in linked if start <= m.start and m.end <= end]
            graph = _chunk(text, words, chars, inside, start, end, f"{key}#{number}")
            graphs.append(to_pieces(graph))
            counts["linked"] += len(inside)
        counts["texts"] += 1
        counts["words"] += len(words)
        counts["ambiguous"] += ambiguous
    counts["chunks"] = len(graphs)
    return LinkedTexts(graphs, counts)


def cut(
    words: Sequence[str], pieces: Sequence[int], mentions: Sequence[Match], room: int
) -> list[tuple[int, int]]:
    """Returns the spans of words of the chunks of a text, each of at most `room` pieces.

    A chunk has as many sentences as fit; a sentence that does not fit is cut before a word that
    continues no mention. Only a mention or a word longer than `room` makes another cut.

    Args:
        words: of the text.
        pieces: how many pieces each word has.
        mentions: disjoint, rising.
        room: pieces of a chunk.

    Example:
        >>> cut("A b . C d e . F .".split(), [1] * 9, [], 5)
        [(0, 3), (3, 7), (7, 9)]
    """
    continued = {place for m in mentions for place in range(m.start + 1, m.end)}
    free = [place for place in range(1, len(words) + 1) if place not in continued]
    stops = [place for place in free if words[place - 1] in STOPS]
    before = [0, *accumulate(pieces)]
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(words):
        last = bisect_right(before, before[start] + room) - 1
        end = len(words) if last >= len(words) else max(last, start + 1)
        if end < len(words):
            end = _last(stops, start, end) or _last(free, start, end) or end
        spans.append((start, end))
        start = end
    return spans


def _last(places: list[int], start: int, end: int) -> int | None:
    """The last of some rising places that is behind `start` and not behind `end`."""
    found = bisect_right(places, end) - 1
    return places[found] if found >= 0 and places[found] > start else None


def _lengths(words: Collection[str], tokenizer: Any) -> dict[str, int]:
    """How many pieces each of some distinct words has, which depends on no other word."""
    rows = sorted(words)
    if not rows:
        return {}
    given = tokenizer([[row] for row in rows], is_split_into_words=True, add_special_tokens=False)
    return {word: len(ids) for word, ids in zip(rows, given["input_ids"])}


def _chunk(
    text: str,
    words: Sequence[str],
    chars: Sequence[tuple[int, int]],
    mentions: Sequence[Match],
    start: int,
    end: int,
    key: str,
) -> SentenceGraph:
    first, last = chars[start][0], chars[end - 1][1]
    return SentenceGraph.build(
        words[start:end],
        mentions=[(m.start - start, m.end - start, KIND) for m in mentions],
        text=text[first:last],
        chars=[(a - first, b - first) for a, b in chars[start:end]],
        entities=[m.entity for m in mentions],
        key=key,
        offset=first,
    )
