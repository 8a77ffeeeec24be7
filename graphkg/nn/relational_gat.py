"""RelationalGAT: attention over the neighbours and relations of an entity.

Letters: N entities, R relations, E edges, D channels of an entity, D_r of a relation, H heads,
C = D / H.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.nn import MessagePassing
from torch_geometric.utils import softmax

from ..errors import InputError

COMPOSITIONS = ("add", "mult", "mlp")
SLOPE = 0.2  # of LeakyReLU, as in GAT


class RelationalGAT(MessagePassing):
    r"""A graph attention layer over a knowledge graph (JAKET: Yu et al., 2020, Eq. 1-2).

    With :math:`m_{ru} = f(E_u, R_r)` for each edge (u, r, v) and each head k of H,

    .. math::
        \alpha^k_{vru} &= \mathrm{softmax}_{(r, u)}\, \mathrm{LeakyReLU}\big(
            a_k^\top [ W^k E_v \oplus W^k m_{ru} ] \big) \\
        E_v' &= \mathrm{LayerNorm}\big( \oplus_k\, \sigma( \textstyle\sum_{(r, u)}
            \alpha^k_{vru} W^k m_{ru} ) + E_v \big).

    Eq. 1 prints :math:`W^k E_u` in the denominator, where :math:`W^k E_v` must stand for the
    weights to sum to 1. An entity without edges keeps :math:`\mathrm{LayerNorm}(E_v)`. Messages
    go from ``edge_index[0]`` to ``edge_index[1]``; JAKET's neighbours of a head are its tails,
    which a graph with inverse edges has as well. Without relation rows (JAKET's pre-training)
    f(x, y) = x, and the MLP reads zeros in their place.

    Args:
        dim: D, a multiple of `heads`.
        relation_dim: D_r; by default D.
        heads: H.
        composition: f: ``"add"`` x + y, ``"mult"`` x * y, or ``"mlp"``
            :math:`W_2\, \mathrm{ReLU}(W_1 [x \oplus y])`, for any D_r.
        dropout: on the weights and on the heads' output (the paper is silent).
        activation: :math:`\sigma` (unnamed in the paper; GAT's is ELU).
        share_attention: one vector a for all heads, as the equation prints it.

    Shapes:
        - input: entities [N, D], relations [R, D_r] or ``None``, edges [2, E], their relations [E]
        - output: [N, D]

    Raises:
        InputError: widths that do not fit each other, or an unknown composition.
    """

    def __init__(
        self,
        dim: int,
        relation_dim: int | None = None,
        heads: int = 8,
        composition: str = "add",
        dropout: float = 0.1,
        activation: Callable[[Tensor], Tensor] = F.elu,
        share_attention: bool = False,
    ):
        super().__init__(aggr="add", node_dim=0)
        relation_dim = dim if relation_dim is None else relation_dim
        if composition not in COMPOSITIONS:
            raise InputError(f"composition {composition!r} is not one of {', '.join(COMPOSITIONS)}")
        if dim % heads:
            raise InputError(f"dim={dim} cannot be shared by {heads} heads: give a multiple")
        if composition != "mlp" and relation_dim != dim:
            raise InputError(
                f"composition {composition!r} needs relations as wide as entities, but they have "
                f"{relation_dim} and {dim} channels: take composition='mlp'"
            )
        self.dim, self.relation_dim, self.heads = dim, relation_dim, heads
        self.composition, self.activation = composition, activation
        self.linear = nn.Linear(dim, dim, bias=False)
        shape = (1 if share_attention else heads, dim // heads)
        self.of_target, self.of_message = (nn.Parameter(torch.empty(shape)) for _ in range(2))
        self.inner: nn.Linear | None = None
        self.outer: nn.Linear | None = None
        if composition == "mlp":
            self.inner, self.outer = nn.Linear(dim + relation_dim, dim), nn.Linear(dim, dim)
        self.norm, self.dropout = nn.LayerNorm(dim), nn.Dropout(dropout)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws the weights anew, Xavier uniform as GAT's."""
        super().reset_parameters()
        for weight in (self.linear.weight, self.of_target, self.of_message):
            nn.init.xavier_uniform_(weight)
        self.norm.reset_parameters()
        if self.inner is not None and self.outer is not None:
            self.inner.reset_parameters()
            self.outer.reset_parameters()

    def forward(
        self, x: Tensor, relations: Tensor | None, edge_index: Tensor, edge_type: Tensor
    ) -> Tensor:
        """Returns the entities after one round of messages, [N, D]."""
        messages, alpha = self._attend(x, relations, edge_index, edge_type)
        alpha, size = self.dropout(alpha), (x.size(0), x.size(0))
        heads = self.propagate(edge_index, messages=messages, alpha=alpha, size=size)
        return self.norm(self.dropout(self.activation(heads.flatten(1))) + x)

    def attention(
        self, x: Tensor, relations: Tensor | None, edge_index: Tensor, edge_type: Tensor
    ) -> Tensor:
        r"""Eq. 1: :math:`\alpha`, [E, H], which sums to 1 over the edges into an entity."""
        return self._attend(x, relations, edge_index, edge_type)[1]

    def message(self, messages: Tensor, alpha: Tensor) -> Tensor:
        """Weighs the messages of all edges, [E, H, C]."""
        return messages * alpha.unsqueeze(2)

    def _attend(
        self, x: Tensor, relations: Tensor | None, edge_index: Tensor, edge_type: Tensor
    ) -> tuple[Tensor, Tensor]:
        """W m of every edge, [E, H, C], and alpha, [E, H].

        Where m is a sum, W and a go into its parts, so that edges are only added up.
        """
        source, target = edge_index[0], edge_index[1]
        rows = self._transform(x)
        if relations is None and self.composition != "mlp":
            messages = rows.index_select(0, source)
            logits = _dot(rows, self.of_message).index_select(0, source)
        elif relations is not None and self.composition == "add":
            others = self._transform(relations)
            messages = _add(rows, source, others, edge_type)
            logits = _add(
                _dot(rows, self.of_message), source, _dot(others, self.of_message), edge_type
            )
        else:
            messages = self._transform(self._compose(x, source, relations, edge_type))
            logits = _dot(messages, self.of_message)
        logits = logits + _dot(rows, self.of_target).index_select(0, target)
        return messages, softmax(F.leaky_relu(logits, SLOPE), target, num_nodes=x.size(0))

    def _compose(
        self, x: Tensor, source: Tensor, relations: Tensor | None, edge_type: Tensor
    ) -> Tensor:
        """m of every edge, [E, D]: the product or the MLP."""
        if self.inner is None or self.outer is None:
            assert relations is not None
            return x.index_select(0, source) * relations.index_select(0, edge_type)
        left, right = self.inner.weight.split([self.dim, self.relation_dim], dim=1)
        rows = F.linear(x, left, self.inner.bias)
        if relations is None:
            return self.outer(rows.relu()).index_select(0, source)
        return self.outer(_add(rows, source, F.linear(relations, right), edge_type).relu())

    def _transform(self, rows: Tensor) -> Tensor:
        """W rows, split into heads: [*, D] to [*, H, C]."""
        return self.linear(rows).unflatten(1, (self.heads, -1))

    def __repr__(self) -> str:
        sizes = f"{self.dim}, {self.relation_dim}, heads={self.heads}"
        return f"RelationalGAT({sizes}, composition={self.composition!r})"


def _add(x: Tensor, source: Tensor, relations: Tensor, edge_type: Tensor) -> Tensor:
    """Adds, for each edge, a row of its entity and a row of its relation."""
    return x.index_select(0, source).add_(relations.index_select(0, edge_type))


def _dot(rows: Tensor, vector: Tensor) -> Tensor:
    """Each head's product with its vector: [*, H, C] and [H, C] or [1, C] give [*, H]."""
    return (rows * vector).sum(2)
