"""ConvE: the table of its shapes, its layer order, its errors."""

from __future__ import annotations

import pytest
import torch
from link_cases import LinkPredictorCase

from graphkg.errors import InputError
from graphkg.link import ConvE


class TestConvE(LinkPredictorCase):
    def make(self, num_objects=None):
        return ConvE(20, 10, width=5, channels=4, num_objects=num_objects)


@pytest.mark.parametrize(
    ("entity", "relation", "options", "rows", "flat"),
    [
        (200, 200, {}, 40, 9_728),
        (300, 200, {}, 50, 12_288),
        (300, 100, {}, 40, 9_728),
        (1024, 1024, {"width": 32, "channels": 64, "conv_bias": True}, 64, 119_040),
    ],
)
def test_the_table_of_shapes(entity, relation, options, rows, flat):
    with torch.device("meta"):
        g = ConvE(entity, relation, **options)
    assert (g.rows, g.flat) == (rows, flat)
    assert g.project.weight.shape == (entity, flat)
    assert (g.conv.bias is not None) == options.get("conv_bias", False)


def test_head_and_relation_are_stacked_along_the_rows():
    g = ConvE(4, 4, width=2, channels=1, kernel=2).eval()
    with torch.no_grad():
        g.conv.weight.copy_(torch.tensor([[[[1.0, 0.0], [0.0, 0.0]]]]))  # picks the upper left
        g.project.weight.copy_(torch.eye(3).repeat(2, 1)[:4, :])
        g.project.bias.zero_()
    # [[1, 2], [3, 4], [5, 6], [7, 8]] -> column (1, 3, 5), by BatchNorm with eps alone
    z = g.merge(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), torch.tensor([[5.0, 6.0, 7.0, 8.0]]))
    torch.testing.assert_close(z, torch.tensor([[1.0, 3.0, 5.0, 1.0]]), atol=1e-3, rtol=0)


def test_dropouts_are_those_of_the_paper():
    g = ConvE(200, 200)
    rates = (g.input_dropout.p, g.feature_dropout.p, g.hidden_dropout.p)
    assert rates == (0.2, 0.2, 0.3)
    assert isinstance(g.feature_dropout, torch.nn.Dropout2d)


def test_a_batch_of_one_trains_on_running_statistics():
    g = ConvE(20, 10, width=5)
    g.merge(torch.randn(1, 20), torch.randn(1, 10)).sum().backward()
    assert int(g.hidden_norm.num_batches_tracked) == 0


def test_a_subset_of_objects_keeps_its_biases():
    g = ConvE(20, 10, width=5, num_objects=3)
    with torch.no_grad():
        g.bias.copy_(torch.tensor([1.0, 2.0, 3.0]))
    scores = g.score(torch.zeros(1, 20), torch.zeros(2, 20), torch.tensor([2, 0]))
    assert scores.tolist() == [[3.0, 1.0]]


@pytest.mark.parametrize(
    ("entity", "relation", "said"),
    [(305, 200, "entity_dim=305"), (300, 5, "relation_dim=5"), (300, 0, "relation_dim=0")],
)
def test_widths_that_cannot_be_laid_out_are_an_error(entity, relation, said):
    with pytest.raises(InputError, match=f"{said}.*10 columns"):
        ConvE(entity, relation)


def test_a_stack_smaller_than_the_kernel_is_an_error():
    with pytest.raises(InputError, match="2 x 10, smaller than its kernel of 3 x 3"):
        ConvE(10, 10)
