"""What a sentence graph's ids stand for, kept beside the graph and never collated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import InputError


@dataclass(frozen=True)
class SentenceLabels:
    """The strings of one sentence: a token's word, tag, entity kind and dependency label, ...

    `relations` has ``None`` where a pair's relation is to be predicted. `names` are the words that
    masks stand for, ``[PAD]`` elsewhere, where :class:`~graphkg.transforms.Substitute` kept them.
    `off_graph` are gold triples that no edge can hold: a relation that the vocabulary lacks, or a
    subject or object whose string does not occur; an end is the number of a mention or a string.
    """

    words: tuple[str, ...]
    pos: tuple[str, ...]
    ner: tuple[str, ...]
    deprels: tuple[str, ...]
    kinds: tuple[str, ...]
    relations: tuple[str | None, ...]
    names: tuple[str, ...] | None = None
    off_graph: tuple[tuple[int | str, str, int | str], ...] = ()


@dataclass(frozen=True)
class Mention:
    """A mention as a reader sees it: token span (half-open), kind, characters and entity id."""

    start: int
    end: int
    kind: str
    text: str
    chars: tuple[int, int]
    entity: int = -1


def check_heads(heads: Sequence[int], where: str) -> None:
    """Raises unless `heads` (1-based, 0 = root) is a forest: every walk upwards ends in a root."""
    count = len(heads)
    for token, head in enumerate(heads, start=1):
        if not 0 <= head <= count or head == token:
            raise InputError(
                f"{where}: token {token} has head {head}, but heads are 1-based token numbers "
                f"(1-{count}, not the token itself) or 0 for the root"
            )
    above = [head - 1 for head in heads]
    done = [head == 0 for head in heads]
    for start in range(count):
        walk = []
        token = start
        while not done[token]:
            walk.append(token)
            done[token] = True
            token = above[token]
            if token in walk:
                circle = walk[walk.index(token) :]
                raise InputError(
                    f"{where}: the heads of tokens {', '.join(str(t + 1) for t in circle)} form a "
                    "circle, but dependency heads form a tree: check the parse"
                )


def check_spans(mentions: Sequence[tuple[int, int, str]], count: int, where: str) -> None:
    """Raises unless every mention is a non-empty half-open span of the `count` tokens."""
    for number, mention in enumerate(mentions):
        if len(mention) != 3:
            raise InputError(
                f"{where}: mention {number} is {mention!r}, but a mention is (start, end, kind)"
            )
        start, end, kind = mention
        if not 0 <= start < end <= count:
            raise InputError(
                f"{where}: mention {number} ({kind}) has the span [{start}, {end}), but a span is "
                f"half-open and lies in [0, {count}): start < end <= {count}"
            )


def check_pairs(pairs: Sequence[tuple[int, int, str | None]], count: int, where: str) -> None:
    """Raises unless subject and object of every pair are numbers of mentions."""
    for number, pair in enumerate(pairs):
        if len(pair) != 3:
            raise InputError(
                f"{where}: pair {number} is {pair!r}, but a pair is (subject, object, label)"
            )
        subject, object_, label = pair
        if not (0 <= subject < count and 0 <= object_ < count):
            raise InputError(
                f"{where}: pair {number} ({label}) joins mentions {subject} and {object_}, but the "
                f"sentence has {count} mentions (numbered from 0)"
            )


def check_chars(chars: Sequence[tuple[int, int]], text: str, where: str) -> None:
    """Raises unless every character span lies in `text`."""
    for number, (start, end) in enumerate(chars):
        if not 0 <= start <= end <= len(text):
            raise InputError(
                f"{where}: word {number} has the characters [{start}, {end}), but the text has "
                f"{len(text)}: character spans are half-open and count from the text's beginning"
            )


def locate_words(words: Sequence[str], text: str, where: str) -> list[tuple[int, int]]:
    """Finds `words` one after the other in `text`; returns their character spans."""
    spans, position = [], 0
    for number, word in enumerate(words):
        start = text.find(word, position)
        if start < 0:
            raise InputError(
                f"{where}: word {number} ({word!r}) does not occur in the text after character "
                f"{position}: give the text the words were split from, or leave it out"
            )
        spans.append((start, start + len(word)))
        position = start + len(word)
    return spans
