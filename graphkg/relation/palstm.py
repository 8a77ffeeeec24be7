"""PA-LSTM: an LSTM with attention that knows where subject and object stand.

Letters: T tokens of B sentences, H hidden channels, D_r of a relation vector.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from ..errors import InputError
from ..graphs.sentence import SentenceGraph
from ..nn.flat_lstm import run_lstm
from ..nn.position_attention import PositionAttention
from ..stores import EmbeddingStore
from .base import Encoded, Pairs, RelationExtractor
from .inputs import TokenRows


class PALSTM(RelationExtractor):
    r"""The position-aware LSTM (Zhang et al., EMNLP 2017).

    Tokens pass an LSTM of `layers` layers. Its last state q and the offsets of each token from
    subject and object (table ``offset``, rows ``-limit`` to ``limit``, see
    :class:`~graphkg.transforms.Offsets`) say how much each of its outputs counts:

    .. math::
        \hat r = \sum_i a_i h_i, \qquad a = \mathrm{softmax}(v \cdot
            \tanh(W_h h_i + b_h + W_q q + W_s p^s_i + W_o p^o_i)).

    Args:
        num_relations: R.
        word_dim, pos_dim, ner_dim: widths of the rows, see :class:`TokenRows`.
        offset_dim: width of an offset's row.
        limit: the largest offset with a row of its own.
        hidden: H.
        layers: of the LSTM.
        relation_dim: D_r; by default H, else a linear layer follows.
        attention_dim: width of the attention.
        attention: ``False`` is the LSTM ablation: q is the relation vector.
        dropout: on tokens, between the layers, on h and on q (each its own mask).
        word_dropout, unknown: see :class:`TokenRows`.

    Shapes:
        - input: a batch of sentences with one mention pair each, and the store
        - output: [B, D_r]
    """

    tables: ClassVar[tuple[str, ...]] = ("token", "pos", "ner", "offset", "relation")

    def __init__(
        self,
        num_relations: int,
        word_dim: int = 300,
        pos_dim: int = 30,
        ner_dim: int = 30,
        offset_dim: int = 30,
        limit: int = 100,
        hidden: int = 200,
        layers: int = 2,
        relation_dim: int | None = None,
        attention_dim: int = 200,
        attention: bool = True,
        dropout: float = 0.5,
        word_dropout: float = 0.04,
        unknown: int = 1,
    ):
        super().__init__(relation_dim or hidden, num_relations)
        self.rows = TokenRows(word_dim, pos_dim, ner_dim, dropout, word_dropout, unknown)
        between = dropout if layers > 1 else 0.0
        self.lstm = nn.LSTM(self.rows.dim, hidden, layers, dropout=between)
        self.dropout, self.limit, self.offset_dim = nn.Dropout(dropout), limit, offset_dim
        self.attention = (
            PositionAttention(hidden, hidden, 2 * offset_dim, attention_dim) if attention else None
        )
        same = self.relation_dim == hidden
        self.project = None if same else nn.Linear(hidden, self.relation_dim)

    def encode(self, graph: SentenceGraph, store: EmbeddingStore) -> Encoded:
        """Returns the relation vectors."""
        pairs = Pairs.of(graph)
        h = run_lstm(self.lstm, self.rows(graph, store), pairs.ptr)
        z = self.dropout(h[pairs.ptr[1:] - 1])
        if self.attention is not None:
            z = self.attention(self.dropout(h), z, self._offsets(graph, store), pairs.token)
        return Encoded(z if self.project is None else self.project(z))

    def _offsets(self, graph: SentenceGraph, store: EmbeddingStore) -> Tensor:
        """Returns both offset rows of each token, [T, 2 * offset_dim]."""
        token, rows = graph["token"], store.sizes["offset"][0]
        if "subject_offset" not in token:
            raise InputError(
                "the sentences have no token.subject_offset, but PA-LSTM reads offsets: apply "
                "graphkg.transforms.Offsets first"
            )
        if rows != 2 * self.limit + 1:
            raise InputError(
                f"store['offset'] has {rows} rows, but offsets of at most {self.limit} need "
                f"{2 * self.limit + 1}: give both the same limit"
            )
        both = torch.stack([token.subject_offset, token.object_offset], dim=1)
        both = both.clamp(-self.limit, self.limit) + self.limit
        return store["offset"](both).flatten(1)

    def __repr__(self) -> str:
        sizes = f"{self.rows.word_dim}+{self.rows.pos_dim}+{self.rows.ner_dim}"
        return (
            f"PALSTM({sizes} -> {self.relation_dim}, {self.num_relations} relations, "
            f"{self.lstm.num_layers} layers, attention={self.attention is not None})"
        )
