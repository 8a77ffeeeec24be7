"""Offsets: how far each token is from the subject and from the object."""

from __future__ import annotations

import torch
from torch import Tensor
from torch_geometric.transforms import BaseTransform

from ..errors import InputError
from ..graphs.sentence import SentenceGraph
from .pairs import only_pair


class Offsets(BaseTransform):
    r"""Position features (Zhang et al., 2017), signed, one a token and mention.

    For a span of tokens :math:`s, \dots, e` (both ends inside) token :math:`i` has

    .. math::
        p_i = i - s \;(i < s), \qquad 0 \;(s \le i \le e), \qquad i - e \;(i > e),

    clipped to ``[-limit, limit]``. They are stored as ``token.subject_offset`` and
    ``token.object_offset``, [T] each; a table of offsets has ``2 * limit + 1`` rows and is read at
    ``offset + limit``.

    Args:
        limit: the largest distance that is told apart.
    """

    def __init__(self, limit: int = 100):
        if limit < 1:
            raise InputError(f"Offsets(limit={limit}) was asked for, but a limit is at least 1")
        self.limit = limit

    def forward(self, data: SentenceGraph) -> SentenceGraph:
        """Adds both offsets to (a copy of) the graph."""
        subject, object_ = only_pair(data, "Offsets()")
        token, span = data["token"], data["mention"].span
        both = offsets(span[[subject, object_]], token.num_nodes, self.limit)
        token.subject_offset, token.object_offset = both[0], both[1]
        return data

    def __repr__(self) -> str:
        return f"Offsets(limit={self.limit})"


def offsets(spans: Tensor, count: int, limit: int) -> Tensor:
    """Returns the offsets of `count` tokens from each of n spans [n, 2] as [n, count]."""
    place = torch.arange(count, device=spans.device)
    before, after = (place - spans[:, :1]).clamp(max=0), (place - spans[:, 1:] + 1).clamp(min=0)
    return (before + after).clamp(-limit, limit)
