"""LinkPredictor: what every g has in common.

Letters: B queries, n objects, D_v width of an entity, D_r of a relation.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LinkPredictor(nn.Module):
    r"""g: merges a head and a relation into a vector that is compared with object vectors.

    It takes vectors, not ids, so that a relation's row and a sentence's relation vector pass
    through the same door. A subclass implements :meth:`merge`; one that compares by distance
    overrides :meth:`score`.

    Args:
        entity_dim: D_v.
        relation_dim: D_r.
        num_objects: the number of objects, if each has a bias :math:`b_o` (0 at first).
    """

    bias: nn.Parameter | None

    def __init__(self, entity_dim: int, relation_dim: int, num_objects: int | None = None):
        super().__init__()
        self.entity_dim, self.relation_dim = entity_dim, relation_dim
        bias = None if num_objects is None else nn.Parameter(torch.zeros(num_objects))
        self.register_parameter("bias", bias)

    @property
    def num_objects(self) -> int | None:
        """The number of objects that have a bias, or ``None``."""
        return None if self.bias is None else self.bias.numel()

    def merge(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns z = g(head, relation): [B, D_v] and [B, D_r] give [B, D_v]."""
        raise NotImplementedError

    def score(self, z: Tensor, objects: Tensor, index: Tensor | None = None) -> Tensor:
        r"""Returns the logits :math:`z \cdot v_o + b_o`.

        Args:
            z: [B, D_v].
            objects: [n, D_v].
            index: [n] which objects they are, for their biases; by default all, in order.

        Returns:
            [B, n].
        """
        return self.add_bias(z @ objects.t(), index)

    def add_bias(self, scores: Tensor, index: Tensor | None = None) -> Tensor:
        """Adds the biases of the objects `index` [n] to scores [B, n], if there are any."""
        if self.bias is None:
            return scores
        return scores + (self.bias if index is None else self.bias[index])

    def forward(self, head: Tensor, relation: Tensor, objects: Tensor) -> Tensor:
        """Returns the logits of all `objects` [n, D_v] for B queries, [B, n]."""
        return self.score(self.merge(head, relation), objects)

    def __repr__(self) -> str:
        objects = "" if self.bias is None else f", num_objects={self.num_objects}"
        return f"{type(self).__name__}({self.entity_dim}, {self.relation_dim}{objects})"
