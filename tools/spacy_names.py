"""Other names for the NER's training documents, so that it learns more than the names there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from spacy_data import Sentence, Span, spacing

SWAPPED = 0.6
"""The share of names that are replaced in a swapped copy."""

Names = dict[str, list[list[str]]]


def marked_names(groups: Iterable[list[Sentence]]) -> Names:
    """Kind -> the names that the sentences mark so."""
    return by_kind(
        dict.fromkeys(
            (kind, *sentence.words[start:end])
            for sentences in groups
            for sentence in sentences
            for start, end, kind in sentence.spans
        )
    )


def by_kind(rows: Iterable[tuple[str, ...]]) -> Names:
    """Groups rows of a kind and words."""
    names: Names = {}
    for kind, *words in rows:
        names.setdefault(kind, []).append(words)
    return names


def drawn(kind: str, length: int, marked: Names, chance: Random) -> list[str]:
    """Another name of the kind; people's given and last names are combined anew."""
    name = chance.choice(marked[kind])
    if kind != "PERSON" or len(name) == 1:
        return name
    if length == 1:
        return name[:1] if chance.random() < 0.6 else name[-1:]
    return [name[0], *chance.choice(marked[kind])[-1:]]


def swapped(sentence: Sentence, marked: Names, chance: Random) -> Sentence:
    """The sentence with a share of its names replaced by others of their kind."""
    words: list[str] = []
    spaces: list[bool] = []
    spans: list[Span] = []
    done = 0
    for start, end, kind in sentence.spans:
        words += sentence.words[done:start]
        spaces += sentence.spaces[done:start]
        name, inner = sentence.words[start:end], sentence.spaces[start : end - 1]
        if chance.random() < SWAPPED:
            name = drawn(kind, end - start, marked, chance)
            inner = spacing(name)[:-1]
        spans.append((len(words), len(words) + len(name), kind))
        words += name
        spaces += [*inner, sentence.spaces[end - 1]]
        done = end
    words += sentence.words[done:]
    spaces += sentence.spaces[done:]
    return replace(sentence, words=words, spaces=spaces, spans=spans)
