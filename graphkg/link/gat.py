"""GAT: a graph network in front of any link predictor.

Letters: N entities, R relations, E edges, D channels of an entity, D_r of a relation.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..errors import InputError
from ..nn.relational_gat import RelationalGAT


class GAT(nn.Module):
    """Layers of :class:`~graphkg.nn.RelationalGAT`: entity rows read their neighbours' rows.

    A predictor then reads the result in place of the rows themselves. The relations are the same
    in all layers.

    Args:
        dim: D, a multiple of `heads`.
        relation_dim: D_r; other than D only with ``composition="mlp"``.
        layers: how many rounds of messages.
        heads: of each layer.
        composition: ``"add"``, ``"mult"`` or ``"mlp"``, see :class:`~graphkg.nn.RelationalGAT`.
        dropout: of each layer.
        fan_out: in training, an entity reads at most so many edges that go into it, drawn without
            replacement for each forward and the same in all layers; by default, and always in eval
            mode, it reads all.

    Shapes:
        - input: entities [N, D], relations [R, D_r], edges [2, E], their relations [E]
        - output: [N, D]

    Raises:
        InputError: sizes that do not fit each other, or an unknown composition.
    """

    def __init__(
        self,
        dim: int,
        relation_dim: int | None = None,
        layers: int = 2,
        heads: int = 4,
        composition: str = "add",
        dropout: float = 0.1,
        fan_out: int | None = None,
    ):
        super().__init__()
        for name, value in (("layers", layers), ("fan_out", fan_out)):
            if value is not None and value < 1:
                raise InputError(f"GAT({name}={value}) was given, but it is at least 1")
        self.fan_out = fan_out
        self.layers = nn.ModuleList(
            RelationalGAT(dim, relation_dim, heads, composition, dropout) for _ in range(layers)
        )

    def forward(
        self,
        entity_rows: Tensor,
        relation_rows: Tensor,
        edge_index: Tensor,
        edge_type: Tensor,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Returns the entities after all rounds, [N, D]; `generator` draws the edges."""
        if self.training and self.fan_out is not None:
            drawn = draw_incoming(edge_index[1], self.fan_out, entity_rows.size(0), generator)
            edge_index, edge_type = edge_index[:, drawn], edge_type[drawn]
        x = entity_rows
        for layer in self.layers:
            x = layer(x, relation_rows, edge_index, edge_type)
        return x

    def __repr__(self) -> str:
        first = self.layers[0]
        assert isinstance(first, RelationalGAT)
        sizes = f"{first.dim}, {first.relation_dim}, layers={len(self.layers)}"
        said = f"heads={first.heads}, composition={first.composition!r}, fan_out={self.fan_out}"
        return f"GAT({sizes}, {said})"


def draw_incoming(
    target: Tensor, fan_out: int, num_nodes: int, generator: torch.Generator | None = None
) -> Tensor:
    """Draws at most `fan_out` of the edges into each node, without replacement.

    Edges are sorted by (target, random key) and each node keeps its first ones.

    Args:
        target: [E] the node that each edge goes into.
        fan_out: how many it keeps at most.
        num_nodes: how many nodes there are.
        generator: draws the keys; by default torch's own.

    Returns:
        Positions of the kept edges, rising.
    """
    device = target.device if generator is None else generator.device
    key = torch.rand(target.numel(), generator=generator, device=device).to(target.device)
    order = (target.double() + key).argsort()  # exact: a key has 24 bits, an id up to 29
    degree = torch.bincount(target, minlength=num_nodes)
    start = degree.cumsum(0) - degree
    rank = torch.arange(target.numel(), device=target.device) - start[target[order]]
    return order[rank < fan_out].sort().values
