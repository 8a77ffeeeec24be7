"""Other names for the NER's training documents, so that it learns more than the names there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

from spacy_data import Sentence, Span, read_lines, spacing

SWAPPED = 0.6
"""The share of names that are replaced in a swapped copy."""

PUBLIC = {"PERSON": 0.5, "LOCATION": 0.5, "ORGANIZATION": 0.1}
"""The share of the replacing names that come from FewRel, whose organisations are not the web's."""
SUBJECT_KINDS = {
    "PERSON": "P102 P106 P22 P241 P27 P3373 P39 P551 P937",
    "LOCATION": "P131 P150 P4552 P6 P706 P974 P403",
    "ORGANIZATION": "P1408 P159 P355",
}
OBJECT_KINDS = {
    "PERSON": "P1877 P22 P3373 P57 P58 P6 P674 P84 P86 P991",
    "LOCATION": "P1001 P131 P1408 P150 P159 P17 P27 P403 P4552 P495 P551 P706 P740 P931 P937 P974",
    "ORGANIZATION": "P102 P118 P123 P137 P176 P178 P241 P264 P355 P449 P750",
}
"""FewRel's relations whose subject or object is nearly always of one kind."""
SMALL = frozenset("a an and at by de del der di du for in la le of on the to van von".split())

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


def public_names(path: Path) -> Names:
    """Kind -> the names that FewRel's training relations give; its text is lower-case.

    Args:
        path: ``train_wiki.lowercased.jsonl.gz``.
    """
    rows: dict[tuple[str, ...], None] = {}
    sides = [
        (side, {relation: kind for kind, text in kinds.items() for relation in text.split()})
        for side, kinds in (("h", SUBJECT_KINDS), ("t", OBJECT_KINDS))
    ]
    for row in read_lines(path):
        for side, kinds in sides:
            words = [row["tokens"][place] for place in row[side][2][0]]
            kind = kinds.get(row["relation"])
            if kind and len(words) <= 4 and all(word.isalpha() for word in words):
                rows[(kind, *map(titled, words))] = None
    return by_kind(rows)


def titled(word: str) -> str:
    """The word as it stands in a name; without a vowel it is taken for an abbreviation."""
    if len(word) > 2 and not set(word) & set("aeiouy"):
        return word.upper()
    return word if word in SMALL else word.capitalize()


def drawn(kind: str, length: int, marked: Names, chance: Random) -> list[str]:
    """Another name of the kind; people's given and last names are combined anew."""
    name = chance.choice(marked[kind])
    if kind != "PERSON" or len(name) == 1:
        return name
    if length == 1:
        return name[:1] if chance.random() < 0.6 else name[-1:]
    return [name[0], *chance.choice(marked[kind])[-1:]]


def swapped(sentence: Sentence, marked: Names, public: Names, chance: Random) -> Sentence:
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
            other = chance.random() < PUBLIC.get(kind, 0.0) and kind in public
            source = public if other else marked
            name = drawn(kind, end - start, source, chance)
            inner = spacing(name)[:-1]
        spans.append((len(words), len(words) + len(name), kind))
        words += name
        spaces += [*inner, sentence.spaces[end - 1]]
        done = end
    words += sentence.words[done:]
    spaces += sentence.spaces[done:]
    return replace(sentence, words=words, spaces=spaces, spans=spans)
