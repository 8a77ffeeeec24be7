"""RotatE: the suite of its kind, its distance in slices, its errors."""

from __future__ import annotations

import math

import pytest
import torch
from link_cases import LinkPredictorCase

from graphkg.errors import InputError
from graphkg.link import RotatE, rotate
from graphkg.link.rotate import ModulusDistance


class TestRotatE(LinkPredictorCase):
    factor_dim = 10

    def make(self, num_objects=None):
        return RotatE(20, margin=6.0, num_objects=num_objects)


@pytest.mark.parametrize("at_once", [1, 40, 2**18])
def test_slices_are_the_whole_and_have_its_gradients(at_once, monkeypatch):
    monkeypatch.setattr(rotate, "ON_CPU", at_once)
    torch.manual_seed(0)
    x, y = (torch.randn(n, 6, dtype=torch.double, requires_grad=True) for n in (4, 9))
    real, imaginary = (x.unsqueeze(1) - y).chunk(2, dim=2)
    torch.testing.assert_close(
        ModulusDistance.apply(x, y), torch.complex(real, imaginary).abs().sum(2)
    )
    assert torch.autograd.gradcheck(ModulusDistance.apply, (x, y))


def test_a_distance_of_nothing_has_a_gradient_of_nothing():
    z = torch.randn(2, 6, requires_grad=True)
    objects = z.detach().clone().requires_grad_()
    scores = RotatE(6, margin=3.0).score(z, objects)
    assert scores.diagonal().tolist() == [3.0, 3.0]
    scores.diagonal().sum().backward()
    assert not z.grad.any() and not objects.grad.any()
    objects.grad = None
    RotatE(6).score_each(z, objects.unsqueeze(1)).sum().backward()
    assert not objects.grad.any()


def test_rows_begin_as_in_the_released_code():
    entities, phases = RotatE(20, margin=6.0).draw_rows(200, 200)
    assert 0.75 < entities.abs().max() <= 0.8  # (6 + 2) / 10
    assert 3.1 < phases.abs().max() <= math.pi


def test_relations_have_no_moduli_to_shrink():
    with pytest.raises(InputError, match="width 10"):
        RotatE(20).factors(torch.zeros(3, 10))


@pytest.mark.parametrize(("sizes", "said"), [((7,), "entity_dim=7"), ((8, 8), "relation_dim=4")])
def test_widths_that_cannot_be_turned_are_an_error(sizes, said):
    with pytest.raises(InputError, match=said):
        RotatE(*sizes)


def test_the_printed_form_has_the_margin():
    assert repr(RotatE(8)) == "RotatE(8, 4, margin=9.0)" and RotatE.relation_dim_of(8) == 4
