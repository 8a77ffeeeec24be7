"""TransE: the suite of its kind for both norms, distances near 0, its errors."""

from __future__ import annotations

import pytest
import torch
from link_cases import LinkPredictorCase

from graphkg.errors import InputError
from graphkg.link import TransE, transe


class TestTransE(LinkPredictorCase):
    relation_dim = 20

    def make(self, num_objects=None):
        return TransE(20, margin=4.0, num_objects=num_objects)


class TestTransEOfEuclid(LinkPredictorCase):
    relation_dim = 20

    def make(self, num_objects=None):
        return TransE(20, p=2, num_objects=num_objects)


@pytest.fixture
def crowd():
    """Forty points of which every second is another's, or within a millionth of it."""
    torch.manual_seed(0)
    z, objects = 10 * torch.randn(30, 200), 10 * torch.randn(40, 200)
    objects[:10], objects[10:20] = z[:10], z[10:20] + 1e-4 * torch.randn(10, 200)
    return z.requires_grad_(), objects.requires_grad_()


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("room", [transe.FLOATS_OF_NEAR, 100])
def test_near_objects_keep_their_digits_and_have_finite_gradients(crowd, p, room, monkeypatch):
    monkeypatch.setattr(transe, "FLOATS_OF_NEAR", room)
    z, objects = crowd
    g = TransE(200, p=p)
    scores = g.score(z, objects)
    torch.testing.assert_close(
        scores, g.score_each(z, objects.expand(30, -1, -1)), atol=1e-4, rtol=1e-5
    )
    assert scores[:10, :10].diagonal().tolist() == [0.0] * 10
    scores.sum().backward()
    assert z.grad.isfinite().all() and objects.grad.isfinite().all()


def test_relations_begin_with_length_one():
    entities, relations = TransE(36).draw_rows(50, 5)
    assert entities.abs().max() <= 1
    torch.testing.assert_close(relations.norm(dim=1), torch.ones(5))


@pytest.mark.parametrize(("options", "said"), [({"p": 3}, "p=3"), ({"relation_dim": 2}, "=4")])
def test_another_norm_or_width_is_an_error(options, said):
    with pytest.raises(InputError, match=said):
        TransE(4, **options)


def test_the_printed_form_has_the_norm():
    assert repr(TransE(4, p=2, margin=6.0)) == "TransE(4, 4, p=2, margin=6.0)"
