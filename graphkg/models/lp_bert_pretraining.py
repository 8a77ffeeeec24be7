"""LPBERTPretraining: stage 1 of LP-BERT, what was masked in the texts of triples.

Letters: P pieces, H of a hidden state, V pieces of the vocabulary.
"""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor, nn

from ..graphs import Sequences
from ..nn.text_encoder import TextEncoder
from ..nn.vocabulary_head import VocabularyHead, masked_loss


class Masked(Protocol):
    """What :class:`~graphkg.transforms.MaskTriples` gives."""

    @property
    def sequences(self) -> Sequences:
        """What the encoder reads."""

    @property
    def mlm(self) -> Tensor:
        """[P] pieces that were masked by themselves, -100 elsewhere."""

    @property
    def mim(self) -> Tensor:
        """[P] pieces of a masked entity or relation, likewise."""


class LPBERTPretraining(nn.Module):
    r"""An encoder with two vocabulary heads (Li et al., 2022, Section 3.2).

    .. math:: L = L_{MLM} + L_{MIM},

    each the mean cross entropy over its own masked places, 0 where a batch has none. MEM and MRM
    share the head MIM. The decoders are not tied to the encoder's rows.

    Args:
        encoder: what is pre-trained.
        norm: of the heads, ``"layer"`` (released code) or ``"batch"`` (paper).
        budget: places of one pass of the encoder, see :meth:`TextEncoder.vectors`.
    """

    def __init__(self, encoder: TextEncoder, norm: str = "layer", budget: int | None = None):
        super().__init__()
        self.encoder, self.budget = encoder, budget
        pieces = encoder.embedding.num_embeddings
        self.mlm_head = VocabularyHead(encoder.dim, pieces, norm)
        self.mim_head = VocabularyHead(encoder.dim, pieces, norm)

    def losses(self, batch: Masked) -> dict[str, Tensor]:
        """Returns ``mlm`` and ``mim``."""
        given = batch.sequences
        rows = self.encoder.hidden(given.piece, given.ptr, given.segment, self.budget)
        return {
            "mlm": masked_loss(self.mlm_head, rows, batch.mlm),
            "mim": masked_loss(self.mim_head, rows, batch.mim),
        }

    def groups(self) -> dict[str, Any]:
        """Parameter groups: ``encoder`` and ``head``."""
        heads = [*self.mlm_head.parameters(), *self.mim_head.parameters()]
        return {"encoder": list(self.encoder.parameters()), "head": heads}

    def __repr__(self) -> str:
        return f"LPBERTPretraining({self.encoder!r})"
