from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.stores import MemoryTable, whitening


def drawn(count: int, dim: int, seed: int = 0) -> torch.Tensor:
    """Rows whose channels hang together and differ in size."""
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.randn(dim, dim, generator=generator)
    return torch.randn(count, dim, generator=generator) @ mixed + 3.0


def whitened(rows: torch.Tensor) -> torch.Tensor:
    mean, matrix = whitening.whitening(rows)
    return (rows - mean) @ matrix


def test_two_channels_by_hand():
    rows = torch.tensor([[2.0, 4.0], [2.0, -4.0], [-2.0, 4.0], [-2.0, -4.0]]) + 1.0
    mean, matrix = whitening.whitening(rows)
    # Variances 4 and 16, their mean 10, so 0.01 more; then scaled to a mean square of 1.
    first, second = (4 + 0.01) ** -0.5, (16 + 0.01) ** -0.5
    scale = ((4 * first**2 + 16 * second**2) / 2) ** -0.5
    assert mean.tolist() == [1.0, 1.0]
    expected = torch.tensor([[first * scale, 0.0], [0.0, second * scale]])
    torch.testing.assert_close(matrix, expected, atol=1e-6, rtol=1e-6)


def test_channels_become_uncorrelated_and_of_one_size():
    found = whitened(drawn(500, 4))
    assert found.mean(0).abs().max() < 1e-4
    torch.testing.assert_close(found.T @ found / 500, torch.eye(4), atol=0.05, rtol=0)


@given(count=st.integers(2, 6), seed=st.integers(0, 99))
def test_fewer_rows_than_channels_have_a_mean_square_of_one_too(count, seed):
    found = whitened(drawn(count, 8, seed))
    torch.testing.assert_close(found.square().mean(), torch.tensor(1.0), atol=1e-3, rtol=0)


def test_rows_that_are_all_alike_become_nothing():
    assert torch.equal(whitened(torch.full((3, 2), 5.0)), torch.zeros(3, 2))
    mean, matrix = whitening.whitening(torch.zeros(0, 2))
    assert mean.tolist() == [0.0, 0.0] and torch.equal(matrix, torch.eye(2))


def test_chunks_are_whitened_as_one(monkeypatch):
    rows = drawn(50, 3)
    whole = whitened(rows)
    monkeypatch.setattr(whitening, "CHUNK", 7)
    torch.testing.assert_close(whitened(rows), whole)


def test_a_memory_whitens_the_rows_that_it_has_now():
    table, rows = MemoryTable(20, 3), drawn(20, 3)
    table.refresh(None, rows)
    before, kept = table.whitening(), table.checkpoint()
    assert table.whitening() is before
    assert torch.equal(before[1], whitening.whitening(rows)[1])
    table.refresh(None, drawn(20, 3, seed=1))
    assert not torch.equal(table.whitening()[1], before[1])
    table.restore(kept)
    assert torch.equal(table.whitening()[1], before[1])
