"""SpanBERT: a transformer that reads a relation from a sentence with masked mentions.

Letters: P pieces of B sentences, D channels, D_r of a relation vector.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from ..errors import InputError, check_choices
from ..graphs.sentence import OF, SentenceGraph
from ..nn.pooling import pool
from ..nn.text_encoder import TextEncoder
from ..stores import EmbeddingStore
from .base import Encoded, Pairs, RelationExtractor

READS = ("text", "mentions")


class SpanBERT(RelationExtractor):
    r"""A transformer extractor (Joshi et al., 2019; JRRELP's third extractor).

    Subject and object are one special piece each (see :class:`~graphkg.transforms.ToPieces`), and

    .. math::
        \hat r = \mathrm{Dropout}(\mathrm{pool}(\mathrm{encoder}(\text{pieces}))),

    with the encoder's own pooling (SpanBERT: tanh of a layer on the first piece). Any encoder will
    do. With ``read="mentions"`` it is instead a layer and tanh on the two mentions' pieces,

    .. math::
        \hat r = \mathrm{Dropout}(\tanh(W [h_s; h_o] + b)).

    The ``token`` table of a joint model is a view on the encoder's rows
    (:attr:`TextEncoder.embedding`), so that masks are words of f and entities of g.

    Args:
        num_relations: R.
        encoder: the transformer.
        dropout: on the relation vector, and on the mentions.
        read: ``"text"`` (the paper) or ``"mentions"``.
        relation_dim: D_r; by default the encoder's width. With ``"text"`` a linear layer brings
            the vector to another one.

    Shapes:
        - input: a batch of sentences with pieces and one mention pair each, and the store
        - output: [B, D_r]
    """

    tables: ClassVar[tuple[str, ...]] = ("relation",)

    def __init__(
        self,
        num_relations: int,
        encoder: TextEncoder,
        dropout: float = 0.1,
        read: str = "text",
        relation_dim: int | None = None,
    ):
        super().__init__(relation_dim or encoder.dim, num_relations)
        check_choices("SpanBERT", read=(read, READS))
        self.encoder, self.dropout, self.read = encoder, nn.Dropout(dropout), read
        width = encoder.dim if read == "text" else 2 * encoder.dim
        same = width == self.relation_dim
        self.project = None if same else nn.Linear(width, self.relation_dim)

    def encode(self, graph: SentenceGraph, store: EmbeddingStore) -> Encoded:
        """Returns the relation vectors."""
        if "piece" not in graph.node_types:
            raise InputError(
                "the sentences have no word pieces, but a transformer reads pieces: apply "
                "graphkg.transforms.ToPieces first"
            )
        piece = graph["piece"]
        ptr = piece.get("ptr")
        ptr = piece.input_id.new_tensor([0, piece.input_id.numel()]) if ptr is None else ptr
        rows = self.encoder(piece.input_id, ptr, piece.segment)
        if self.read == "text":
            x = self.dropout(self.encoder.pool(rows, ptr))
            return Encoded(x if self.project is None else self.project(x))
        x = self.dropout(torch.cat(self._mentions(graph, rows), dim=1))
        x = x if self.project is None else self.project(x)
        return Encoded(self.dropout(torch.tanh(x)))

    def _mentions(self, graph: SentenceGraph, rows: Tensor) -> list[Tensor]:
        """Returns the mean piece of each subject and of each object, two of [B, D]."""
        pairs, span = Pairs.of(graph), graph["mention"].span
        piece, token = graph[OF].edge_index
        found = []
        for mention in (pairs.subject, pairs.object):
            inside = pairs.inside(span[mention])[token]
            sentence = pairs.token[token[inside]]
            found.append(pool(rows[piece[inside]], sentence, len(pairs), "avg"))
        return found

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Returns the encoder's parameters apart from the others."""
        encoder = list(self.encoder.parameters())
        own = {id(p) for p in encoder}
        rest = [p for p in self.parameters() if id(p) not in own]
        return {"encoder": encoder, "extractor": rest}

    def __repr__(self) -> str:
        return (
            f"SpanBERT({self.encoder!r} -> {self.relation_dim}, {self.num_relations} relations, "
            f"read={self.read})"
        )
