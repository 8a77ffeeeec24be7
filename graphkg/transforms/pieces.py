"""ToPieces: the word pieces of a sentence, for a transformer.

Letters: T tokens, P pieces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch_geometric.transforms import BaseTransform

from ..errors import InputError, check_choices
from ..graphs.sentence import OF, SentenceGraph

# As the Penn treebank and Stanford's tools write them.
BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
KEEPS = ("mention", "start")


class ToPieces(BaseTransform):
    """Adds ``piece`` nodes (``input_id``, ``segment``, [P]) and (piece, of, token) edges.

    The pieces are those of `tokenizer`, between its first and its last special piece, which belong
    to no token. A run of the same mask (all tokens of one mention, after
    :class:`~graphkg.transforms.Substitute`) is one piece, of all its tokens.

    Args:
        tokenizer: a fast tokenizer of Hugging Face transformers.
        masks: ids of the words that are one piece each, as ``{"SUBJ-PERSON": 30524}``.
        limit: most pieces of a sentence, the special ones included.
        keep: which pieces stay where there are more: those nearest to a ``"mention"``, or those
            at the ``"start"``, for models that are to find the mentions.

    Raises:
        InputError: a `limit` too small for two mentions, or an unknown `keep`.
    """

    def __init__(
        self,
        tokenizer: Any,
        masks: Mapping[str, int] | None = None,
        limit: int = 128,
        keep: str = "mention",
    ):
        if limit < 4:
            raise InputError(f"ToPieces(limit={limit}) was asked for, but a limit is at least 4")
        check_choices("ToPieces", keep=(keep, KEEPS))
        self.tokenizer, self.masks, self.limit = tokenizer, dict(masks or {}), limit
        self.keep = keep
        first = tokenizer.cls_token_id, tokenizer.bos_token_id
        last = tokenizer.sep_token_id, tokenizer.eos_token_id
        self._first, self._last = ([i for i in ids if i is not None][:1] for ids in (first, last))

    def forward(self, data: SentenceGraph) -> SentenceGraph:
        """Adds the pieces to (a copy of) the graph."""
        pieces, edges = self._pieces(data.words)
        kept = self._kept(data, len(pieces), edges)
        number = kept.cumsum(0) - 1 + len(self._first)
        edges = edges[:, kept[edges[0]]]
        ids = torch.tensor(pieces, dtype=torch.long)[kept]
        ends = [torch.tensor(end, dtype=torch.long) for end in (self._first, self._last)]
        data["piece"].input_id = torch.cat([ends[0], ids, ends[1]])
        data["piece"].segment = torch.zeros_like(data["piece"].input_id)
        data["piece"].num_nodes = data["piece"].input_id.numel()
        data[OF].edge_index = torch.stack([number[edges[0]], edges[1]])
        return data

    def _pieces(self, words: tuple[str, ...]) -> tuple[list[int], Tensor]:
        """Returns the ids of the pieces, and which piece is of which word, [2, edges]."""
        ids = self._word_pieces([BRACKETS.get(w, w) for w in words if w not in self.masks])
        pieces: list[int] = []
        edges: list[tuple[int, int]] = []
        previous, rest = "", iter(ids)
        for place, word in enumerate(words):
            if word not in self.masks:
                new = next(rest)
            else:
                new = [] if word == previous else [self.masks[word]]
                if not new:
                    edges.append((len(pieces) - 1, place))
            edges += [(len(pieces) + offset, place) for offset in range(len(new))]
            pieces += new
            previous = word
        return pieces, torch.tensor(edges, dtype=torch.long).view(-1, 2).t()

    def _word_pieces(self, words: list[str]) -> list[list[int]]:
        """Returns the ids of each word's pieces."""
        ids: list[list[int]] = [[] for _ in words]
        if not words:
            return ids
        encoded = self.tokenizer(words, is_split_into_words=True, add_special_tokens=False)
        for piece, word in zip(encoded["input_ids"], encoded.word_ids()):
            ids[word].append(piece)
        return ids

    def _kept(self, data: SentenceGraph, count: int, edges: Tensor) -> Tensor:
        """Which pieces stay, [P]; of those near mentions the mentions' own ones come first."""
        room = self.limit - len(self._first) - len(self._last)
        kept = torch.ones(count, dtype=torch.bool)
        if count <= room:
            return kept
        inside = torch.zeros(len(data.words), dtype=torch.bool)
        for start, end in data["mention"].span.tolist():
            inside[start:end] = True
        place, own = torch.arange(count), edges[0, inside[edges[1]]]
        if self.keep == "start" or not own.numel():
            return place < room
        distance = (place.unsqueeze(1) - own).abs().amin(1)
        kept[distance.argsort(stable=True)[room:]] = False
        return kept

    def __repr__(self) -> str:
        return f"ToPieces({len(self.masks)} masks, limit={self.limit}, keep={self.keep})"
