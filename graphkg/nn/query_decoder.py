"""QueryDecoder: learned queries that look at each other and at the spans of a sentence.

Letters: B sentences, n queries (Q of each branch), S keys of the longest sentence, A heads,
L layers, D channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .row_sums import RowSums

HIDDEN = ("none", "entity_to_relation", "relation_to_entity", "both")
ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU}


@dataclass(frozen=True)
class Decoded:
    """What a decoder makes of its queries.

    Attributes:
        layers: outputs of the L layers, each [B, n, D].
        own: weights between queries [L, B, A, n, n], if they were asked for.
        cross: weights of keys [L, B, A, n, S], if they were asked for.
    """

    layers: list[Tensor]
    own: Tensor | None = None
    cross: Tensor | None = None

    @property
    def last(self) -> Tensor:
        """The output of the last layer, [B, n, D]."""
        return self.layers[-1]


def hidden_queries(count: int, hidden: str = "none") -> Tensor:
    """Returns which queries may not be looked at, boolean [2 Q, 2 Q]: row looks at column.

    The first Q are relation queries, the others entity queries. Within a branch all are visible.

    Args:
        count: Q.
        hidden: ``"none"``, ``"entity_to_relation"`` (relation queries do not see entity queries),
            ``"relation_to_entity"`` or ``"both"``.
    """
    if hidden not in HIDDEN:
        raise ValueError(f"hidden is {hidden!r}, but it is one of {', '.join(HIDDEN)}")
    mask = torch.zeros(2 * count, 2 * count, dtype=torch.bool)
    mask[:count, count:] = hidden in ("entity_to_relation", "both")
    mask[count:, :count] = hidden in ("relation_to_entity", "both")
    return mask


def look_at_sums(
    attention: nn.MultiheadAttention, x: Tensor, keys: RowSums, padding: Tensor
) -> Tensor:
    """Returns what `attention` gives, [B, n, D], for queries [B, n, D] and keys that are values.

    It multiplies the rows that the keys are sums of, not each key.
    """
    (w_q, *weights), (b_q, *biases) = (
        part.chunk(3) for part in (attention.in_proj_weight, attention.in_proj_bias)
    )
    rows = F.linear(x, w_q, b_q), *map(keys.linear, weights, biases)
    q, k, v = (row.unflatten(2, (attention.num_heads, -1)).transpose(1, 2) for row in rows)
    dropout = attention.dropout if attention.training else 0.0
    seen = F.scaled_dot_product_attention(q, k, v, ~padding[:, None, None], dropout)
    return attention.out_proj(seen.transpose(1, 2).flatten(2))


class DecoderLayer(nn.Module):
    """Self-attention, cross attention, feed-forward; after each: add, then layer norm.

    Args:
        dim: D.
        heads: A.
        feedforward: inner width.
        dropout: on attention weights and on what each part adds.
        activation: ``"relu"`` or ``"gelu"``.
    """

    def __init__(self, dim: int, heads: int, feedforward: int, dropout: float, activation: str):
        super().__init__()
        self.own = nn.MultiheadAttention(dim, heads, dropout, batch_first=True)
        self.cross = nn.MultiheadAttention(dim, heads, dropout, batch_first=True)
        self.feedforward = nn.Sequential(
            nn.Linear(dim, feedforward),
            ACTIVATIONS[activation](),
            nn.Dropout(dropout),
            nn.Linear(feedforward, dim),
        )
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(3))
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        keys: Tensor | RowSums,
        hidden: Tensor | None,
        padding: Tensor,
        position: Tensor | float,
        weights: bool,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """Returns the queries [B, n, D], and both attention weights if they are asked for."""
        ask = {"need_weights": weights, "average_attn_weights": False}
        at = x + position
        seen, own = self.own(at, at, x, attn_mask=hidden, **ask)
        x = self.norms[0](x + self.dropout(seen))
        cross: Tensor | None = None
        if isinstance(keys, RowSums) and not weights:
            seen = look_at_sums(self.cross, x + position, keys, padding)
        else:
            dense = keys.dense() if isinstance(keys, RowSums) else keys
            seen, cross = self.cross(x + position, dense, dense, key_padding_mask=padding, **ask)
        x = self.norms[1](x + self.dropout(seen))
        return self.norms[2](x + self.dropout(self.feedforward(x))), own, cross


class QueryDecoder(nn.Module):
    """A transformer decoder over queries without order (QIDN, Section 3.2; as DETR's).

    Args:
        dim: D.
        layers: L.
        heads: A.
        feedforward: inner width (DETR's; the paper is silent).
        dropout: everywhere.
        activation: ``"relu"`` or ``"gelu"`` (the paper is silent).

    Shapes:
        - input: queries [n, D], the same for all sentences, or [B, n, D]; keys [B, S, D], which
          are the values, too; which keys are there, boolean [B, S]; which queries are hidden from
          which, boolean [n, n]
        - output: :class:`Decoded`

    A sentence without any key reads a row of zeros.
    """

    def __init__(
        self,
        dim: int,
        layers: int = 5,
        heads: int = 8,
        feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
    ):
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation is {activation!r}, but it is one of {list(ACTIVATIONS)}")
        self.dim, self.heads = dim, heads
        self.layers = nn.ModuleList(
            DecoderLayer(dim, heads, feedforward, dropout, activation) for _ in range(layers)
        )

    def forward(
        self,
        queries: Tensor,
        keys: Tensor | RowSums,
        mask: Tensor,
        hidden: Tensor | None = None,
        position: Tensor | float = 0.0,
        weights: bool = False,
    ) -> Decoded:
        """Returns the outputs of all layers.

        Args:
            queries: [n, D] or [B, n, D].
            keys: [B, S, D], dense or as sums of rows; rows outside of `mask` are 0.
            mask: [B, S].
            hidden: [n, n], true where a row may not look at a column.
            position: [n, D] added to queries where they look, as in DETR; nothing by default.
            weights: also return the attention weights.
        """
        padding = ~mask & mask.any(1, keepdim=True)
        x = queries.expand(mask.size(0), -1, -1)
        found, own, cross = [], [], []
        for layer in self.layers:
            x, *seen = layer(x, keys, hidden, padding, position, weights)
            found.append(x)
            own.append(seen[0])
            cross.append(seen[1])
        if not weights:
            return Decoded(found)
        return Decoded(found, torch.stack(own), torch.stack(cross))

    def __repr__(self) -> str:
        return f"QueryDecoder({self.dim}, layers={len(self.layers)}, heads={self.heads})"
