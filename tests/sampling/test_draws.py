"""Draws by seed and key: uniform, distinct, and the same in whatever company."""

from __future__ import annotations

import itertools
from collections import Counter

import torch
from scipy import stats

from graphkg.sampling.draws import distinct, uniform


def splitmix(state: int) -> int:
    """SplitMix64's output function in plain integers."""
    mask = 2**64 - 1
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & mask
    return state ^ (state >> 31)


def test_the_first_numbers_are_those_of_splitmix64():
    golden, mask = 0x9E3779B97F4A7C15, 2**64 - 1
    for seed in (0, 1234567, 2**63 + 5, -3):
        expected = [(splitmix((seed + n * golden) & mask) >> 11) / 2**53 for n in range(1, 6)]
        assert uniform(seed, torch.arange(5)).tolist() == expected
    # The published first output of SplitMix64 with seed 1234567.
    assert splitmix((1234567 + golden) & mask) == 6457827717110365317


def test_numbers_are_uniform_over_both_keys_and_depend_on_the_seed():
    keys = torch.arange(200).unsqueeze(1), torch.arange(100)
    found = uniform(7, *keys).view(-1)
    assert stats.kstest(found.numpy(), "uniform").pvalue > 0.001
    assert not torch.equal(found, uniform(8, *keys).view(-1))
    assert abs(torch.corrcoef(uniform(7, *keys)[:2])[0, 1]) < 0.3


def test_every_subset_is_drawn_equally_often():
    draws = 20_000
    found = distinct(torch.full((draws,), 5), 3, 0, torch.arange(draws))
    counts = Counter(tuple(sorted(row)) for row in found.t().tolist())
    assert set(counts) == set(itertools.combinations(range(5), 3))
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_numbers_of_a_key_are_distinct_below_its_size_and_the_same_in_any_company():
    size = torch.tensor([10, 11, 50, 1_000_000])
    key = torch.tensor([4, 9, 2, 7])
    found = distinct(size, 10, 3, key)
    assert (found >= 0).all() and (found < size).all()
    assert all(column.unique().numel() == 10 for column in found.t())
    assert found[:, 0].sort().values.tolist() == list(range(10))
    for place in range(4):
        alone = distinct(size[[place]], 10, 3, key[[place]])
        assert torch.equal(alone[:, 0], found[:, place])
