"""ComplEx: the suite of its kind, its errors."""

from __future__ import annotations

import pytest
import torch
from link_cases import LinkPredictorCase

from graphkg.errors import InputError
from graphkg.link import ComplEx


class TestComplEx(LinkPredictorCase):
    relation_dim, factor_dim = 20, 10

    def make(self, num_objects=None):
        return ComplEx(20, num_objects=num_objects)


def test_factors_are_complex_moduli_with_a_finite_gradient():
    rows = torch.tensor([[3.0, 0.0, 4.0, 0.0]], requires_grad=True)  # 3 + 4i and 0
    factors = ComplEx(4).factors(rows)
    torch.testing.assert_close(factors, torch.tensor([[5.0, 0.0]]))
    factors.pow(3).sum().backward()
    torch.testing.assert_close(rows.grad, torch.tensor([[45.0, 0.0, 60.0, 0.0]]))


@pytest.mark.parametrize(("sizes", "said"), [((7,), "entity_dim=7"), ((8, 4), "relation_dim=8")])
def test_widths_that_cannot_be_complex_are_an_error(sizes, said):
    with pytest.raises(InputError, match=said):
        ComplEx(*sizes)
