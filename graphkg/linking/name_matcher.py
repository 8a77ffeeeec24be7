"""NameMatcher: where texts name entities of a knowledge graph, the longest names first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

ENDS = frozenset(". ! ? : ; … ... \" “ ( ''".split())
"""Words behind which any word may begin with a capital."""


class Match(NamedTuple):
    """Words ``[start, end)`` that name an entity."""

    start: int
    end: int
    entity: int


class Matches(NamedTuple):
    """What was found in a text.

    Attributes:
        linked: disjoint, in the order of the text.
        ambiguous: how many names were left out because several entities bear them.
    """

    linked: list[Match]
    ambiguous: int


class NameMatcher:
    """Finds the names of entities in words: the longest from left to right, disjoint.

    Case does not matter, with two exceptions. Names that differ in case alone are told apart by it
    where one is written exactly so. And a name of one word that is also an `ordinary` word ("May",
    "It") counts only as it is written, and not where a sentence begins. A name that several
    entities bear is no link, nor are shorter names inside of it. The work grows with the number of
    words, times the longest name that begins with one.

    Args:
        names: (name, entity id); an entity may have several names, those without a letter or digit
            are left out.
        split: name -> words, as the texts are split.
        ordinary: words in lower case that also mean something else.

    Example:
        >>> matcher = NameMatcher([("New York", 0), ("York", 1), ("May", 2)], ordinary=["may"])
        >>> matcher.match("Rain may fall on new york in May .".split()).linked
        [Match(start=4, end=6, entity=0), Match(start=7, end=8, entity=2)]
    """

    def __init__(
        self,
        names: Iterable[tuple[str, int]],
        split: Callable[[str], Sequence[str]] = str.split,
        ordinary: Collection[str] = (),
    ):
        self.ordinary = frozenset(ordinary)
        # By the words without case: the entities of each way to write them.
        self._bearers: dict[tuple[str, ...], dict[tuple[str, ...], set[int]]] = {}
        lengths: dict[str, set[int]] = {}
        for name, entity in names:
            words = tuple(split(name))
            if not any(sign.isalnum() for word in words for sign in word):
                continue
            key = tuple(word.casefold() for word in words)
            self._bearers.setdefault(key, {}).setdefault(words, set()).add(entity)
            lengths.setdefault(key[0], set()).add(len(key))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def match(self, words: Sequence[str]) -> Matches:
        """Finds the names in the words of a text."""
        folded = [word.casefold() for word in words]
        linked: list[Match] = []
        place = ambiguous = 0
        while place < len(words):
            for length in self._lengths.get(folded[place], ()):
                end = place + length
                bearers = self._named(words, folded, place, end) if end <= len(words) else ()
                if bearers:
                    break
            else:
                place += 1
                continue
            if len(bearers) == 1:
                linked.append(Match(place, end, next(iter(bearers))))
            ambiguous += len(bearers) > 1
            place = end
        return Matches(linked, ambiguous)

    def _named(
        self, words: Sequence[str], folded: Sequence[str], start: int, end: int
    ) -> Collection[int]:
        """The entities that these words may name; none if they are no name."""
        forms = self._bearers.get(tuple(folded[start:end]))
        if forms is None:
            return ()
        exact = forms.get(tuple(words[start:end]), ())
        if end - start == 1 and folded[start] in self.ordinary:
            begins = start == 0 or words[start - 1] in ENDS
            return () if begins and words[start] != folded[start] else exact
        return exact or set().union(*forms.values())

    def __repr__(self) -> str:
        return f"NameMatcher({len(self._bearers)} names, {len(self.ordinary)} ordinary words)"
