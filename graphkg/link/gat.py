"""GAT: a graph network in front of any link predictor.

Letters: N entities, R relations, E edges, D channels of an entity, D_r of a relation.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..errors import InputError
from ..nn.knowledge_module import KnowledgeModule


class GAT(KnowledgeModule):
    """A :class:`~graphkg.nn.KnowledgeModule` that can limit what an entity reads in training.

    A predictor then reads the result in place of the rows themselves.

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
        super().__init__(dim, relation_dim, layers, heads, composition, dropout)
        if fan_out is not None and fan_out < 1:
            raise InputError(f"GAT(fan_out={fan_out}) was given, but it is at least 1")
        self.fan_out = fan_out

    def forward(
        self,
        x: Tensor,
        relations: Tensor | None,
        edge_index: Tensor,
        edge_type: Tensor,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Returns the entities after all rounds, [N, D]; `generator` draws the edges."""
        if self.training and self.fan_out is not None:
            drawn = draw_incoming(edge_index[1], self.fan_out, x.size(0), generator)
            edge_index, edge_type = edge_index[:, drawn], edge_type[drawn]
        return super().forward(x, relations, edge_index, edge_type)

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, fan_out={self.fan_out})"


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
