"""Length batches: every example once, similar lengths together, drawn anew each epoch."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.training.batches import LengthBatches


@given(
    lengths=st.lists(st.integers(1, 60), max_size=120),
    size=st.integers(1, 9),
    window=st.integers(1, 4),
)
def test_every_example_comes_once_and_the_number_of_batches_is_told(lengths, size, window):
    sampler = LengthBatches(lengths, size, window)
    batches = list(sampler)
    assert sorted(n for batch in batches for n in batch) == list(range(len(lengths)))
    assert len(batches) == len(sampler)
    assert all(1 <= len(batch) <= size for batch in batches)


def test_batches_hold_examples_of_similar_length():
    lengths = torch.randint(1, 100, (640,), generator=torch.Generator().manual_seed(0)).tolist()

    def spread(window):
        batches = list(LengthBatches(lengths, 10, window))
        return sum(max(lengths[n] for n in b) - min(lengths[n] for n in b) for b in batches)

    assert spread(16) < spread(1) / 4


def test_the_seed_draws_the_epoch():
    sampler = LengthBatches(list(range(50)), 7)

    def draw(seed):
        torch.manual_seed(seed)
        return list(sampler)

    assert draw(1) == draw(1) != draw(2)
