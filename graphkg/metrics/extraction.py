"""Scores of triple extraction: sets of triples a sentence, duplicates removed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from .alignment import align
from .scores import Scores, table

Key = Callable[[Any], Hashable]


@dataclass(frozen=True)
class TripleScore(Scores):
    """Micro precision, recall and F1 of triples, and of their parts.

    Attributes:
        match: how two triples were compared.
        sentences: how many sentences were scored.
        pairs: the same for (subject, object) alone.
        relations: the same for the relations alone (a set a sentence).
        by_relation: one row a relation.
    """

    match: str = "exact"
    sentences: int = 0
    pairs: Scores = field(default_factory=lambda: Scores(0, 0, 0))
    relations: Scores = field(default_factory=lambda: Scores(0, 0, 0))
    by_relation: dict[Any, Scores] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Returns counts and shares of triples and parts, with the rule they follow."""
        return {
            "metric": "micro F1 of triples, one set a sentence",
            "match": self.match,
            "sentences": self.sentences,
            **super().to_dict(),
            "pairs": self.pairs.to_dict(),
            "relations": self.relations.to_dict(),
            "by_relation": {str(k): row.to_dict() for k, row in self.by_relation.items()},
        }

    def __str__(self) -> str:
        parts = {"entity pairs": self.pairs, "relations": self.relations}
        counted = {name: row for name, row in parts.items() if row.gold or row.guessed}
        return table({"triples": self, **counted}, head=f"{self.match} match")


def triple_f1(
    gold: Any,
    predicted: Any,
    match: str = "exact",
    partial_token: str = "last",
    symmetric: Collection[Hashable] = (),
) -> TripleScore:
    """Micro F1 of triples: a set a sentence on both sides, counts added over the sentences.

    Args:
        gold: for each sentence (or document, or id) its triples ``(subject, relation, object)``.
            Subjects and objects are strings, token spans ``(start, end)``, or anything hashable:
            with ``(start, end, type)`` an exact match is the strict one of ACE05 and SciERC.
        predicted: likewise.
        match: ``exact`` compares subjects and objects whole; ``partial`` compares one word of
            each: of a string the last space-separated one, of a half-open span the last token.
        partial_token: ``last`` or ``first`` word, for ``partial``.
        symmetric: relations whose direction does not matter; none by default.

    Raises:
        InputError: nothing to score, unequal lengths or ids, or something that is no triple.

    Example:
        >>> triple_f1([{("Marie Curie", "spouse", "Pierre Curie")}],
        ...           [{("Curie", "spouse", "Pierre Curie")}], match="partial").f1
        1.0
    """
    key = _key(match, partial_token)
    answers, guesses = align(gold, predicted)
    named = f"partial ({partial_token} token)" if match == "partial" else match
    rows: dict[Any, list[int]] = {}
    whole, pairs, relations = [0, 0, 0], [0, 0, 0], [0, 0, 0]
    for number, (right, given) in enumerate(zip(answers, guesses)):
        g = _triples(right, key, symmetric, f"gold {number}")
        p = _triples(given, key, symmetric, f"prediction {number}")
        _add(whole, g, p)
        _add(pairs, {(s, o) for s, _, o in g}, {(s, o) for s, _, o in p})
        _add(relations, {r for _, r, _ in g}, {r for _, r, _ in p})
        _add_rows(rows, g, p, lambda triple: triple[1])
    correct, guessed, expected = whole
    return TripleScore(
        correct,
        guessed,
        expected,
        match=named,
        sentences=len(answers),
        pairs=Scores(*pairs),
        relations=Scores(*relations),
        by_relation=_sorted_rows(rows),
    )


def _key(match: str, partial_token: str) -> Key:
    if match not in ("exact", "partial") or partial_token not in ("last", "first"):
        raise InputError(
            f"match={match!r} and partial_token={partial_token!r} were given, but match is "
            "'exact' or 'partial' and partial_token is 'last' or 'first'"
        )
    if match == "exact":
        return _whole
    return _last if partial_token == "last" else _first


def _whole(mention: Any) -> Hashable:
    return tuple(mention) if isinstance(mention, list) else mention


def _last(mention: Any) -> Hashable:
    return mention.split(" ")[-1] if isinstance(mention, str) else mention[1] - 1


def _first(mention: Any) -> Hashable:
    return mention.split(" ")[0] if isinstance(mention, str) else mention[0]


def _triples(
    given: Iterable[Any], key: Key, symmetric: Collection[Hashable], where: str
) -> set[tuple[Any, Any, Any]]:
    found = set()
    for triple in given:
        if isinstance(triple, str) or len(triple) != 3:
            raise InputError(
                f"{where} holds {triple!r}, but for each sentence a collection of triples "
                "(subject, relation, object) was expected"
            )
        subject, relation, object_ = triple
        first, last = key(subject), key(object_)
        if relation in symmetric and repr(last) < repr(first):
            first, last = last, first
        found.add((first, relation, last))
    return found


def multi_label_f1(gold: Any, predicted: Any, negative: Hashable = "no_relation") -> TripleScore:
    """Micro F1 of the sets of relations that pairs of mentions have.

    Args:
        gold: for each pair (or ``{pair: ...}``) its relations; `negative` is left out.
        predicted: likewise.
        negative: the label of a pair without a relation.

    Raises:
        InputError: nothing to score, unequal lengths or ids, a string instead of a collection.
    """
    answers, guesses = align(gold, predicted)
    for number, labels in enumerate((*answers, *guesses)):
        if isinstance(labels, str):
            raise InputError(
                f"pair {number % len(answers)} has the label {labels!r}, but a collection of "
                f"labels was expected: give [{labels!r}]"
            )
    sets = [(set(g) - {negative}, set(p) - {negative}) for g, p in zip(answers, guesses)]
    return _score_sets(sets, lambda label: label, "set of relations a pair")


def mention_f1(gold: Any, predicted: Any) -> TripleScore:
    """Micro F1 of mentions: for each sentence a set of ``(start, end, kind)``.

    Raises:
        InputError: nothing to score, unequal lengths or ids.
    """
    answers, guesses = align(gold, predicted)
    sets = [({tuple(m) for m in g}, {tuple(m) for m in p}) for g, p in zip(answers, guesses)]
    return _score_sets(sets, lambda mention: mention[-1], "start, end and kind")


def _score_sets(
    sets: Sequence[tuple[set[Any], set[Any]]], group: Callable[[Any], Any], match: str
) -> TripleScore:
    whole, rows = [0, 0, 0], dict[Any, list[int]]()
    for gold, predicted in sets:
        _add(whole, gold, predicted)
        _add_rows(rows, gold, predicted, group)
    correct, guessed, expected = whole
    return TripleScore(
        correct,
        guessed,
        expected,
        match=match,
        sentences=len(sets),
        by_relation=_sorted_rows(rows),
    )


def _add(counts: list[int], gold: set[Any], predicted: set[Any]) -> None:
    counts[0] += len(gold & predicted)
    counts[1] += len(predicted)
    counts[2] += len(gold)


def _add_rows(
    rows: dict[Any, list[int]], gold: set[Any], predicted: set[Any], group: Callable[[Any], Any]
) -> None:
    for name in {group(item) for item in gold | predicted}:
        row = rows.setdefault(name, [0, 0, 0])
        _add(row, {x for x in gold if group(x) == name}, {x for x in predicted if group(x) == name})


def _sorted_rows(rows: dict[Any, list[int]]) -> dict[Any, Scores]:
    return {name: Scores(*rows[name]) for name in sorted(rows, key=str)}
