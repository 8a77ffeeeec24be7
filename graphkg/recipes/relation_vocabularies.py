"""The vocabularies of relation extraction, and the word rows that vectors give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from ..datasets.vectors import WordVectors
from ..graphs import SentenceGraph
from ..graphs.masks import object_mask, subject_mask
from ..vocab import PAD, UNKNOWN, Vocabularies, Vocabulary


def lower_words(graph: SentenceGraph) -> SentenceGraph:
    """Returns a copy of the sentence with its words in lower case."""
    words = tuple(word.lower() for word in graph.words)
    return graph.with_labels(replace(graph.labels, words=words))


def build_vocabularies(
    graphs: Sequence[SentenceGraph],
    relations: Vocabulary,
    vectors: WordVectors | None,
    minimum_count: int = 1,
    extra_words: int = 0,
    masks_alone: bool = False,
) -> Vocabularies:
    """Counts the vocabularies over training sentences (before masking).

    Word rows come in this order: padding, unknown, the masks of all kinds, words without a vector,
    words with one. So the rows up to the first vector are those that must be learned.
    """
    labels = [graph.labels for graph in graphs]
    first = [PAD, UNKNOWN]
    kinds = Vocabulary.count((k for x in labels for k in x.kinds), first, name="kind")
    seen = list(kinds)[2:]
    masks = [*(subject_mask(kind) for kind in seen), *(object_mask(kind) for kind in seen)]
    counts = Counter(word for x in labels for word in x.words if not masks_alone)
    frequent = {word for word, count in counts.items() if count >= minimum_count}
    ranked = sorted(frequent, key=lambda word: (-counts[word], word))
    known = [word for word in ranked if vectors is not None and word in vectors]
    new = [word for word in ranked if vectors is None or word not in vectors]
    extra = [w for w in (vectors.words[:extra_words] if vectors else []) if w not in frequent]
    words = dict.fromkeys([*first, *masks, *new, *known, *extra])
    return Vocabularies(
        word=Vocabulary(words, unknown=UNKNOWN, name="word"),
        pos=_open((t for x in labels for t in x.pos), first, "pos"),
        ner=_open((t for x in labels for t in x.ner), first, "ner"),
        deprel=_open((t for x in labels for t in x.deprels), first, "deprel"),
        kind=_open((k for x in labels for k in x.kinds), first, "kind"),
        relation=relations,
    )


def word_rows(words: Vocabulary, vectors: WordVectors | None, dim: int) -> tuple[Tensor, int]:
    """Returns the initial word table [V, D] and how many of its first rows have no vector.

    Rows without a vector are drawn from U(-1, 1) (C-GCN); row 0, the padding, is zero.
    """
    table = torch.rand(len(words), dim) * 2 - 1
    table[0] = 0.0
    if vectors is None:
        return table, len(words)
    places, rows = vectors.rows(words.labels)
    table[places] = rows
    return table, int(places.min()) if places.numel() else len(words)


def _open(labels: Any, first: list[str], name: str) -> Vocabulary:
    return Vocabulary.count(labels, first, unknown=UNKNOWN, name=name)
