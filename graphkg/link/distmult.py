"""DistMult: a product of three."""

from __future__ import annotations

from torch import Tensor

from .base import LinkPredictor


class DistMult(LinkPredictor):
    r"""DistMult (Yang et al., ICLR 2015): :math:`z = h \circ r`, scored by :math:`z \cdot t`.

    Scores are symmetric in head and tail.

    Args:
        entity_dim: D_v.
        relation_dim: D_r = D_v.
        num_objects: how many objects have a bias, see :class:`LinkPredictor`.

    Shapes:
        - input: heads [B, D_v], relations [B, D_v]
        - output: [B, D_v]
    """

    tied = True
    row_scale = 0.1

    def merge(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns z = head * relation, [B, D_v]."""
        return head * relation

    def compare_relations(self, head: Tensor, relations: Tensor, tail: Tensor) -> Tensor:
        """Scores without biases of all relations, [B, R], in one product."""
        return (head * tail) @ relations.t()
