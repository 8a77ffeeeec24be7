"""LP-BERT's losses and contrast, on numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from graphkg.nn.contrast import distance_loss, focal_loss, info_nce, squashed

LABELS = torch.tensor([[True, False], [False, True]])


def test_the_focal_loss_is_that_of_equation_11():
    p = torch.tensor([[0.9, 0.2], [0.4, 0.5]])
    by_hand = -(
        0.8 * 0.1**2 * math.log(0.9)
        + 0.2 * 0.2**2 * math.log(0.8)
        + 0.2 * 0.4**2 * math.log(0.6)
        + 0.8 * 0.5**2 * math.log(0.5)
    )
    assert focal_loss(p, LABELS, 0.8, 2.0).item() == pytest.approx(by_hand / 4, rel=1e-5)


def test_without_focus_and_with_equal_weights_it_is_half_the_binary_cross_entropy():
    torch.manual_seed(0)
    p, labels = torch.rand(4, 5) * 0.9 + 0.05, torch.rand(4, 5) < 0.3
    expected = 0.5 * F.binary_cross_entropy(p, labels.float())
    torch.testing.assert_close(focal_loss(p, labels, 0.5, 0.0), expected)


def test_a_cosine_below_zero_is_clamped_in_the_logarithm_alone():
    p = torch.tensor([[-0.5]], requires_grad=True)
    loss = focal_loss(p, torch.tensor([[True]]), 1.0, 2.0)
    assert loss.item() == pytest.approx(-(1.5**2) * math.log(1e-4), rel=1e-5)
    loss.backward()
    assert p.grad.item() == pytest.approx(2 * 1.5 * math.log(1e-4), rel=1e-4)


def test_the_distance_loss_per_pair_is_that_of_equation_12():
    u, v = torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([[0.0, 1.0], [3.0, 4.0]])
    d = [[1.0, 5.0], [math.sqrt(18), 0.0]]
    s = [[1 / (1 + math.exp(-x)) for x in row] for row in d]
    by_hand = (s[0][0] + (1 - s[0][1]) + (1 - s[1][0]) + s[1][1]) / 4
    assert distance_loss(u, v, LABELS, "per_pair").item() == pytest.approx(by_hand, rel=1e-5)


def test_per_pair_pulls_answers_together_and_pushes_others_apart():
    u = torch.tensor([[0.0, 0.0]], requires_grad=True)
    v = torch.tensor([[1.0, 0.0], [-2.0, 0.0]])
    for labels, sign in (([True, True], -1), ([False, False], 1)):
        for place in range(2):
            (gradient,) = torch.autograd.grad(
                distance_loss(u, v[place : place + 1], torch.tensor([labels[:1]]), "per_pair"), u
            )
            # A step against the gradient: towards v for an answer, away from it otherwise.
            step = -gradient[0, 0] * v[place, 0].sign()
            assert step * sign < 0


def test_the_sum_over_the_batch_of_the_released_code_is_a_constant_without_gradient():
    torch.manual_seed(0)
    u, v = torch.randn(6, 32, requires_grad=True), torch.randn(6, 32)
    labels = torch.eye(6, dtype=torch.bool)
    loss = distance_loss(u, v, labels, "batch_sum")
    assert loss.item() == pytest.approx(6 / 36, rel=1e-6)
    loss.backward()
    assert u.grad.abs().max() == 0
    assert distance_loss(u, v, labels, "off").item() == 0


def test_info_nce_is_the_cross_entropy_of_the_gold_less_a_margin():
    scores = torch.tensor([[0.5, 0.1, 0.9]])
    gold, left_out = torch.tensor([0]), torch.tensor([[True, False, True]])
    own, other = math.exp((0.5 - 0.02) / 0.05), math.exp(0.1 / 0.05)
    by_hand = -math.log(own / (own + other))
    found = info_nce(scores, gold, left_out, 20.0, 0.02)
    assert found.item() == pytest.approx(by_hand, rel=1e-4)
    whole = info_nce(scores, gold, None, 20.0, 0.02)
    third = math.exp(0.9 / 0.05)
    assert whole.item() == pytest.approx(-math.log(own / (own + other + third)), rel=1e-4)


def test_scores_are_squashed_as_asked():
    scores = torch.tensor([-1.0, 0.0, 1.0])
    assert squashed(scores, "none") is scores
    assert squashed(scores, "half").tolist() == [0.0, 0.5, 1.0]
    torch.testing.assert_close(squashed(scores, "sigmoid"), scores.sigmoid())


def test_an_unknown_form_is_an_error():
    with pytest.raises(ValueError, match="squash is 'tanh'"):
        squashed(torch.zeros(1), "tanh")
    with pytest.raises(ValueError, match="distance loss is 'mean'"):
        distance_loss(torch.zeros(1, 2), torch.zeros(1, 2), LABELS[:1, :1], "mean")
