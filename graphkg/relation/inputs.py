"""TokenRows: what PA-LSTM and C-GCN read of a token.

Letters: T tokens, D channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..graphs.sentence import SentenceGraph
from ..stores import EmbeddingStore


class TokenRows(nn.Module):
    """Word, part-of-speech and entity-tag rows of each token, side by side, with dropout.

    A token whose name was kept behind its mask (``token.name``) has the sum of both word rows.

    Args:
        word_dim: width of a row of ``store["token"]``.
        pos_dim: width of a row of ``store["pos"]``; 0 leaves the tags out.
        ner_dim: width of a row of ``store["ner"]``; 0 leaves the tags out.
        dropout: on the concatenated rows.
        word_dropout: share of words replaced by `unknown` in training.
        unknown: id of the unknown word.

    Shapes:
        - output: [T, word_dim + pos_dim + ner_dim]
    """

    def __init__(
        self,
        word_dim: int = 300,
        pos_dim: int = 30,
        ner_dim: int = 30,
        dropout: float = 0.5,
        word_dropout: float = 0.04,
        unknown: int = 1,
    ):
        super().__init__()
        self.word_dim, self.pos_dim, self.ner_dim = word_dim, pos_dim, ner_dim
        self.dropout = nn.Dropout(dropout)
        self.word_dropout, self.unknown = word_dropout, unknown

    @property
    def dim(self) -> int:
        """Width of what comes out."""
        return self.word_dim + self.pos_dim + self.ner_dim

    def forward(self, graph: SentenceGraph, store: EmbeddingStore) -> Tensor:
        """Returns the rows of all tokens of a batch, [T, D]."""
        token = graph["token"]
        words = store["token"](self.drop_words(token.word))
        rows = [words + store["token"](token.name) if "name" in token else words]
        rows += [store["pos"](token.pos)] if self.pos_dim else []
        rows += [store["ner"](token.ner)] if self.ner_dim else []
        return self.dropout(torch.cat(rows, dim=1))

    def padding(self, store: EmbeddingStore, like: Tensor) -> Tensor:
        """Returns the rows of padding tokens, id 0 everywhere: one for each of `like`."""
        zeros = torch.zeros_like(like)
        used = {"token": 1, "pos": self.pos_dim, "ner": self.ner_dim}
        return self.dropout(torch.cat([store[n](zeros) for n, width in used.items() if width], 1))

    def drop_words(self, word: Tensor) -> Tensor:
        """Returns the ids [T] with some replaced by `unknown`; in eval mode as they are."""
        if not self.training or self.word_dropout == 0:
            return word
        dropped = torch.rand(word.shape, device=word.device) < self.word_dropout
        return word.masked_fill(dropped, self.unknown)

    def __repr__(self) -> str:
        return f"TokenRows({self.word_dim}+{self.pos_dim}+{self.ner_dim})"
