"""ExtractionScores: all scores of joint triple extraction, with the protocol they follow."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import InputError
from .alignment import align
from .extraction import TripleScore, mention_f1, triple_f1
from .overlap import class_members
from .scores import Scores, table

RULES = {
    "exact": "the strings of subject and object",
    "partial": "one word of subject and object",
    "boundaries": "the spans of subject and object",
    "strict": "the spans and kinds of subject and object",
}

Span = tuple[int, int]
End = tuple[str, "Span | None", str]
Stated = tuple[End, str, End]


@dataclass(frozen=True)
class ExtractionScores:
    """Scores of the triples of many sentences by several rules; one rule is the headline.

    Attributes:
        match: the headline's rule.
        rules: micro precision, recall and F1 of triples by rule, the headline's first: ``exact``
            compares strings, ``partial`` one word, ``boundaries`` spans, ``strict`` spans and
            kinds; always relation and direction, too.
        mentions: the same of mentions as (start, end, kind): NER; ``None`` if not asked.
        classes: the headline by overlap class and number of gold triples, where there are any.
        absent: gold triples with an end that does not occur in its sentence.
        unknown_relation: gold triples whose relation the system does not know.
        protocol: what was measured how, in plain values that JSON holds.
    """

    match: str
    rules: Mapping[str, TripleScore]
    mentions: TripleScore | None = None
    classes: Mapping[str, TripleScore] = field(default_factory=dict)
    absent: int = 0
    unknown_relation: int = 0
    protocol: Mapping[str, Any] = field(default_factory=dict)

    @property
    def triples(self) -> TripleScore:
        """The headline."""
        return self.rules[self.match]

    @property
    def f1(self) -> float:
        """Micro F1 of triples by the headline's rule."""
        return self.triples.f1

    def summary(self) -> dict[str, float]:
        """Returns ``precision``, ``recall``, ``f1`` and, if asked, ``ner_f1``."""
        score = self.triples
        found = {"precision": score.precision, "recall": score.recall, "f1": score.f1}
        return found if self.mentions is None else {**found, "ner_f1": self.mentions.f1}

    def to_dict(self) -> dict[str, Any]:
        """Returns everything in plain values."""
        return {
            "metric": "micro F1 of triples, one set a sentence",
            "match": self.match,
            "compares": RULES[self.match],
            **self.summary(),
            "sentences": self.triples.sentences,
            "gold_triples": self.triples.gold,
            "gold_absent": self.absent,
            "gold_unknown_relation": self.unknown_relation,
            "rules": {name: score.to_dict() for name, score in self.rules.items()},
            "mentions": None if self.mentions is None else self.mentions.to_dict(),
            "classes": {
                name: {"sentences": score.sentences, **Scores.to_dict(score)}
                for name, score in self.classes.items()
            },
            "protocol": dict(self.protocol),
        }

    def __str__(self) -> str:
        score = self.triples
        rows: dict[str, Scores] = {
            f"triples, {score.match}": score,
            "  entity pairs": score.pairs,
            "  relations": score.relations,
        }
        rows |= {f"triples, {row.match}": row for x, row in self.rules.items() if x != self.match}
        if self.mentions is not None:
            rows["mentions"] = self.mentions
        rows |= {f"{name} ({row.sentences})": row for name, row in self.classes.items()}
        return "\n".join([table(rows, head=self._head()), *self._notes()])

    def _head(self) -> str:
        named = " ".join(str(self.protocol[x]) for x in ("data", "split") if x in self.protocol)
        return f"{named}: {self.triples.sentences} sentences" if named else "triple extraction"

    def _notes(self) -> list[str]:
        counts = (
            (self.absent, "have an end that does not occur in the text"),
            (self.unknown_relation, "have a relation that the system does not know"),
        )
        total = self.triples.gold
        return [f"{n} of {total} gold triples {what}; they count" for n, what in counts if n]


def score_extraction(
    gold: Any,
    predicted: Any,
    match: str = "exact",
    *,
    gold_mentions: Any = None,
    predicted_mentions: Any = None,
    partial_token: str = "last",
    symmetric: Collection[Hashable] = (),
    relations: Collection[str] | None = None,
    protocol: Mapping[str, Any] | None = None,
) -> ExtractionScores:
    """Scores triples by every rule that applies: sets a sentence, counts added over sentences.

    An end of a triple is ``(text, span, kind)``: the surface string, half-open in tokens or
    ``None``, and a kind, ``"_"`` if it has none. A gold end without a span is right by no rule of
    spans, and its triple counts as gold all the same, as does one of an unknown relation.

    Overlap classes and the number of triples are those of gold, by strings (see
    :func:`~graphkg.metrics.overlap.overlap_classes`).

    Args:
        gold: for each sentence (or id) its triples ``(end, relation, end)``, as
            ``graphkg.graphs.gold_triples`` gives them.
        predicted: likewise; an end needs a span for the rules ``boundaries`` and ``strict``.
        match: the headline's rule: ``exact``, ``partial``, ``boundaries`` or ``strict``. Beside
            it ``exact`` and ``partial`` are scored, ``boundaries`` where all predicted ends have
            spans, ``strict`` where gold has kinds, too.
        gold_mentions: for each sentence a set of ``(start, end, kind)``, for NER.
        predicted_mentions: likewise; give both or none.
        partial_token: the word that ``partial`` compares, ``last`` or ``first``.
        symmetric: relations whose direction does not matter; none by default.
        relations: the relations that the system knows, to count gold triples of others.
        protocol: data, split, settings: what to remember beside the scores.

    Raises:
        InputError: nothing to score, unequal lengths or ids, what is no triple of ends, an
            unknown rule, or spans that the headline's rule needs and that are not there.
    """
    if match not in RULES:
        raise InputError(f"match={match!r} was given, but it is one of {', '.join(RULES)}")
    answers, guesses = align(gold, predicted)
    answers = [distinct_triples(given, f"gold {n}") for n, given in enumerate(answers)]
    guesses = [distinct_triples(given, f"prediction {n}") for n, given in enumerate(guesses)]
    rules, parts = _applicable(match, answers, guesses), {}
    for rule in rules:
        named = f"partial ({partial_token} word)" if rule == "partial" else rule
        right = [triple_keys(row, rule, partial_token) for row in answers]
        given = [triple_keys(row, rule, partial_token) for row in guesses]
        parts[rule] = _Keys(right, given, named, symmetric)
    members = class_members([_texts(row) for row in answers])
    whole = [triple for row in answers for triple in row]
    return ExtractionScores(
        match,
        {rule: keys.score() for rule, keys in parts.items()},
        mentions=_mentions(gold, gold_mentions, predicted_mentions),
        classes={name: parts[match].score(kept) for name, kept in members.items() if kept},
        absent=sum(s[1] is None or o[1] is None for s, _, o in whole) if _placed(answers) else 0,
        unknown_relation=sum(relations is not None and r not in relations for _, r, _ in whole),
        protocol={
            **(protocol or {}),
            "match": match,
            "partial_token": partial_token,
            "symmetric": sorted(map(str, symmetric)),
        },
    )


@dataclass(frozen=True)
class _Keys:
    """What a rule compares: for each sentence the keys of gold and of predicted triples."""

    gold: Sequence[set[Any]]
    predicted: Sequence[set[Any]]
    named: str
    symmetric: Collection[Hashable]

    def score(self, kept: Iterable[int] | None = None) -> TripleScore:
        """Scores all sentences, or those of some numbers."""
        numbers = range(len(self.gold)) if kept is None else list(kept)
        gold, predicted = ([side[i] for i in numbers] for side in (self.gold, self.predicted))
        return replace(triple_f1(gold, predicted, symmetric=self.symmetric), match=self.named)


def distinct_triples(given: Iterable[Any], where: str) -> list[Stated]:
    """Returns the distinct triples ``(end, relation, end)`` of a sentence, in their order.

    Raises:
        InputError: something else is among them; `where` says of what.
    """
    found: dict[Stated, None] = {}
    for triple in given:
        if not _is_triple(triple):
            raise InputError(
                f"{where} holds {triple!r}, but triples (end, relation, end) were expected, an end "
                "being (text, (start, end) or None, kind)"
            )
        (a, span, kind), relation, (b, other, sort) = triple
        found[(a, span and tuple(span), kind), relation, (b, other and tuple(other), sort)] = None
    return list(found)


def _is_triple(given: Any) -> bool:
    whole = isinstance(given, (tuple, list)) and len(given) == 3
    return whole and _is_end(given[0]) and isinstance(given[1], str) and _is_end(given[2])


def _is_end(given: Any) -> bool:
    return (
        isinstance(given, (tuple, list))
        and len(given) == 3
        and isinstance(given[0], str)
        and (given[1] is None or _is_span(given[1]))
        and isinstance(given[2], str)
    )


def _is_span(given: Any) -> bool:
    whole = isinstance(given, (tuple, list)) and len(given) == 2
    return whole and all(isinstance(place, int) for place in given)


def _placed(side: Iterable[list[Stated]]) -> bool:
    """Tells whether any end has a span."""
    return any(x[1] is not None for row in side for s, _, o in row for x in (s, o))


def _applicable(match: str, gold: list[list[Stated]], predicted: list[list[Stated]]) -> list[str]:
    """Returns the rules that can be applied, the headline's first."""
    spans = all(x[1] is not None for row in predicted for s, _, o in row for x in (s, o))
    typed = any(x[2] != "_" for row in gold for s, _, o in row for x in (s, o))
    if match in ("boundaries", "strict") and not spans:
        raise InputError(
            f"match={match!r} compares spans, but a predicted triple has an end without one: give "
            "(text, (start, end), kind), or match='exact' to compare strings"
        )
    possible = {"exact": True, "partial": True}
    possible |= {"boundaries": spans and _placed(gold), "strict": spans and typed}
    return [match, *(rule for rule, can in possible.items() if can and rule != match)]


def triple_keys(
    row: Iterable[Stated], rule: str, word: str = "last"
) -> set[tuple[Hashable, str, Hashable]]:
    """Returns what a rule of :data:`RULES` compares of the triples of a sentence."""
    return {(_key(s, rule, word), relation, _key(o, rule, word)) for s, relation, o in row}


def _key(end: End, rule: str, word: str) -> Hashable:
    text, span, kind = end
    if rule == "exact":
        return text
    if rule == "partial":
        return text.split(" ")[-1 if word == "last" else 0]
    place = ("does not occur", text) if span is None else span
    return place if rule == "boundaries" else (place, kind)


def _texts(row: list[Stated]) -> list[tuple[str, str, str]]:
    return [(subject[0], relation, object_[0]) for subject, relation, object_ in row]


def _mentions(gold: Any, right: Any, given: Any) -> TripleScore | None:
    if (right is None) != (given is None):
        raise InputError(
            "one of gold_mentions and predicted_mentions was given: give both to score mentions, "
            "or none"
        )
    if right is None:
        return None
    if len(right) != len(gold):
        raise InputError(
            f"{len(right)} sets of gold_mentions for {len(gold)} sentences: give one each"
        )
    return mention_f1(right, given)
