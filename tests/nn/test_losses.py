"""Losses: numbers worked by hand."""

from __future__ import annotations

import math

import pytest
import torch

from graphkg.nn import adaptive_threshold_loss, smooth_targets, smoothed_bce

SOFTPLUS_1 = math.log(1 + math.exp(-1))  # -log sigmoid(1) = 0.31326


def test_the_released_smoothing_on_seventeen_objects():
    targets = torch.zeros(1, 17).index_fill(1, torch.tensor([4]), 1.0)
    soft = smooth_targets(targets, 0.1, "conve")
    assert round(float(soft[0, 4]), 4) == 0.9588 and round(float(soft[0, 0]), 4) == 0.0588


def test_the_standard_smoothing_keeps_the_sum():
    soft = smooth_targets(torch.tensor([[1.0, 0.0, 0.0, 0.0]]), 0.1, "standard")
    torch.testing.assert_close(soft, torch.tensor([[0.925, 0.025, 0.025, 0.025]]))


@pytest.mark.parametrize("smoothing", [0.0, 0.05, 0.0588])
def test_the_released_form_gives_way_where_it_would_exceed_one(smoothing):
    targets = torch.eye(17)
    soft = smooth_targets(targets, smoothing, "conve")
    torch.testing.assert_close(soft, smooth_targets(targets, smoothing, "standard"))
    assert soft.max() <= 1
    assert smooth_targets(targets, 1 / 17, "conve").max() <= 1 + 1e-6


def test_hard_targets_by_hand():
    logits, targets = torch.tensor([[1.0, -1.0]]), torch.tensor([[1, 0]])
    assert float(smoothed_bce(logits, targets)) == pytest.approx(SOFTPLUS_1)


def test_smoothed_targets_by_hand():
    # y' = (0.95, 0.05): BCE of logit 0 is log 2 whatever the target, that of logit 1 is
    # -log sigmoid(1) + 0.05
    logits, targets = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0]])
    expected = (SOFTPLUS_1 + 0.05 + math.log(2)) / 2
    assert float(smoothed_bce(logits, targets, 0.1, "standard")) == pytest.approx(expected)


def test_left_out_rows_count_neither_above_nor_below():
    logits, targets = torch.tensor([[1.0, -1.0], [9.0, 9.0]]), torch.tensor([[1, 0], [0, 0]])
    rows = torch.tensor([True, False])
    assert float(smoothed_bce(logits, targets, rows=rows)) == pytest.approx(SOFTPLUS_1)
    assert float(smoothed_bce(logits, targets, rows=~rows & rows)) == 0.0


def test_an_unknown_form_is_an_error():
    with pytest.raises(ValueError, match="conve, standard"):
        smooth_targets(torch.ones(1, 2), 0.1, "other")


def test_adaptive_thresholding_by_hand():
    # TH = column 0 with logit 0; column 1 (logit 1) holds, column 2 (logit -1) does not:
    # -log(e / (e + 1)) - log(1 / (1 + 1/e))
    logits, targets = torch.tensor([[0.0, 1.0, -1.0]]), torch.tensor([[0, 1, 0]])
    assert float(adaptive_threshold_loss(logits, targets, 0)) == pytest.approx(2 * SOFTPLUS_1)


def test_a_pair_without_relations_only_lifts_the_threshold():
    logits = torch.tensor([[0.0, 1.0, -1.0]], requires_grad=True)
    for targets in (torch.tensor([[0, 0, 0]]), torch.tensor([[1, 0, 0]])):
        loss = adaptive_threshold_loss(logits, targets, 0)
        assert float(loss.detach()) == pytest.approx(math.log(1 + math.e + math.exp(-1)))
    loss.backward()
    assert logits.grad[0, 0] < 0 < logits.grad[0, 1:].min()


def test_the_threshold_may_be_any_column():
    torch.manual_seed(0)
    logits, targets = torch.randn(4, 5), (torch.rand(4, 5) > 0.6).float()
    moved = adaptive_threshold_loss(logits.roll(3, 1), targets.roll(3, 1), 3)
    torch.testing.assert_close(moved, adaptive_threshold_loss(logits, targets, 0))
