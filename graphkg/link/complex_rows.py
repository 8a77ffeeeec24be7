"""Rows of complex numbers: the first half of a row is the real part, the second the imaginary."""

from __future__ import annotations

import torch
from torch import Tensor

from ..errors import InputError


def multiply(x: Tensor, y: Tensor) -> Tensor:
    """Multiplies rows [*, D] of D/2 complex numbers, number by number."""
    (a, b), (c, d) = x.chunk(2, dim=-1), y.chunk(2, dim=-1)
    return torch.cat([a * c - b * d, a * d + b * c], dim=-1)


def conjugate(x: Tensor) -> Tensor:
    """Turns the sign of the imaginary parts of rows [*, D]."""
    real, imaginary = x.chunk(2, dim=-1)
    return torch.cat([real, -imaginary], dim=-1)


def modulus(x: Tensor) -> Tensor:
    """Returns the moduli [*, D/2] of rows [*, D]; the gradient of a modulus of 0 is 0."""
    real, imaginary = x.chunk(2, dim=-1)
    squared = real.square() + imaginary.square()
    return squared.clamp(min=torch.finfo(x.dtype).tiny).sqrt()  # clamped, so without a gradient


def check_even(kind: str, entity_dim: int) -> None:
    """Raises an InputError unless a row has as many imaginary as real parts."""
    if entity_dim < 2 or entity_dim % 2:
        raise InputError(
            f"{kind}(entity_dim={entity_dim}) was given, but a row is half real parts and half "
            "imaginary ones: give an even width"
        )
