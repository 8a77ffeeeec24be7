"""Random numbers that depend on a seed and on keys alone, not on what else is drawn.

So a node draws the same neighbours in every batch that it stands in, and an episode is the same
whichever worker draws it.
"""

from __future__ import annotations

import torch
from torch import Tensor

GOLDEN = 0x9E3779B97F4A7C15 - 2**64
FIRST, SECOND = 0xBF58476D1CE4E5B9 - 2**64, 0x94D049BB133111EB - 2**64


def uniform(seed: int, *keys: Tensor) -> Tensor:
    """Returns a number in [0, 1) for each combination of keys.

    The numbers are those of SplitMix64 (Steele et al., 2014), one stream a key after the other.

    Args:
        seed: any 64 bits.
        keys: int64 tensors of shapes that broadcast; wide ones last, which costs least.

    Returns:
        float64 of the broadcast shape, with 53 random bits.
    """
    state = torch.full((), _signed(seed), device=keys[0].device if keys else None)
    for key in keys:
        state = _mixed(state + (key + 1) * GOLDEN)
    return _logical(state, 11).double() * 2.0**-53


def distinct(size: Tensor, count: int, seed: int, key: Tensor) -> Tensor:
    """Draws `count` distinct numbers below each size, every subset equally often (Floyd, 1987).

    The work is ``n * count ** 2`` comparisons, whatever the sizes: nothing of their length is made.

    Args:
        size: [n], at least `count`.
        count: how many.
        seed: of the draws.
        key: [n] whose draws they are; equal keys and sizes draw the same.

    Returns:
        [count, n].
    """
    chance = uniform(seed, key, torch.arange(count, device=key.device).unsqueeze(1))
    drawn = torch.empty_like(chance, dtype=torch.long)
    for step in range(count):
        highest = size - count + step
        number = (chance[step] * (highest + 1)).long()
        taken = (drawn[:step] == number).any(0)
        drawn[step] = torch.where(taken, highest, number)
    return drawn


def _mixed(state: Tensor) -> Tensor:
    state = (state ^ _logical(state, 30)) * FIRST
    state = (state ^ _logical(state, 27)) * SECOND
    return state ^ _logical(state, 31)


def _logical(state: Tensor, bits: int) -> Tensor:
    """Shifts to the right with zeros from the left."""
    return (state >> bits) & (2 ** (64 - bits) - 1)


def _signed(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63
