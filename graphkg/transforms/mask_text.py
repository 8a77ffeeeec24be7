"""MaskText: sentences in which pieces and whole linked mentions are masked.

Letters: P pieces, M mentions, C candidates of a mention.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch_geometric.transforms import BaseTransform

from ..errors import InputError
from ..graphs import SentenceGraph, check_links
from ..graphs.mention_pieces import mention_pieces
from ..graphs.sentence import OF
from .candidates import EntityCandidates
from .noise import IGNORED, Noise


class MaskText(BaseTransform):
    """Draws what JAKET's language module is to guess: pieces, and the entities of mentions.

    - Of the linked mentions that have a piece, each is chosen with `mention_share`. It loses its
      link, and with `mask_mention_tokens` all its pieces are masked. Mentions that share a piece
      with it lose their link, too, lest they tell its entity.
    - Of the other pieces that belong to a token and are not special, each is chosen with
      `token_share`; of the chosen ones 80 % are masked, 10 % stay and 10 % become another piece.

    The result has ``mention.candidate`` [M, C] (the entity first, then others; -1 is none, and a
    mention that is not asked about has only these), ``piece.label`` [P] (the piece that stood
    where one was chosen, -100 elsewhere), ``mention.entity`` without the lost links and
    ``piece.input_id`` with masks. It is to be joined with a knowledge graph afterwards.

    Args:
        tokenizer: of the pieces.
        num_pieces: size of the vocabulary.
        candidates: draws the candidates; without it no mention is masked.
        token_share: of pieces.
        mention_share: of mentions.
        mask_mention_tokens: whether the pieces of a chosen mention are masked (the paper says that
            the mention is "removed").
        generator: by default torch's global one.

    Raises:
        InputError: a tokenizer without a mask; a mention linked to an entity that the graph of the
            candidates does not have.
    """

    def __init__(
        self,
        tokenizer: Any,
        num_pieces: int,
        candidates: EntityCandidates | None = None,
        token_share: float = 0.15,
        mention_share: float = 0.15,
        mask_mention_tokens: bool = True,
        generator: torch.Generator | None = None,
    ):
        if tokenizer.mask_token_id is None:
            raise InputError("the tokenizer has no mask piece ([MASK]), which pre-training needs")
        self.noise = Noise(
            tokenizer.mask_token_id, num_pieces, tokenizer.all_special_ids, generator
        )
        self.candidates, self.generator = candidates, generator
        self.token_share, self.mention_share = token_share, mention_share
        self.mask_mention_tokens = mask_mention_tokens

    def forward(self, data: SentenceGraph) -> SentenceGraph:
        """Masks (a copy of) a sentence or a batch, on the CPU."""
        piece = data["piece"].input_id
        hidden = torch.zeros_like(piece, dtype=torch.bool)
        if self.candidates is not None:
            check_links(data, self.candidates.num_entities)
            touched = self._mask_mentions(data, self.candidates)
            hidden = touched if self.mask_mention_tokens else hidden
        guessable = torch.zeros_like(hidden)
        guessable[data[OF].edge_index[0]] = True
        guessable &= self.noise.plain[piece] & ~hidden
        chosen = guessable & (self._rand(piece.numel()) < self.token_share)
        data["piece"].label = torch.where(chosen, piece, IGNORED)
        data["piece"].input_id = torch.where(hidden, self.noise.mask, self.noise(piece, chosen))
        return data

    def _mask_mentions(self, data: SentenceGraph, candidates: EntityCandidates) -> Tensor:
        """Takes links away and draws candidates; returns the pieces of the mentions chosen, [P]."""
        piece, mention = mention_pieces(data)
        entity = data["mention"].entity
        count = entity.numel()
        chosen = (torch.bincount(mention, minlength=count) > 0) & (entity >= 0)
        chosen &= self._rand(count) < self.mention_share
        touched = torch.zeros(int(data["piece"].num_nodes), dtype=torch.bool)
        touched[piece[chosen[mention]]] = True
        unlinked = torch.zeros(count, dtype=torch.bool)
        unlinked[mention[touched[piece]]] = True
        candidate = entity.new_full((count, candidates.width), -1)
        candidate[chosen] = candidates(entity[chosen])
        data["mention"].candidate = candidate
        data["mention"].entity = entity.masked_fill(unlinked, -1)
        return touched

    def _rand(self, count: int) -> Tensor:
        return torch.rand(count, generator=self.generator)

    def __repr__(self) -> str:
        return f"MaskText({self.token_share} of pieces, {self.mention_share} of mentions)"
