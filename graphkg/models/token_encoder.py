"""TokenEncoder: sentences in word pieces -> one vector a token.

Letters: B sentences, T tokens, N tokens of the longest sentence, P pieces, D channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..errors import InputError
from ..graphs.mention_pieces import check_pieces
from ..graphs.sentence import OF, SentenceGraph
from ..nn.flat_lstm import run_lstm
from ..nn.pooling import pool
from ..nn.split_encoder import padded
from ..nn.text_encoder import TextEncoder

POOLINGS = ("first", "max")


@dataclass(frozen=True)
class Tokens:
    """The tokens of B sentences, one after the other.

    Attributes:
        h: [T, D].
        ptr: [B + 1] where each sentence begins.
        known: [T] false for tokens that have no piece, because their sentence is too long.
    """

    h: Tensor
    ptr: Tensor
    known: Tensor

    def padded(self) -> tuple[Tensor, Tensor]:
        """Returns the vectors [B, N, D], 0 where there is none, and which are known [B, N]."""
        mask = places(self.ptr)
        return padded(self.h, mask), padded(self.known, mask)


def places(ptr: Tensor) -> Tensor:
    """Returns which places of a padded table hold something, [B, N]; N is at least 1."""
    lengths = ptr.diff()
    return torch.arange(max(int(lengths.max()), 1), device=ptr.device) < lengths.unsqueeze(1)


class TokenEncoder(nn.Module):
    """A transformer over pieces, pooled to tokens, and a BiLSTM over these.

    Args:
        encoder: of the pieces.
        dim: D; another width than the encoder's is reached by a linear layer below the LSTM.
        lstm_layers: of the LSTM; 0 leaves it out.
        dropout: between the layers of the LSTM.
        pooling: of a token's pieces: ``"first"`` or ``"max"``.
        residual: add what goes into the LSTM to what comes out.

    Shapes:
        - input: a batch of sentences with pieces
        - output: :class:`Tokens`; a token without a piece goes into the LSTM as a row of zeros

    Raises:
        InputError: an odd `dim` with an LSTM.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        dim: int,
        lstm_layers: int = 3,
        dropout: float = 0.1,
        pooling: str = "max",
        residual: bool = False,
    ):
        super().__init__()
        if lstm_layers and dim % 2:
            raise InputError(
                f"model_dim is {dim}, but each direction of the LSTM has half of it: make it even"
            )
        self.encoder, self.pooling, self.residual = encoder, pooling, residual
        self.project = None if dim == encoder.dim else nn.Linear(encoder.dim, dim)
        between = dropout if lstm_layers > 1 else 0.0
        self.lstm = (
            nn.LSTM(dim, dim // 2, lstm_layers, bidirectional=True, dropout=between)
            if lstm_layers
            else None
        )

    def forward(self, graph: SentenceGraph) -> Tokens:
        """Encodes a batch."""
        check_pieces(graph)
        piece = graph["piece"]
        rows = self.encoder.hidden(piece.input_id, piece.ptr, piece.segment)
        of, token = graph[OF].edge_index
        x, known = self.token_rows(rows, of, token, int(graph["token"].num_nodes))
        x = x if self.project is None else self.project(x)
        x = x.masked_fill(~known.unsqueeze(1), 0)
        ptr = graph["token"].ptr
        if self.lstm is not None and x.size(0):
            seen = run_lstm(self.lstm, x, ptr)
            x = x + seen if self.residual else seen
        return Tokens(x, ptr, known)

    def token_rows(
        self, rows: Tensor, piece: Tensor, token: Tensor, count: int
    ) -> tuple[Tensor, Tensor]:
        """Pools pieces [P, D] to tokens [T, D]; returns also which tokens have any, [T]."""
        known = torch.bincount(token, minlength=count) > 0
        if self.pooling == "max":
            return pool(rows[piece], token, count, "max"), known
        first = piece.new_full((count,), rows.size(0) - 1)
        return rows[first.scatter_reduce(0, token, piece, "amin")], known

    def __repr__(self) -> str:
        layers = 0 if self.lstm is None else self.lstm.num_layers
        kind = "residual LSTM" if layers and self.residual else "LSTM"
        return f"TokenEncoder({self.encoder!r}, {layers} {kind} layers, {self.pooling} piece)"
