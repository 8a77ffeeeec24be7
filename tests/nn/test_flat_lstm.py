"""run_lstm: each sentence as if it were alone, in any order of lengths."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from graphkg.nn import run_lstm


@pytest.mark.parametrize("gradients", [True, False])
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"num_layers": 2}])
def test_each_sentence_is_run_alone(options, gradients):
    torch.manual_seed(0)
    lstm, lengths = nn.LSTM(3, 4, **options), [2, 5, 1, 5, 3]
    x, ptr = torch.randn(16, 3), torch.tensor([0, 2, 7, 8, 13, 16])
    alone = torch.cat([lstm(part)[0] for part in x.split(lengths)])
    with torch.set_grad_enabled(gradients):
        torch.testing.assert_close(run_lstm(lstm, x, ptr), alone)


def test_gradients_stay_within_their_sentence():
    torch.manual_seed(0)
    x = torch.randn(5, 3, requires_grad=True)
    out = run_lstm(nn.LSTM(3, 4, bidirectional=True), x, torch.tensor([0, 2, 5]))
    out[:2].sum().backward()
    assert x.grad[:2].all() and not x.grad[2:].any()
