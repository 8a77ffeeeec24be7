"""KindGraph: the knowledge graph over kinds of mentions that JRRELP learns links from.

Letters: S kinds, R relations, n candidate objects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs import KnowledgeGraph, SentenceGraph, TripleIndex
from ..graphs.masks import object_mask, subject_mask

if TYPE_CHECKING:
    from ..vocab import Vocabularies, Vocabulary

CHOICES = ("all", "observed", "exclude")
Triple = tuple[str, str, str]


@dataclass(frozen=True)
class KindGraph:
    """Which object kinds follow a subject kind and a relation, and the rows of their masks.

    Attributes:
        subject_rows: [S] the ``token`` row of each kind's ``SUBJ-`` mask.
        object_rows: [n] the ``token`` rows of the candidates: the ``OBJ-`` masks of the kinds that
            are an object in training, in the order of their ids. ``store["object"]`` is a view on
            these rows.
        known: [S, R, n], true where the training sentences state (subject kind, r, object kind).
        counted: [R], false for a relation whose sentences the link losses leave out.
        no_relation: id of the negative relation, if there is one.
    """

    subject_rows: Tensor
    object_rows: Tensor
    known: Tensor
    counted: Tensor
    no_relation: int | None = None

    @classmethod
    def from_sentences(
        cls,
        graphs: Iterable[SentenceGraph],
        vocabularies: Vocabularies,
        no_relation: str | None = None,
        no_relation_kg: str = "all",
        shuffle: int | None = None,
    ) -> KindGraph:
        """Collects the triples of kinds that training sentences state.

        Args:
            graphs: the training sentences, before or after ``Substitute``.
            vocabularies: ``word`` knows the masks; ``kind`` and ``relation`` give the ids.
            no_relation: label of the negative relation; ``None`` if there is none.
            no_relation_kg: the known objects of (s, no_relation): ``"all"`` candidates (released
                code with C-GCN and SpanBERT), the ``"observed"`` ones (with PA-LSTM), or
                ``"exclude"``: such sentences count in no link loss.
            shuffle: a seed that deals the objects of the triples out anew: each question keeps its
                number of triples and each object its own, but what follows what is chance. An
                ablation: a gain that stays is not one of the graph.

        Raises:
            InputError: an unknown choice or relation, no labelled pair, or a mask that the word
                vocabulary lacks.
        """
        if no_relation_kg not in CHOICES:
            raise InputError(f"no_relation_kg is {no_relation_kg!r}, but it is one of {CHOICES}")
        triples = dict.fromkeys(
            (graph.labels.kinds[subject], relation, graph.labels.kinds[object_])
            for graph in graphs
            for subject, object_, relation in graph.pairs
            if relation is not None
        )
        if not triples:
            raise InputError("no training sentence has a labelled pair: give sentences with pairs")
        kinds, relations, words = vocabularies.kind, vocabularies.relation, vocabularies.word
        if shuffle is not None:
            triples = _dealt_anew(triples, shuffle)
        kg = KnowledgeGraph.from_triples(triples, kinds, relations)
        objects = kg.tails.unique()
        pair = torch.cartesian_prod(torch.arange(len(kinds)), torch.arange(len(relations)))
        hot = TripleIndex(kg).tails_hot(*pair.unbind(1))[:, objects]
        known = hot.bool().view(len(kinds), len(relations), -1)
        counted = torch.ones(len(relations), dtype=torch.bool)
        negative = None if no_relation is None else relations[no_relation]
        if negative is not None and no_relation_kg == "all":
            known[:, negative] = True
        if negative is not None and no_relation_kg == "exclude":
            counted[negative] = False
        masks = [object_mask(kinds.label(kind)) for kind in objects.tolist()]
        _check_masks(words, [*masks, *dict.fromkeys(subject_mask(s) for s, _, _ in triples)])
        return cls(
            torch.tensor(_rows(words, [subject_mask(kind) for kind in kinds])),
            torch.tensor(words.ids(masks)),
            known,
            counted,
            negative,
        )

    def __repr__(self) -> str:
        kinds, relations, objects = self.known.shape
        return f"KindGraph({kinds} kinds, {relations} relations, {objects} candidate objects)"


def _dealt_anew(triples: Iterable[Triple], seed: int) -> dict[Triple, None]:
    """Returns the triples with their tails permuted; equal ones fall together."""
    heads, relations, tails = zip(*triples)
    order = torch.randperm(len(tails), generator=torch.Generator().manual_seed(seed)).tolist()
    return dict.fromkeys(zip(heads, relations, (tails[number] for number in order)))


def _check_masks(words: Vocabulary, masks: list[str]) -> None:
    missing = [mask for mask in masks if mask not in words]
    if missing:
        raise InputError(
            f"the word vocabulary lacks {', '.join(missing)}: count it over training sentences "
            "after graphkg.transforms.Substitute, and keep every mask"
        )


def _rows(words: Vocabulary, masks: list[str]) -> list[int]:
    """Returns the rows of `masks`; a mask without a row (never a subject in training) has row 0."""
    return [words[mask] if mask in words else 0 for mask in masks]
