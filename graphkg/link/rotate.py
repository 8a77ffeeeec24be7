"""RotatE: a relation is a rotation in the complex plane."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from ..errors import InputError
from .base import LinkPredictor
from .complex_rows import check_even, modulus, multiply

# How many differences are held at once: on a CPU as many as stay in a core's cache.
ON_CPU, ELSEWHERE = 2**18, 2**25


class RotatE(LinkPredictor):
    r"""RotatE (Sun et al., ICLR 2019): :math:`z = h \circ e^{i\theta_r}`.

    .. math::
        \text{score} = \gamma - \sum_k | z_k - t_k |

    The sum of complex moduli is that of the released code. An entity's row is half real, half
    imaginary parts; a relation's row has the phases in radians.

    Args:
        entity_dim: D_v, even: D_v / 2 complex numbers.
        relation_dim: D_r = D_v / 2.
        margin: :math:`\gamma`, the score of a triple that fits (FB15k-237: 9, WN18RR: 6).
        num_objects: how many objects have a bias, see :class:`LinkPredictor`.

    Shapes:
        - input: heads [B, D_v], phases [B, D_v / 2]
        - output: [B, D_v]

    Raises:
        InputError: an odd width, or a `relation_dim` other than half of it.
    """

    tied, phases = True, True

    def __init__(
        self,
        entity_dim: int,
        relation_dim: int | None = None,
        margin: float = 9.0,
        num_objects: int | None = None,
    ):
        check_even("RotatE", entity_dim)
        super().__init__(entity_dim, relation_dim, num_objects)
        self.margin = margin

    @staticmethod
    def relation_dim_of(entity_dim: int) -> int:
        """Returns D_v / 2: one phase a complex number."""
        return entity_dim // 2

    def merge(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns z, the head turned by the relation's phases, [B, D_v]."""
        return multiply(head, torch.cat([relation.cos(), relation.sin()], dim=-1))

    def compare(self, z: Tensor, objects: Tensor) -> Tensor:
        """Scores without biases, [B, n]."""
        return self.margin - ModulusDistance.apply(z, objects)

    def compare_each(self, z: Tensor, objects: Tensor) -> Tensor:
        """Scores without biases of each query's own objects, [B, K]."""
        return self.margin - modulus(z.unsqueeze(1) - objects).sum(2)

    def factors(self, rows: Tensor) -> Tensor:
        """Returns the complex moduli [*, D_v / 2] of entity rows [*, D_v].

        Raises:
            InputError: rows of relations, whose moduli are 1 whatever their phases.
        """
        if rows.size(-1) != self.entity_dim:
            raise InputError(
                f"rows of width {rows.size(-1)} were given to the factors of {self!r}, but only "
                f"entities, of width {self.entity_dim}, have moduli to shrink: leave relations out"
            )
        return modulus(rows)

    def draw_rows(
        self, num_entities: int, num_relations: int, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        r"""Draws rows to begin with: uniform, phases in :math:`(-\pi, \pi)`.

        Entities are within (margin + 2) / (D_v / 2), the range of the released code.
        """
        bound = (self.margin + 2) / self.relation_dim
        entities = torch.empty(num_entities, self.entity_dim)
        phases = torch.empty(num_relations, self.relation_dim)
        entities.uniform_(-bound, bound, generator=generator)
        return entities, phases.uniform_(-math.pi, math.pi, generator=generator)

    def _options(self) -> dict[str, object]:
        return {"margin": self.margin}


class ModulusDistance(torch.autograd.Function):
    r""":math:`\sum_k | x_k - y_k |` of complex rows [B, D] and [n, D], [B, n].

    [B, n, D] never exists: slices of y are gone through, forward and again backward. The gradient
    of a modulus of 0 is 0.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
        """Returns the distances."""
        ctx.save_for_backward(x, y)
        distance = x.new_empty(x.size(0), y.size(0))
        for rows, real, imaginary in _differences(x, y):
            distance[:, rows] = real.square_().addcmul_(imaginary, imaginary).sqrt_().sum(2)
        return distance

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the gradients of x and y."""
        x, y = ctx.saved_tensors
        of_x, of_y = torch.zeros_like(x), torch.empty_like(y)
        tiny, halves = torch.finfo(x.dtype).tiny, of_x.chunk(2, dim=1)
        for rows, *parts in _differences(x, y):
            squared = parts[0].square().addcmul_(parts[1], parts[1])
            weight = squared.clamp_(min=tiny).rsqrt_().mul_(gradient[:, rows].unsqueeze(2))
            for part, x_half, y_half in zip(parts, halves, of_y[rows].chunk(2, dim=1)):
                part.mul_(weight)
                x_half += part.sum(1)
                y_half.copy_(part.sum(0))
        return of_x, of_y.neg_()


def _differences(x: Tensor, y: Tensor) -> Iterator[tuple[slice, Tensor, Tensor]]:
    """Yields slices of y's rows and the real and imaginary parts of x - y there, [B, s, D/2]."""
    (x_real, x_imaginary), (y_real, y_imaginary) = (
        [half.contiguous() for half in rows.chunk(2, dim=1)] for rows in (x, y)
    )
    at_once = ON_CPU if x.device.type == "cpu" else ELSEWHERE
    step = max(1, at_once // max(1, x_real.numel()))
    for start in range(0, y.size(0), step):
        rows = slice(start, start + step)
        real = x_real.unsqueeze(1) - y_real[rows]
        yield rows, real, x_imaginary.unsqueeze(1) - y_imaginary[rows]
