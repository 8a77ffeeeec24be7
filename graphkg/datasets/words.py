"""Words and the text they stand in: splitting one, joining the other, always with offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# In order: the stem of "don't", "n't", "'s" and its like, initials ("U.S."), numbers with inner
# points or commas, words with inner hyphens, dots as one token, and any other sign by itself.
WORD = re.compile(
    r"[^\W\d_]+(?=n't\b)|n't\b|'(?:s|re|ve|ll|d|m)\b|(?:[A-Z]\.){2,}|\d+(?:[.,:]\d+)+"
    r"|\w+(?:-\w+)*|\.{2,}|-{2,}|\S",
    re.IGNORECASE,
)
SPACED = re.compile(r"\S+")
NO_SPACE_BEFORE = frozenset(". , ; : ! ? ) ] } % ' 's 're 've 'll 'd 'm n't ’s ’ ” … '' -".split())
NO_SPACE_AFTER = frozenset("( [ { $ £ € “ ‘ `` # -".split())


def split_words(
    text: str, cuts: Iterable[int] = (), pattern: re.Pattern[str] = WORD
) -> tuple[list[str], list[tuple[int, int]]]:
    """Splits `text` into words, the same ones whatever the machine, language data or version.

    Args:
        text: one sentence.
        cuts: character positions that no word may cross (the edges of marked mentions).
        pattern: what a word is; :data:`SPACED` for text whose words have spaces between them.

    Returns:
        The words and their character spans: ``text[start:end] == word``.

    Example:
        >>> split_words("It isn't Bob's U.S. flat-screen.")[0]
        ['It', 'is', "n't", 'Bob', "'s", 'U.S.', 'flat-screen', '.']
    """
    edges = [0, *sorted(set(cuts)), len(text)]
    chars = [
        match.span()
        for start, end in zip(edges, edges[1:])
        for match in pattern.finditer(text, start, end)
    ]
    return [text[start:end] for start, end in chars], chars


def join_words(words: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Joins `words` as a printer would (``He left , did n't he ?`` -> ``He left, didn't he?``).

    Straight double quotation marks open and close in turn; hyphens are written close.

    Returns:
        The text and the words' character spans in it.
    """
    text, chars, inside, glue = "", [], False, True
    for word in words:
        opens = word == '"' and not inside
        closes = word == '"' and inside
        if not (glue or closes or word in NO_SPACE_BEFORE):
            text += " "
        chars.append((len(text), len(text) + len(word)))
        text += word
        inside = opens or (inside and not closes)
        glue = opens or word in NO_SPACE_AFTER
    return text, chars


def cover(chars: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """Returns the half-open span of the words that overlap ``text[start:end]``, if any does."""
    inside = [i for i, (first, last) in enumerate(chars) if first < end and last > start]
    return (inside[0], inside[-1] + 1) if inside else None


def drop_blanks(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """Leaves out words made of white space (Wikipedia corpora have some).

    Returns:
        The words that remain, and for each old position (and the end) its new one.
    """
    kept: list[str] = []
    places: list[int] = []
    for word in words:
        places.append(len(kept))
        if word.strip():
            kept.append(word)
    return kept, [*places, len(kept)]
