"""PositionAttention: against a sentence-by-sentence form, and numbers worked by hand."""

from __future__ import annotations

import math

import pytest
import torch

from graphkg.nn import PositionAttention

SENTENCE = torch.tensor([0, 0, 1, 1, 1])


@pytest.fixture
def parts():
    torch.manual_seed(0)
    layer = PositionAttention(4, 3, 6, attention_dim=5)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    return layer, torch.randn(5, 4), torch.randn(2, 3), torch.randn(5, 6)


def test_it_is_eq_3_to_5_of_each_sentence(parts):
    layer, x, query, feature = parts
    expected = []
    for number in range(2):
        h, p = x[SENTENCE == number], feature[SENTENCE == number]
        u = h @ layer.token.weight.t() + layer.token.bias + p @ layer.feature.weight.t()
        u = (u + layer.query.weight @ query[number]).tanh()
        expected.append((u @ layer.score).softmax(0) @ h)
    torch.testing.assert_close(layer(x, query, feature, SENTENCE), torch.stack(expected))


def test_weights_sum_to_one_over_a_sentence(parts):
    layer, x, query, feature = parts
    weights = layer.weights(x, query, feature, SENTENCE)
    sums = torch.zeros(2).index_add(0, SENTENCE, weights)
    torch.testing.assert_close(sums, torch.ones(2))


def test_attention_is_uniform_at_first():
    x = torch.tensor([[2.0], [4.0], [1.0], [2.0], [6.0]])
    layer = PositionAttention(1, 1, 1)
    assert not layer.score.any() and float(layer.token.weight.detach().std()) < 0.01
    found = layer(x, torch.randn(2, 1), torch.randn(5, 1), SENTENCE)
    torch.testing.assert_close(found, torch.tensor([[3.0], [3.0]]))


def test_by_hand():
    # u = (tanh 1, tanh 0), v = 1: the first token of the sentence weighs e^tanh(1) against 1
    layer = PositionAttention(1, 1, 1, attention_dim=1)
    with torch.no_grad():
        for weight, value in zip(layer.parameters(), (1.0, 0.0, 0.0, 0.0, 1.0)):
            weight.fill_(value)
    names = [name for name, _ in layer.named_parameters()]
    assert names == ["score", "token.weight", "token.bias", "query.weight", "feature.weight"]
    x, feature = torch.tensor([[1.0], [1.0]]), torch.tensor([[1.0], [0.0]])
    weight = layer.weights(x, torch.zeros(1, 1), feature, torch.zeros(2, dtype=torch.long))
    high = math.exp(math.tanh(1))
    assert weight.tolist() == pytest.approx([high / (high + 1), 1 / (high + 1)])


def test_the_printed_form():
    assert repr(PositionAttention(200, 200, 60)) == "PositionAttention(200, 200)"
