"""TransE: a relation is a translation."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ..errors import InputError
from .base import LinkPredictor

NEAR = 0.01  # squared distances below this part of the squared norms have lost digits to cancelling
FLOATS_OF_NEAR = 2**24  # that the differences of near pairs may take


class TransE(LinkPredictor):
    r"""TransE (Bordes et al., NeurIPS 2013): :math:`z = h + r`.

    .. math::
        \text{score} = \gamma - \lVert z - t \rVert_p

    Args:
        entity_dim: D_v.
        relation_dim: D_r = D_v.
        p: 1 or 2, the norm of the distance.
        margin: :math:`\gamma`, the score of a triple that fits.
        num_objects: how many objects have a bias, see :class:`LinkPredictor`.

    Shapes:
        - input: heads [B, D_v], relations [B, D_v]
        - output: [B, D_v]

    Raises:
        InputError: another norm, or a `relation_dim` other than `entity_dim`.
    """

    tied = True

    def __init__(
        self,
        entity_dim: int,
        relation_dim: int | None = None,
        p: int = 1,
        margin: float = 0.0,
        num_objects: int | None = None,
    ):
        if p not in (1, 2):
            raise InputError(f"TransE(p={p}) was given, but its norm is p=1 or p=2")
        super().__init__(entity_dim, relation_dim, num_objects)
        self.p, self.margin = p, margin

    def merge(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns z = head + relation, [B, D_v]."""
        return head + relation

    def compare(self, z: Tensor, objects: Tensor) -> Tensor:
        """Scores without biases, [B, n]."""
        if self.p == 1:
            return self.margin - torch.cdist(z, objects, p=1.0)
        return self.margin - euclidean(z, objects)

    def compare_each(self, z: Tensor, objects: Tensor) -> Tensor:
        """Scores without biases of each query's own objects, [B, K]."""
        return self.margin - torch.linalg.vector_norm(z.unsqueeze(1) - objects, self.p, dim=2)

    def compare_relations(self, head: Tensor, relations: Tensor, tail: Tensor) -> Tensor:
        """Scores without biases of all relations, [B, R]: how far each is from tail - head."""
        return self.compare(tail - head, relations)

    def draw_rows(
        self, num_entities: int, num_relations: int, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        r"""Draws rows to begin with: :math:`U(-6/\sqrt D, 6/\sqrt D)`, relations of length 1."""
        bound = 6 / self.entity_dim**0.5
        entities = torch.empty(num_entities, self.entity_dim)
        relations = torch.empty(num_relations, self.relation_dim)
        for rows in (entities, relations):
            rows.uniform_(-bound, bound, generator=generator)
        return entities, F.normalize(relations)

    def _options(self) -> dict[str, object]:
        return {"p": self.p, "margin": self.margin}


def euclidean(x: Tensor, y: Tensor) -> Tensor:
    """Returns the distances of rows [B, D] and [n, D], [B, n].

    The product form :math:`x^2 - 2 x y + y^2` is twenty times as fast as differences but cancels
    where rows are near each other: those few pairs are measured again by their differences. The
    gradient of a distance of 0 is 0.
    """
    distance = torch.cdist(x, y, compute_mode="use_mm_for_euclid_dist")
    with torch.no_grad():
        size = x.square().sum(1, keepdim=True) + y.square().sum(1)
        row, column = (distance.square() < NEAR * size).nonzero(as_tuple=True)
    if row.numel() == 0:
        return distance
    if row.numel() * x.size(1) > FLOATS_OF_NEAR:
        return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
    exact = torch.linalg.vector_norm(x[row] - y[column], dim=1)
    return distance.index_put((row, column), exact)
