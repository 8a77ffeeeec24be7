"""From what slots say to the triples and entities of each sentence.

Letters: B sentences, Q slots, N tokens of the longest sentence, n triples found, R relations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ..errors import InputError
from ..graphs import Mention, SentenceGraph, Triple
from ..graphs.gold import UNTYPED
from ..nn.slot_heads import Slots
from ..vocab import Vocabulary


@dataclass(frozen=True)
class FoundTriples:
    """Triples of a batch, by sentence, the most probable first.

    Attributes:
        sentence: [n] number in the batch.
        relation: [n] ids.
        subject: [n, 2] half-open span of tokens, counted in the sentence.
        object: [n, 2] likewise.
        kind: [n, 2] types of subject and object; -1 without types, or where there is none.
        score: [n] product of the probabilities of the relation and of the four boundaries.
        slot: [n] which slot says it.
    """

    sentence: Tensor
    relation: Tensor
    subject: Tensor
    object: Tensor
    kind: Tensor
    score: Tensor
    slot: Tensor


@dataclass(frozen=True)
class FoundEntities:
    """Entities of a batch, each place once; none without types.

    Attributes:
        sentence: [n] number in the batch.
        span: [n, 2] half-open, in tokens of the sentence.
        kind: [n] types.
        score: [n] product of the probabilities of both boundaries and of the type.
    """

    sentence: Tensor
    span: Tensor
    kind: Tensor
    score: Tensor


@dataclass(frozen=True)
class Extraction:
    """What was found in a batch: ``triples`` and ``entities``."""

    triples: FoundTriples
    entities: FoundEntities


@dataclass(frozen=True)
class _Ends:
    """The chosen spans and types of subject and object of each slot, each [B, 2, Q]."""

    first: Tensor
    last: Tensor
    likely: Tensor
    fits: Tensor
    kind: Tensor
    kind_likely: Tensor


def decode(
    slots: Slots,
    mask: Tensor,
    num_relations: int,
    joint: int = 0,
    typed: bool = True,
) -> Extraction:
    """Reads the slots: of each relation and boundary the most probable one, without a threshold.

    A slot of the null class says nothing, one whose span ends before it begins no triple (the
    paper is silent). Of equal triples the most probable one stays. Entities are the subjects of
    all slots but the null ones, and the objects of triples, where they have a type.

    Args:
        slots: of B sentences.
        mask: tokens that may be boundaries, [B, N].
        num_relations: R; the class R is the null class, R + 1 an entity in no triple.
        joint: choose both ends together as the best span of at most so many tokens; 0 chooses
            each alone.
        typed: leave out triples whose subject or object has no type, if there are types.
    """
    relation_likely, relation = slots.relation.max(2)
    ends = _ends(slots, mask, joint)
    triple = (relation < num_relations) & ends.fits.all(1)
    if slots.kind is not None and typed:
        triple &= (ends.kind >= 0).all(1)
    chance = (relation_likely + ends.likely.sum(1)).exp()
    stated = torch.stack([relation != num_relations, relation < num_relations], 1)
    entity = stated & ends.fits & (ends.kind >= 0)
    return Extraction(_triples(triple, relation, chance, ends), _entities(entity, ends))


def _ends(slots: Slots, mask: Tensor, joint: int) -> _Ends:
    begins, stops = slots.boundary[:, 0::2], slots.boundary[:, 1::2]
    if joint:
        likely, first, last = _best_spans(begins, stops, joint)
    else:
        (one, first), (other, last) = begins.max(3), stops.max(3)
        likely = one + other
    fits = (first <= last) & mask.any(1)[:, None, None]
    if slots.kind is None:
        return _Ends(first, last, likely, fits, torch.full_like(first, -1), likely)
    kind_likely, kind = slots.kind.max(3)
    kind = kind.masked_fill(kind == slots.kind.size(3) - 1, -1)
    return _Ends(first, last, likely, fits, kind, kind_likely)


def _best_spans(begins: Tensor, stops: Tensor, longest: int) -> tuple[Tensor, Tensor, Tensor]:
    """Returns log-probability, first and last token of the best span of each row [..., N]."""
    # Windows of 3 over "a b c d" + padding: (a b c) (b c d) (c d -) (d - -).
    windows = F.pad(stops, (0, longest - 1), value=-torch.inf).unfold(3, longest, 1)
    likely, place = (begins.unsqueeze(4) + windows).flatten(3).max(3)
    first = place.div(longest, rounding_mode="floor")
    return likely, first, first + place % longest


def _triples(mask: Tensor, relation: Tensor, chance: Tensor, ends: _Ends) -> FoundTriples:
    sentence, slot = mask.nonzero().unbind(1)
    spans = torch.stack([ends.first, ends.last + 1], 3)[sentence, :, slot]
    found, score = relation[sentence, slot], chance[sentence, slot]
    rows = torch.cat([sentence.unsqueeze(1), found.unsqueeze(1), spans.flatten(1)], 1)
    kept = _most_probable(rows, score)
    kind = ends.kind[sentence, :, slot][kept]
    subject, object_ = spans[kept].unbind(1)
    said = sentence[kept], found[kept]
    return FoundTriples(*said, subject, object_, kind, score[kept], slot[kept])


def _entities(mask: Tensor, ends: _Ends) -> FoundEntities:
    sentence, side, slot = mask.nonzero().unbind(1)
    at = sentence, side, slot
    span = torch.stack([ends.first[at], ends.last[at] + 1], 1)
    score = (ends.likely + ends.kind_likely)[at].exp()
    kept = _most_probable(torch.cat([sentence.unsqueeze(1), span], 1), score)
    return FoundEntities(sentence[kept], span[kept], ends.kind[at][kept], score[kept])


def _most_probable(rows: Tensor, score: Tensor) -> Tensor:
    """Returns the numbers of the best of each kind of row [n, k], by first column, then score."""
    order = score.argsort(descending=True, stable=True)
    order = order[rows[order, 0].argsort(stable=True)]
    if not order.numel():
        return order
    kind = rows[order].unique(dim=0, return_inverse=True)[1]
    place = torch.arange(len(order), device=order.device)
    first = torch.full_like(place, len(order)).scatter_reduce(0, kind, place, "amin")
    return order[place == first[kind]]


def named_triples(
    found: FoundTriples,
    graphs: Sequence[SentenceGraph],
    relations: Vocabulary,
    kinds: Vocabulary | None = None,
) -> list[list[Triple]]:
    """Returns the triples of each sentence with names and places in its text.

    Args:
        found: in a batch of `graphs`.
        graphs: the sentences, in the order of the batch.
        relations: names of the relations.
        kinds: names of the types; without them, or where there is none, the kind is ``"_"``.

    Raises:
        InputError: fewer sentences than the batch had.
    """
    numbers, relation, kind = found.sentence.tolist(), found.relation.tolist(), found.kind.tolist()
    if numbers and numbers[-1] >= len(graphs):
        raise InputError(
            f"triples were found in sentence {numbers[-1]}, but {len(graphs)} sentences were "
            "given: give all those of the batch"
        )
    named: list[list[Triple]] = [[] for _ in graphs]
    chars = [graph["token"].chars.tolist() for graph in graphs]
    spans = zip(found.subject.tolist(), found.object.tolist())
    for row, (number, ends, score) in enumerate(zip(numbers, spans, found.score.tolist())):
        subject, object_ = (
            _mention(graphs[number].text, chars[number], span, _kind(kinds, kind[row][side]))
            for side, span in enumerate(ends)
        )
        named[number].append(Triple(subject, relations.label(relation[row]), object_, score))
    return named


def named_entities(
    found: FoundEntities, graphs: Sequence[SentenceGraph], kinds: Vocabulary
) -> list[list[Mention]]:
    """Returns the entities of each sentence with names and places in its text.

    Args:
        found: in a batch of `graphs`.
        graphs: the sentences, in the order of the batch.
        kinds: names of the types.
    """
    named: list[list[Mention]] = [[] for _ in graphs]
    chars = [graph["token"].chars.tolist() for graph in graphs]
    rows = zip(found.sentence.tolist(), found.span.tolist(), found.kind.tolist())
    for number, span, kind in rows:
        named[number].append(_mention(graphs[number].text, chars[number], span, _kind(kinds, kind)))
    return named


def _kind(kinds: Vocabulary | None, kind: int) -> str:
    return UNTYPED if kinds is None or kind < 0 else kinds.label(kind)


def _mention(text: str, chars: list[list[int]], span: list[int], kind: str) -> Mention:
    start, end = span
    place = (chars[start][0], chars[end - 1][1])
    return Mention(start, end, kind, text[slice(*place)], place)
