"""Noise: which pieces stand in place of those that a model is to guess (BERT's 80 / 10 / 10)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

IGNORED = -100  # the label of a piece that is not to be guessed


class Noise:
    """Of chosen pieces 80 % become the mask, 10 % another piece, none of them special; 10 % stay.

    Args:
        mask: id of the mask.
        num_pieces: size of the vocabulary.
        special: ids of the special pieces.
        generator: by default torch's global one.

    Attributes:
        plain: [num_pieces] which pieces are not special.
    """

    def __init__(
        self,
        mask: int,
        num_pieces: int,
        special: Sequence[int],
        generator: torch.Generator | None = None,
    ):
        self.mask, self.generator = mask, generator
        self.plain = torch.ones(num_pieces, dtype=torch.bool)
        self.plain[[piece for piece in special if piece < num_pieces]] = False
        self._drawn = self.plain.nonzero().view(-1)

    def __call__(self, piece: Tensor, chosen: Tensor) -> Tensor:
        """Returns the pieces [P] with noise where `chosen` [P]."""
        drawn = self._drawn
        fate = torch.rand(piece.shape, generator=self.generator)
        place = torch.randint(drawn.numel() - 1, piece.shape, generator=self.generator)
        # The last allowed piece stands in for the piece itself, so that every other is as likely.
        other = torch.where(drawn[place] == piece, drawn[-1], drawn[place])
        piece = torch.where(chosen & (fate < 0.8), self.mask, piece)
        return torch.where(chosen & (fate >= 0.9), other, piece)

    def __repr__(self) -> str:
        return f"Noise({self.plain.numel()} pieces)"
