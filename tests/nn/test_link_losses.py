"""Losses of link prediction: against their dense forms, and numbers worked by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from graphkg.nn import (
    kvsall_bce,
    n3,
    one_vs_all_ce,
    sampled_ce,
    self_adversarial,
    smoothed_bce,
)

SOFTPLUS_1 = math.log(1 + math.exp(-1))  # -log sigmoid(1) = 0.31326


@pytest.fixture
def places():
    """Scores [5, 30], of which one is far out, and where they hold; row 3 has no answer."""
    torch.manual_seed(0)
    scores = 3 * torch.randn(5, 30, dtype=torch.double)
    scores[0, 0], scores[1, 1] = 90.0, -90.0
    known = torch.rand(5, 30) < 0.2
    known[0, 0], known[3] = True, False
    return scores.requires_grad_(), *known.nonzero(as_tuple=True), known


@pytest.mark.parametrize("form", ["conve", "standard"])
@pytest.mark.parametrize("smoothing", [0.0, 0.01, 0.1])
def test_places_give_what_the_target_matrix_gives(places, smoothing, form):
    scores, row, column, known = places
    found, expected = (
        kvsall_bce(scores, row, column, smoothing, form),
        smoothed_bce(scores, known, smoothing, form),
    )
    torch.testing.assert_close(found, expected)
    # a factor on the loss, as gradient accumulation has it
    gradients = (torch.autograd.grad(0.5 * loss, scores)[0] for loss in (found, expected))
    torch.testing.assert_close(*gradients)


def test_gradients_of_places_are_those_of_small_steps(places):
    scores, row, column, _ = places
    assert torch.autograd.gradcheck(lambda s: kvsall_bce(s, row, column, 0.1), scores)


def test_places_by_hand():
    scores = torch.tensor([[1.0, -1.0]])
    found = kvsall_bce(scores, torch.tensor([0]), torch.tensor([0]))
    assert float(found) == pytest.approx(SOFTPLUS_1)


def test_places_leave_the_scores_as_they_were(places):
    scores, row, column, _ = places
    before = scores.detach().clone()
    kvsall_bce(scores, row, column, 0.1).backward()
    assert torch.equal(scores, before)


def test_an_unknown_form_is_an_error(places):
    scores, row, column, _ = places
    with pytest.raises(ValueError, match="conve, standard"):
        kvsall_bce(scores, row, column, 0.1, "other")


def test_one_against_all_by_hand():
    scores, target = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([0, 1])
    first, second = SOFTPLUS_1, math.log(2)
    assert float(one_vs_all_ce(scores, target)) == pytest.approx((first + second) / 2)
    weighed = one_vs_all_ce(scores, target, torch.tensor([3.0, 1.0]))
    assert float(weighed) == pytest.approx((3 * first + second) / 4)


def test_all_candidates_drawn_are_one_against_all():
    torch.manual_seed(0)
    scores, target = torch.randn(4, 9), torch.randint(9, (4,))
    order = torch.randperm(9)
    own = scores.gather(1, target.unsqueeze(1)).squeeze(1)
    found = sampled_ce(own, scores[:, order], order == target.unsqueeze(1), 9)
    torch.testing.assert_close(found, one_vs_all_ce(scores, target))


def test_drawn_candidates_by_hand():
    # two others stand for four: e^0 + 4 / 2 (e^1 + e^-1); the true answer, drawn, is no rival
    own, drawn = torch.zeros(1), torch.tensor([[1.0, 7.0, -1.0]])
    found = sampled_ce(own, drawn, torch.tensor([[False, True, False]]), 5)
    assert float(found) == pytest.approx(math.log(1 + 2 * (math.e + 1 / math.e)))


def test_drawn_candidates_estimate_the_sum_over_all_without_bias():
    torch.manual_seed(0)
    scores = torch.randn(6, dtype=torch.double)
    draws = torch.combinations(torch.arange(6), 3)  # each equally likely
    sums = [
        sampled_ce(scores[:1], scores[None, draw], (draw == 0)[None], 6).add(scores[0]).exp()
        for draw in draws
    ]
    torch.testing.assert_close(torch.stack(sums).mean(), scores.exp().sum())


def test_n3_by_hand():
    # (1 + 8) + 27 and (0 + 1) + 8, the mean of two queries; signs do not count
    h, r = torch.tensor([[1.0, -2.0], [0.0, 1.0]]), torch.tensor([[3.0], [-2.0]])
    assert float(n3(h, r)) == pytest.approx((36 + 9) / 2)
    h = h.double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: n3(x, r.double()), h)


@pytest.mark.parametrize("temperature", [0.0, 1.0, 0.5])
def test_self_adversarial_is_eq_5(temperature):
    torch.manual_seed(0)
    positive, negative = torch.randn(4), torch.randn(4, 6)
    p = F.softmax(temperature * negative, dim=1)
    expected = -positive.sigmoid().log() - (p * (-negative).sigmoid().log()).sum(1)
    found = self_adversarial(positive, negative, temperature)
    torch.testing.assert_close(found, expected.mean())


def test_self_adversarial_by_hand():
    # two negatives of score 0 and one triple of score 1: -log sigmoid(1) + log 2
    found = self_adversarial(torch.ones(1), torch.zeros(1, 2), temperature=0)
    assert float(found) == pytest.approx(SOFTPLUS_1 + math.log(2))


def test_weights_of_negatives_have_no_gradient():
    negative = torch.tensor([[1.0, -1.0]], dtype=torch.double, requires_grad=True)
    self_adversarial(torch.zeros(1, dtype=torch.double), negative).backward()
    p = negative.detach().softmax(1)
    torch.testing.assert_close(negative.grad, p * negative.detach().sigmoid())


def test_false_negatives_count_for_nothing():
    torch.manual_seed(0)
    positive, negative = torch.randn(2), torch.randn(2, 5)
    keep = torch.tensor([[True, False, True, True, False], [False] * 5])
    marked = torch.where(keep, negative, 1e4).requires_grad_()
    found = self_adversarial(positive, marked, keep=keep)
    alone = self_adversarial(positive[:1], negative[:1, keep[0]])
    expected = (alone - F.logsigmoid(positive[1])) / 2
    torch.testing.assert_close(found, expected)
    found.backward()
    assert marked.grad.isfinite().all() and not marked.grad[~keep].any()
