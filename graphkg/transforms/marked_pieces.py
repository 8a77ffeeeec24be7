"""ToMarkedPieces: the word pieces of a sentence with marker pieces around subject and object.

Letters: P pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs.mention_pieces import mention_ends, mention_pieces
from ..graphs.sentence import OF, REL, SentenceGraph
from .pieces import ToPieces

MARKERS = 4


class ToMarkedPieces(ToPieces):
    """Adds pieces as :class:`ToPieces` does, with markers and without the first and last piece.

    ``[H] Wye [/H] is crossed by [T] Wilton Bridge [/T]``: the markers stand around the subject and
    the object of the sentence's only pair. They are pieces of no token, so that nothing is merged
    into them. Where a mention has no piece, it has no markers.

    Args:
        tokenizer: a fast tokenizer of Hugging Face transformers.
        markers: ids of the pieces before and behind the subject, and before and behind the object.
        limit: most pieces of a sentence, markers included; those nearest to a mention stay.

    Raises:
        InputError: another number of markers, or a `limit` too small for two mentions.
    """

    def __init__(self, tokenizer: Any, markers: Sequence[int], limit: int = 64):
        super().__init__(tokenizer, limit=limit - MARKERS)
        if len(markers) != MARKERS:
            raise InputError(
                f"{len(markers)} markers were given, but there are {MARKERS}: before and behind "
                "the subject, before and behind the object"
            )
        self.markers = list(markers)
        self._first, self._last = [], []

    def forward(self, data: SentenceGraph) -> SentenceGraph:
        """Adds the pieces to (a copy of) the graph.

        Raises:
            InputError: a sentence with no pair or with several.
        """
        pair = data[REL].edge_index
        if pair.size(1) != 1:
            raise InputError(
                f"sentence {data.key!r} has {pair.size(1)} pairs, but markers stand around the "
                "mentions of one: apply graphkg.transforms.split_pairs first"
            )
        data = super().forward(data)
        ends = mention_ends(mention_pieces(data), int(data["mention"].num_nodes))
        order = self._order(int(data["piece"].num_nodes), *(end[pair[:, 0]] for end in ends))
        count, made = int(data["piece"].num_nodes), order.numel()
        ids = torch.cat([data["piece"].input_id, torch.tensor(self.markers)])
        place = torch.empty(count + MARKERS, dtype=torch.long)
        place[order] = torch.arange(made)
        data["piece"].input_id = ids[order]
        data["piece"].segment = torch.zeros(made, dtype=torch.long)
        data["piece"].num_nodes = made
        piece, token = data[OF].edge_index
        data[OF].edge_index = torch.stack([place[piece], token])
        return data

    def _order(self, count: int, first: Tensor, last: Tensor) -> Tensor:
        """Which of the P pieces, or of the markers behind them, stand one after the other.

        Args:
            count: P.
            first: [2] first pieces of subject and object, -1 where there is none.
            last: [2] last pieces, likewise.
        """
        # Between two pieces: what closes stands before what opens.
        (begin, begin_2), (end, end_2) = first.tolist(), last.tolist()
        keys = {count + 1: end + 0.4, count + 3: end_2 + 0.4}
        keys |= {count: begin - 0.4, count + 2: begin_2 - 0.4}
        kept = {n: key for n, key in keys.items() if key > -0.5}
        where = torch.tensor([*range(count), *kept.values()], dtype=torch.double)
        number = torch.tensor([*range(count), *kept], dtype=torch.long)
        return number[where.argsort(stable=True)]

    def __repr__(self) -> str:
        return f"ToMarkedPieces({self.markers}, limit={self.limit + MARKERS})"
