"""RowSums: vectors that are sums of rows, before and after a linear layer."""

from __future__ import annotations

import torch

from graphkg.nn.row_sums import RowSums

TABLE = torch.tensor([[0.0, 0.0], [1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
INDEX = torch.tensor([[1, 2], [3, 3], [2, 0]])


def test_a_vector_is_the_sum_of_its_rows():
    assert RowSums(TABLE, INDEX).dense().tolist() == [[3, 30], [8, 80], [2, 20]]
    assert RowSums(TABLE, INDEX[:0]).dense().shape == (0, 2)


def test_a_linear_layer_on_rows_is_one_on_their_sums():
    weight, bias = torch.tensor([[1.0, 1.0], [1.0, 0.0], [0.0, 2.0]]), torch.tensor([1.0, 0, -5])
    found = RowSums(TABLE, INDEX).linear(weight, bias)
    assert found.tolist() == [[34, 3, 55], [89, 8, 155], [23, 2, 35]]


def test_padding_is_a_row_of_zeros():
    mask = torch.tensor([[True, True], [True, False]])
    found = RowSums(TABLE, INDEX).padded(mask).dense()
    assert found.tolist() == [[[3, 30], [8, 80]], [[2, 20], [0, 0]]]
