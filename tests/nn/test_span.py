"""Spans: all of them, in their sentence, and one vector each."""

from __future__ import annotations

import pytest
import torch

from graphkg.nn import SpanVectors
from graphkg.nn.span import spans_up_to


def listed(spans):
    return list(zip(spans.sentence.tolist(), spans.first.tolist(), spans.last.tolist()))


@pytest.mark.parametrize("longest", [1, 2, 8])
def test_every_short_span_of_every_sentence_is_there_once(longest):
    ptr = torch.tensor([0, 3, 3, 4, 14])
    expected = [
        (sentence, i, j)
        for sentence, (start, end) in enumerate(zip(ptr.tolist(), ptr.tolist()[1:]))
        for i in range(start, end)
        for j in range(i, min(end, i + longest))
    ]
    spans = spans_up_to(ptr, longest)
    assert listed(spans) == expected
    assert spans.ptr.tolist() == [sum(s < n for s, _, _ in expected) for n in range(5)]


def test_no_sentence_has_no_span():
    assert len(spans_up_to(torch.tensor([0, 0]))) == 0


def test_spans_that_are_kept_stay_in_their_sentence():
    spans = spans_up_to(torch.tensor([0, 2, 3]), 2)
    kept = spans.keep(torch.tensor([False, True, False, True]))
    assert listed(kept) == [(0, 0, 1), (1, 2, 2)]
    assert kept.ptr.tolist() == [0, 1, 2]


def test_a_span_is_a_layer_on_its_ends_and_its_length():
    torch.manual_seed(0)
    vectors, h = SpanVectors(6, longest=3, length_dim=5), torch.randn(7, 6)
    spans = spans_up_to(torch.tensor([0, 4, 7]), 3)
    joined = [torch.cat([h[i], h[j], vectors.length.weight[j - i]]) for _, i, j in listed(spans)]
    torch.testing.assert_close(vectors(h, spans).dense(), vectors.linear(torch.stack(joined)))


def test_the_printed_form():
    assert repr(SpanVectors(6)) == "SpanVectors(6, longest=8, length=150)"
