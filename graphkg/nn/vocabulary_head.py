"""VocabularyHead: scores of all word pieces from a hidden state.

Letters: P pieces, H of a hidden state, C classes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

NORMS = ("layer", "batch")
IGNORED = -100


class VocabularyHead(nn.Module):
    r"""What was masked, from the hidden state at its place (LP-BERT, Section 3.2).

    .. math::
        \mathrm{Norm}(\mathrm{GELU}(W_1 x + b_1)) W_2 + b_2

    The paper has a batch norm, its code a layer norm: statistics over the places of a batch
    depend on what else is in it.

    Args:
        dim: H.
        num_pieces: size of the vocabulary.
        norm: ``"layer"`` or ``"batch"``.

    Shapes:
        - input: [P, H]
        - output: [P, num_pieces]
    """

    def __init__(self, dim: int, num_pieces: int, norm: str = "layer"):
        super().__init__()
        if norm not in NORMS:
            raise ValueError(f"norm is {norm!r}, but it is one of {', '.join(NORMS)}")
        self.dense = nn.Linear(dim, dim)
        self.norm = nn.LayerNorm(dim) if norm == "layer" else nn.BatchNorm1d(dim)
        self.decoder = nn.Linear(dim, num_pieces, bias=False)
        self.bias = nn.Parameter(torch.zeros(num_pieces))

    def forward(self, x: Tensor) -> Tensor:
        """Returns the scores."""
        return self.decoder(self.norm(nn.functional.gelu(self.dense(x)))) + self.bias

    def __repr__(self) -> str:
        return f"VocabularyHead({self.dense.in_features}, {self.decoder.out_features} pieces)"


def masked_loss(head: nn.Module, rows: Tensor, labels: Tensor, ignored: int = IGNORED) -> Tensor:
    """Mean cross entropy of what a head says of the rows that have a label; 0 if none has.

    Args:
        head: rows [*, H] -> scores [*, C]; reads only the rows that are asked about.
        rows: [P, H].
        labels: [P], `ignored` where nothing is asked.
        ignored: the label of such a row.
    """
    asked = labels != ignored
    if not asked.any():
        return rows.sum() * 0.0
    return nn.functional.cross_entropy(head(rows[asked]), labels[asked])
