"""KnowledgeModule: rounds of attention between the entities of a knowledge graph.

Letters: N entities, R relations, E edges, D channels of an entity, D_r of a relation.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InputError
from .relational_gat import RelationalGAT


class KnowledgeModule(nn.Module):
    r"""Layers of :class:`~graphkg.nn.RelationalGAT` (JAKET: Yu et al., 2020, Eq. 1-2).

    .. math:: E^{KM} = E^{(L)}, \quad E^{(l)} = \mathrm{RelationalGAT}_l(E^{(l-1)}, R)

    The relations are the same in all layers.

    Args:
        dim: D, a multiple of `heads`.
        relation_dim: D_r; other than D only with ``composition="mlp"``.
        layers: L, how many rounds of messages.
        heads: K, of each layer.
        composition: ``"add"``, ``"mult"`` or ``"mlp"``, see :class:`~graphkg.nn.RelationalGAT`.
        dropout: of each layer.
        activation: of each layer.
        share_attention: one vector of attention for all heads of a layer.

    Shapes:
        - input: entities [N, D], relations [R, D_r] or ``None``, edges [2, E], their relations [E]
        - output: [N, D]

    Raises:
        InputError: sizes that do not fit each other, or an unknown composition.
    """

    def __init__(
        self,
        dim: int,
        relation_dim: int | None = None,
        layers: int = 2,
        heads: int = 8,
        composition: str = "add",
        dropout: float = 0.1,
        activation: Callable[[Tensor], Tensor] = F.elu,
        share_attention: bool = False,
    ):
        super().__init__()
        if layers < 1:
            raise InputError(
                f"{type(self).__name__}(layers={layers}) was given, but it is at least 1"
            )
        given = (dim, relation_dim, heads, composition, dropout, activation, share_attention)
        self.layers = nn.ModuleList(RelationalGAT(*given) for _ in range(layers))

    @property
    def dim(self) -> int:
        """D."""
        return self._first.dim

    def forward(
        self, x: Tensor, relations: Tensor | None, edge_index: Tensor, edge_type: Tensor
    ) -> Tensor:
        """Returns the entities after all rounds, [N, D]."""
        for layer in self.layers:
            x = layer(x, relations, edge_index, edge_type)
        return x

    @property
    def _first(self) -> RelationalGAT:
        first = self.layers[0]
        assert isinstance(first, RelationalGAT)
        return first

    def __repr__(self) -> str:
        first = self._first
        sizes = f"{first.dim}, {first.relation_dim}, layers={len(self.layers)}"
        said = f"heads={first.heads}, composition={first.composition!r}"
        return f"{type(self).__name__}({sizes}, {said})"
