"""Merge: what a knowledge graph says of entities is added to the pieces of their mentions.

Letters: P pieces, N entities, L links from a piece to an entity, D channels.
"""

from __future__ import annotations

from torch import Tensor, nn


class Merge(nn.Module):
    r"""Rows of a text with rows of the entities that it mentions (JAKET: Yu et al., 2020, Eq. 3).

    .. math::
        Z^{merge}_k = Z_k + E^{KM}_{e_m} \text{ for } s_m \le k \le o_m, \quad
        Z' = \mathrm{LayerNorm}(Z^{merge})

    The norm is over all pieces, so that a text without a mention changes as well. The mentions of
    the paper are disjoint; where they overlap, every entity of a piece is added, once.

    Args:
        dim: D.
        layernorm: whether there is a norm.

    Shapes:
        - input: pieces [P, D], entities [N, D], links [2, L], each given once
        - output: [P, D]
    """

    def __init__(self, dim: int, layernorm: bool = True):
        super().__init__()
        self.dim = dim
        self.norm = nn.LayerNorm(dim) if layernorm else nn.Identity()

    def forward(self, rows: Tensor, entities: Tensor, links: Tensor) -> Tensor:
        """Returns Z'."""
        piece, entity = links
        return self.norm(rows.index_add(0, piece, entities[entity].to(rows.dtype)))

    def __repr__(self) -> str:
        return f"Merge({self.dim}, layernorm={isinstance(self.norm, nn.LayerNorm)})"
