"""JAKET whose memory is read whitened."""

from __future__ import annotations

import pytest
import torch
from jaket_models import LEE, A, small_jaket
from pieces import tiny_tokenizer

from graphkg.errors import InputError
from graphkg.graphs import Descriptions

EVERYONE = torch.arange(5)
NEAR = {"atol": 1e-3, "rtol": 0}


def test_whitened_rows_are_those_of_the_memory_seen_another_way():
    plain, white = small_jaket(momentum=0.5), small_jaket(momentum=0.5, whiten=True)
    rows = white.context(EVERYONE)
    assert torch.equal(white.store["entity"](), plain.context(EVERYONE))
    assert rows.mean(0).abs().max() < 1e-3 and not rows.requires_grad
    torch.testing.assert_close(rows.square().mean(), torch.tensor(1.0), **NEAR)
    torch.testing.assert_close(white.context(torch.tensor([LEE, A])), rows[[LEE, A]])
    with torch.no_grad():
        for weight in white.lower.parameters():
            weight.add_(0.05 * torch.randn_like(weight))
    white.refresh()
    again = white.context(EVERYONE)
    assert (again - rows).abs().max() > 0.1
    torch.testing.assert_close(again.mean(0), torch.zeros(white.dim), **NEAR)


def test_low_precision_around_it_leaves_the_rows_as_they_are():
    model = small_jaket(whiten=True)
    rows = model.context(EVERYONE)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(model.context(EVERYONE), rows)


def test_another_graph_is_whitened_over_its_own_nodes():
    few = Descriptions.from_texts(["Ann", "Rome"], ["", "the city of Rome"], tiny_tokenizer())
    other = small_jaket(whiten=True).with_descriptions(few)
    torch.testing.assert_close(
        other.context(torch.arange(2)).sum(0), torch.zeros(other.dim), **NEAR
    )


def test_whitening_without_a_memory_is_refused():
    with pytest.raises(InputError, match='memory="off", but rows are whitened over a memory'):
        small_jaket(memory="off", whiten=True)
