"""ComplEx: a product of three complex numbers."""

from __future__ import annotations

from torch import Tensor

from .base import LinkPredictor
from .complex_rows import check_even, conjugate, modulus, multiply


class ComplEx(LinkPredictor):
    r"""ComplEx (Trouillon et al., ICML 2016), scored by the real part of three complex rows.

    .. math::
        \mathrm{Re}\,\langle h, r, \bar t\rangle

    A row is half real, half imaginary parts. z = h r is their complex product; as a row of real
    numbers, :math:`z \cdot t` is the score.

    Args:
        entity_dim: D_v, even: D_v / 2 complex numbers.
        relation_dim: D_r = D_v.
        num_objects: how many objects have a bias, see :class:`LinkPredictor`.

    Shapes:
        - input: heads [B, D_v], relations [B, D_v]
        - output: [B, D_v]

    Raises:
        InputError: an odd width, or a `relation_dim` other than `entity_dim`.
    """

    tied = True
    row_scale = 0.1

    def __init__(
        self, entity_dim: int, relation_dim: int | None = None, num_objects: int | None = None
    ):
        check_even("ComplEx", entity_dim)
        super().__init__(entity_dim, relation_dim, num_objects)

    def merge(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns z, the complex product of head and relation, [B, D_v]."""
        return multiply(head, relation)

    def compare_relations(self, head: Tensor, relations: Tensor, tail: Tensor) -> Tensor:
        r"""Scores without biases, [B, R]: :math:`\mathrm{Re}\,(h \bar t) r`, in one product."""
        return conjugate(multiply(head, conjugate(tail))) @ relations.t()

    def factors(self, rows: Tensor) -> Tensor:
        """Returns the complex moduli [*, D_v / 2] of rows [*, D_v]."""
        return modulus(rows)
