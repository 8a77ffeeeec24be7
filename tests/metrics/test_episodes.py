"""Episode accuracy and its interval, by hand."""

from __future__ import annotations

import math

import pytest
import torch

from graphkg.errors import InputError
from graphkg.metrics import episode_accuracy


def test_accuracy_is_the_mean_over_episodes_and_the_margin_that_of_their_mean():
    target = torch.tensor([[[0, 0], [1, 1]]] * 3)
    predicted = torch.tensor([[[0, 0], [1, 1]], [[0, 1], [1, 1]], [[1, 1], [0, 1]]])
    scores = episode_accuracy(target, predicted, {"ways": 2})
    # 4, 3 and 1 of 4: mean 2/3, sample sd sqrt((1/9 + 1/144 + 25/144) / 2) = 0.38188.
    assert scores.by_episode.tolist() == [1.0, 0.75, 0.25]
    assert scores.accuracy == pytest.approx(2 / 3)
    assert scores.margin == pytest.approx(1.96 * 0.38188 / math.sqrt(3), rel=1e-4)
    assert str(scores) == "accuracy 66.7% +- 43.2% (95 %, 3 episodes of 4 queries)"
    assert scores.to_dict()["protocol"] == {"ways": 2}
    assert scores.to_dict()["episodes"] == 3 and scores.summary()["accuracy"] == scores.accuracy


def test_one_episode_has_no_interval():
    scores = episode_accuracy(torch.tensor([[0, 1]]), torch.tensor([[0, 5]]))
    assert scores.accuracy == 0.5 and math.isnan(scores.margin)
    assert scores.to_dict()["margin"] is None
    assert str(scores) == "accuracy 50.0% (95 %, 1 episodes of 2 queries)"


def test_the_interval_covers_the_truth_as_often_as_it_says():
    torch.manual_seed(0)
    covered = 0
    for _ in range(400):
        right = (torch.rand(200, 5) < 0.7).long()
        scores = episode_accuracy(torch.ones_like(right), right)
        covered += abs(scores.accuracy - 0.7) <= scores.margin
    assert 0.92 < covered / 400 < 0.98


@pytest.mark.parametrize("shape", [(2, 3), (0, 4), (8,)])
def test_shapes_that_do_not_fit_raise(shape):
    with pytest.raises(InputError, match="give one a query"):
        episode_accuracy(
            torch.zeros(2, 4) if shape == (2, 3) else torch.zeros(shape), torch.zeros(shape)
        )
