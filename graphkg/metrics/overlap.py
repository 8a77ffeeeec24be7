"""Sentences by how their triples overlap, and scores of each class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .alignment import align
from .extraction import TripleScore, triple_f1

CLASSES = ("Normal", "SEO", "EPO", "SOO")
COUNTS = ("1", "2", "3", "4", ">=5")


def overlap_classes(triples: Sequence[tuple[str, Any, str]], soo: bool = True) -> set[str]:
    """Returns which of Normal, EPO, SEO and SOO a sentence with these triples belongs to.

    * EPO (entity pair overlap): some ordered pair (subject, object) occurs at least twice;
    * SEO (single entity overlap): with each ordered pair taken once, some entity occurs twice;
    * SOO (subject object overlap): a subject's string lies in its object's, or the reverse;
    * Normal: none of these (as in PRGC and QIDN).

    Triples count as they are given: remove duplicates first to get the published figures of NYT
    with whole spans.

    Args:
        triples: subject and object are strings.
        soo: without it SOO is disregarded, as CopyRE and CasRel have it: more is Normal.
    """
    pairs = [(subject, object_) for subject, _, object_ in triples]
    distinct = set(pairs)
    found = set()
    if len(distinct) < len(pairs):
        found.add("EPO")
    if len({name for pair in distinct for name in pair}) != 2 * len(distinct):
        found.add("SEO")
    if soo and any(subject in object_ or object_ in subject for subject, object_ in pairs):
        found.add("SOO")
    return found or {"Normal"}


def triple_count_class(count: int) -> str:
    """Returns the class N of a sentence with `count` triples: ``1`` to ``4``, or ``>=5``."""
    return str(count) if count < 5 else ">=5"


def class_members(gold: Iterable[Sequence[tuple[str, Any, str]]]) -> dict[str, list[int]]:
    """Returns the numbers of the sentences of each class.

    Args:
        gold: for each sentence its triples; a sentence without any belongs to no class.

    Returns:
        ``Normal``, ``SEO``, ``EPO``, ``SOO``, ``N=1`` ... ``N=>=5``. The overlap classes other
        than Normal share sentences.
    """
    members: dict[str, list[int]] = {name: [] for name in CLASSES}
    members |= {f"N={name}": [] for name in COUNTS}
    for number, triples in enumerate(gold):
        if triples:
            for name in overlap_classes(list(triples)):
                members[name].append(number)
            members[f"N={triple_count_class(len(triples))}"].append(number)
    return members


def scores_by_class(
    gold: Sequence[Sequence[tuple[str, Any, str]]],
    predicted: Sequence[Iterable[tuple[str, Any, str]]],
    match: str = "exact",
) -> dict[str, TripleScore]:
    """Scores the sentences of each overlap class and of each number of gold triples by themselves.

    Returns:
        The classes of :func:`class_members` that have sentences.
    """
    answers, guesses = align(gold, predicted)
    return {
        name: triple_f1([answers[i] for i in kept], [guesses[i] for i in kept], match)
        for name, kept in class_members(answers).items()
        if kept
    }
