"""decide(): one relation a pair, or several, or none."""

from __future__ import annotations

import pytest
import torch

from graphkg.models import decide

LOGITS = torch.tensor([[0.0, 2.0, 1.0], [0.0, -1.0, -3.0]])


def test_softmax_takes_the_best():
    found = decide(LOGITS, "softmax")
    assert found.best.tolist() == [1, 0]
    assert found.holds.tolist() == [[False, True, False], [True, False, False]]
    torch.testing.assert_close(found.probabilities.sum(1), torch.ones(2))


def test_bce_takes_what_is_over_one_half_even_nothing():
    found = decide(LOGITS - 0.5, "bce")
    assert found.holds.tolist() == [[False, True, True], [False, False, False]]
    assert found.best.tolist() == [1, 0]
    assert decide(LOGITS - 0.5, "bce", no_relation=2).best.tolist() == [1, 2]
    torch.testing.assert_close(found.probabilities, (LOGITS - 0.5).sigmoid())


def test_threshold_takes_what_is_over_the_negative_relation_or_that():
    found = decide(LOGITS, "threshold", no_relation=0)
    assert found.holds.tolist() == [[False, True, True], [True, False, False]]
    assert found.best.tolist() == [1, 0]
    margins = torch.tensor([[-2.0, 2.0, 1.0], [1.0, -1.0, -3.0]])
    torch.testing.assert_close(found.probabilities, margins.sigmoid())


@pytest.mark.parametrize("form", ["softmax", "threshold"])
def test_a_tie_with_the_threshold_is_decided(form):
    found = decide(torch.zeros(1, 3), form, no_relation=0)
    assert found.holds.tolist() == [[True, False, False]] and found.best.tolist() == [0]


def test_the_threshold_may_be_any_column():
    found = decide(LOGITS.roll(1, 1), "threshold", no_relation=1)
    assert found.best.tolist() == [2, 1]
