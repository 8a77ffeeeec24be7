"""What QIDN made of a batch, and where its queries looked.

Letters: B sentences, N tokens of the longest sentence, S keys of a sentence, n queries (2 Q, or Q
without branches), L layers, A heads.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..nn.query_decoder import Decoded
from ..nn.slot_heads import Slots
from ..nn.span import Spans


@dataclass(frozen=True)
class QueryAttention:
    """Where the queries of one sentence looked, those of relations first.

    Attributes:
        spans: [S, 2] the keys as half-open spans of tokens.
        cross: [L, A, n, S] the weight of each key.
        own: [L, A, n, n] the weight of each other query.
    """

    spans: Tensor
    cross: Tensor
    own: Tensor


@dataclass(frozen=True)
class Reading:
    """What the model made of a batch.

    Attributes:
        slots: what the slots say after the last layer, or after each one.
        mask: tokens that may be boundaries, [B, N].
        spans: the keys, with numbers of tokens in the batch.
        decoded: the queries after each layer.
    """

    slots: list[Slots]
    mask: Tensor
    spans: Spans
    decoded: Decoded

    def attention(self) -> QueryAttention:
        """Returns the weights of the first sentence; they have to be in `decoded`."""
        own, cross = self.decoded.own, self.decoded.cross
        assert own is not None and cross is not None
        count = int(self.spans.ptr[1])
        keys = torch.stack([self.spans.first[:count], self.spans.last[:count] + 1], 1)
        return QueryAttention(keys, cross[:, 0, ..., :count], own[:, 0])
