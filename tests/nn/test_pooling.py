"""pool: groups of rows, masks, and groups without rows."""

from __future__ import annotations

import pytest
import torch

from graphkg.nn import pool

X = torch.tensor([[1.0, -4.0], [3.0, -2.0], [5.0, -1.0], [7.0, 2.0]])
GROUP = torch.tensor([0, 0, 2, 2])


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("max", [[3.0, -2.0], [0.0, 0.0], [7.0, 2.0]]),
        ("avg", [[2.0, -3.0], [0.0, 0.0], [6.0, 0.5]]),
        ("sum", [[4.0, -6.0], [0.0, 0.0], [12.0, 1.0]]),
    ],
)
def test_groups_are_pooled_and_an_empty_one_is_zero(how, expected):
    torch.testing.assert_close(pool(X, GROUP, 3, how), torch.tensor(expected))


def test_masked_rows_take_no_part():
    mask = torch.tensor([True, False, True, False])
    torch.testing.assert_close(
        pool(X, GROUP, 3, "max", mask), torch.tensor([[1.0, -4.0], [0.0, 0.0], [5.0, -1.0]])
    )


def test_the_greatest_row_gets_the_gradient():
    x = X.clone().requires_grad_()
    pool(x, GROUP, 3).sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0], [1.0, 1.0]]


def test_an_unknown_way_is_an_error():
    with pytest.raises(ValueError, match="max, avg, sum"):
        pool(X, GROUP, 3, "mean")
