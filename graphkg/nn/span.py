"""All short spans of sentences that lie one after the other, and their vectors.

Letters: T tokens of B sentences, S spans, D channels, W the longest span.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .row_sums import RowSums


@dataclass(frozen=True)
class Spans:
    """Spans of B sentences, in the order of their first token, then of their length.

    Attributes:
        first: [S] number of the first token.
        last: [S] number of the last token.
        ptr: [B + 1] where the spans of each sentence begin.
    """

    first: Tensor
    last: Tensor
    ptr: Tensor

    def __len__(self) -> int:
        return self.first.numel()

    @property
    def sentence(self) -> Tensor:
        """The sentence of each span, [S]."""
        rows = torch.arange(self.ptr.numel() - 1, device=self.ptr.device)
        return rows.repeat_interleave(self.ptr.diff())

    def keep(self, mask: Tensor) -> Spans:
        """Returns the spans of `mask`, boolean [S]."""
        counts = torch.bincount(self.sentence[mask], minlength=self.ptr.numel() - 1)
        ptr = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        return Spans(self.first[mask], self.last[mask], ptr)


def spans_up_to(ptr: Tensor, longest: int = 8) -> Spans:
    """Returns every span of at most `longest` tokens that lies in one sentence.

    Args:
        ptr: [B + 1] where the tokens of each sentence begin.
        longest: W.
    """
    lengths = ptr.diff()
    token = torch.arange(int(ptr[-1]), device=ptr.device)
    left = ptr[1:].repeat_interleave(lengths) - token
    counts = left.clamp(max=longest)
    ends = counts.cumsum(0)
    first = token.repeat_interleave(counts)
    # Tokens with 2 and 1 spans begin theirs at 0 and 2: spans 0 1 2 have the offsets 0 1 0.
    place = torch.arange(first.numel(), device=ptr.device)
    last = first + place - (ends - counts)[first]
    return Spans(first, last, torch.cat([ends.new_zeros(1), ends])[ptr])


class SpanVectors(nn.Module):
    r"""The vector of each span from its ends and its length (QIDN, Section 3.1).

    .. math::
        H^{span}_s = W [H_i; H_j; \phi(j - i + 1)] + b

    The paper leaves out W, but calls the vector one of the encoder's width. Each token is
    multiplied once as a first and once as a last one, not in each of its spans: the vectors are
    sums of three rows, and stay so.

    Args:
        dim: D.
        longest: W.
        length_dim: width of :math:`\phi` (150 as in PURE; the paper is silent).

    Shapes:
        - input: tokens [T, D] and their :class:`Spans`
        - output: [S, D] as :class:`~graphkg.nn.row_sums.RowSums`
    """

    def __init__(self, dim: int, longest: int = 8, length_dim: int = 150):
        super().__init__()
        self.dim, self.longest = dim, longest
        self.length = nn.Embedding(longest, length_dim)
        self.linear = nn.Linear(2 * dim + length_dim, dim)

    def forward(self, h: Tensor, spans: Spans) -> RowSums:
        """Returns the span vectors."""
        sizes = [self.dim, self.dim, self.length.embedding_dim]
        first, last, length = self.linear.weight.split(sizes, 1)
        by_length = F.linear(self.length.weight, length, self.linear.bias)
        table = torch.cat([h.new_zeros(1, self.dim), h @ first.t(), h @ last.t(), by_length])
        begins = torch.tensor([0, h.size(0), 2 * h.size(0)], device=h.device) + 1
        parts = torch.stack([spans.first, spans.last, spans.last - spans.first], 1)
        return RowSums(table, begins + parts)

    def __repr__(self) -> str:
        return (
            f"SpanVectors({self.dim}, longest={self.longest}, length={self.length.embedding_dim})"
        )
