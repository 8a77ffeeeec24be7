"""Part-of-speech and entity tags for sentences that were read without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..errors import InputError
from ..graphs import SentenceGraph


def with_tags(
    graphs: Iterable[SentenceGraph], tagged: Iterable[SentenceGraph]
) -> list[SentenceGraph]:
    """Returns copies of `graphs` with the POS and NER tags of `tagged`; trees and pairs stay.

    Args:
        graphs: sentences with trees, mentions and pairs.
        tagged: the same sentences, in the same order and with the same words, from a tagger.

    Raises:
        InputError: another number of sentences, or a sentence with other words.
    """
    left, right = list(graphs), list(tagged)
    if len(left) != len(right):
        raise InputError(
            f"{len(right)} tagged sentences for {len(left)} sentences: give one each, in order"
        )
    found = []
    for graph, other in zip(left, right):
        if graph.words != other.words:
            raise InputError(
                f"sentence {graph.key!r} has the words {' '.join(graph.words[:8])!r}..., but the "
                f"tagged one has {' '.join(other.words[:8])!r}...: tag the words as they are"
            )
        labels = replace(graph.labels, pos=other.labels.pos, ner=other.labels.ner)
        found.append(graph.with_labels(labels))
    return found


def mention_kinds_from_ner(graph: SentenceGraph) -> SentenceGraph:
    """Returns a copy in which a mention's kind is the entity tag of its head word.

    The head word is the one whose governor lies outside the mention (the last one if several or,
    without a tree, all do). The prefixes of IOB and BILOU tags are left out.
    """
    heads, ner = graph.heads, graph.labels.ner
    kinds = [
        _without_prefix(ner[head_word(heads, start, end)])
        for start, end in graph["mention"].span.tolist()
    ]
    return graph.with_labels(replace(graph.labels, kinds=tuple(kinds)))


def head_word(heads: Sequence[int], start: int, end: int) -> int:
    """Returns the last token of ``[start, end)`` whose governor (1-based) is outside of it."""
    outside = [i for i in range(start, end) if not start <= heads[i] - 1 < end]
    return outside[-1] if outside else end - 1


def _without_prefix(tag: str) -> str:
    return tag[2:] if tag[:2] in ("B-", "I-", "L-", "U-", "E-", "S-") else tag
