"""Substitute: the words of the two mentions become ``SUBJ-<kind>`` and ``OBJ-<kind>``."""

from __future__ import annotations

from dataclasses import replace

from torch_geometric.transforms import BaseTransform

from ..graphs.masks import object_mask, subject_mask
from ..graphs.sentence import SentenceGraph
from ..vocab import PAD
from .pairs import only_pair


class Substitute(BaseTransform):
    """Type substitution (Zhang et al., 2017): hides which entities are meant, shows their kinds.

    Every word of the subject becomes ``SUBJ-<kind>`` and every word of the object
    ``OBJ-<kind>``; where the spans overlap the object wins. Tags, heads and character offsets
    stay. The graph has one mention pair (see :func:`~graphkg.transforms.split_pairs`) and gets its
    ids afterwards, by :meth:`SentenceGraph.encode`.

    Args:
        names: keep the hidden words beside the masks, as ``token.name`` [T] (padding elsewhere): a
            place name says more than LOCATION. The paper has no names.

    Example:
        >>> graph = SentenceGraph.build(
        ...     "Ann Lee left Rome".split(),
        ...     mentions=[(0, 2, "PERSON"), (3, 4, "CITY")],
        ...     pairs=[(0, 1, None)],
        ... )
        >>> Substitute()(graph).words
        ('SUBJ-PERSON', 'SUBJ-PERSON', 'left', 'OBJ-CITY')
    """

    def __init__(self, names: bool = False):
        self.names = names

    def forward(self, data: SentenceGraph) -> SentenceGraph:
        """Returns the graph with masks for words."""
        subject, object_ = only_pair(data, "Substitute()")
        labels, spans = data.labels, data["mention"].span.tolist()
        words, names = list(labels.words), [PAD] * len(labels.words)
        for mention, mask in ((subject, subject_mask), (object_, object_mask)):
            start, end = spans[mention]
            names[start:end] = labels.words[start:end]
            words[start:end] = [mask(labels.kinds[mention])] * (end - start)
        kept = tuple(names) if self.names else None
        return data.with_labels(replace(labels, words=tuple(words), names=kept))
