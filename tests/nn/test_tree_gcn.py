"""TreeGCN: numbers worked by hand, both forms of the bias."""

from __future__ import annotations

import pytest
import torch

from graphkg.nn import TreeGCN

# The path 0 - 1 - 2 and the lonely 3, x = (1, 2, 3, 4): h~ = (3, 6, 5, 4), d = (2, 3, 2, 1).
X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
EDGES = torch.tensor([[0, 1, 1, 2], [1, 2, 0, 1]])


def layer(bias, weight=2.0, offset=0.5):
    gcn = TreeGCN(1, 1, bias)
    with torch.no_grad():
        gcn.linear.weight.fill_(weight)
        gcn.linear.bias.fill_(offset)
    return gcn


@pytest.mark.parametrize(
    ("bias", "expected"),
    [
        ("official", [7 / 2, 13 / 3, 11 / 2, 9.0]),  # (2 h~ + 2 * 0.5) / d
        ("paper", [3.5, 4.5, 5.5, 8.5]),  # 2 h~ / d + 0.5
    ],
)
def test_the_formula(bias, expected):
    torch.testing.assert_close(layer(bias)(X, EDGES).view(-1), torch.tensor(expected))


def test_negative_values_are_cut():
    assert not layer("official", weight=-1.0)(X, EDGES).any()


def test_degrees_may_be_given_apart_from_the_messages():
    found = layer("official")(X, EDGES[:, :0], neighbours=torch.tensor([1.0, 2.0, 1.0, 0.0]))
    torch.testing.assert_close(found.view(-1), torch.tensor([3 / 2, 5 / 3, 7 / 2, 9.0]))


def test_it_equals_the_dense_form_of_the_released_code():
    torch.manual_seed(0)
    gcn, x = TreeGCN(5, 3), torch.randn(4, 5)
    a = torch.zeros(4, 4).index_put((EDGES[0], EDGES[1]), torch.tensor(1.0))
    dense = (gcn.linear(a @ x) + gcn.linear(x)) / (a.sum(1, keepdim=True) + 1)
    torch.testing.assert_close(gcn(x, EDGES), dense.relu())


def test_an_unknown_bias_is_an_error():
    with pytest.raises(ValueError, match="official, paper"):
        TreeGCN(1, 1, "both")


def test_the_printed_form_has_its_sizes():
    assert repr(TreeGCN(4, 2)) == "TreeGCN(4, 2, bias='official')"


def test_reset_draws_anew():
    torch.manual_seed(0)
    gcn = TreeGCN(4, 2)
    before = gcn.linear.weight.clone()
    gcn.reset_parameters()
    assert not torch.equal(before, gcn.linear.weight)
