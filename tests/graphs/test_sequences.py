"""Sequences: framing, cutting and joining ragged parts."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.graphs import Frame, Ragged
from graphkg.graphs.sequences import fitted


def ragged(rows):
    ptr = torch.tensor([0, *(len(row) for row in rows)]).cumsum(0)
    return Ragged(torch.tensor([x for row in rows for x in row], dtype=torch.long), ptr)


def one_at_a_time(lengths, room):
    """The rule as the paper states it: the longest part loses a piece; of ties the later."""
    lengths = list(lengths)
    while sum(lengths) > room:
        longest = max(lengths)
        place = max(n for n, length in enumerate(lengths) if length == longest)
        lengths[place] -= 1
    return lengths


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=8),
    st.integers(0, 30),
)
def test_the_longest_part_loses_a_piece_until_all_fit(lengths, room):
    found = fitted(torch.tensor(lengths), room).tolist()
    assert found == [one_at_a_time(row, room) for row in lengths]


rows = st.lists(st.lists(st.integers(10, 99), min_size=1, max_size=9), min_size=1, max_size=5)


@given(rows, st.integers(7, 30), st.data())
def test_a_batch_of_triples_is_its_members_one_by_one(heads, limit, data):
    other = st.lists(
        st.lists(st.integers(10, 99), min_size=1, max_size=9),
        min_size=len(heads),
        max_size=len(heads),
    )
    parts = [heads, data.draw(other), data.draw(other)]
    frame = Frame(cls=1, sep=2, limit=limit)
    made = frame.join([ragged(part) for part in parts], [0, 1, 0])
    assert len(made) == len(heads)
    for number, whole in enumerate(zip(*parts)):
        kept = one_at_a_time([len(part) for part in whole], limit - 4)
        h, r, t = (part[:length] for part, length in zip(whole, kept))
        inside = slice(int(made.ptr[number]), int(made.ptr[number + 1]))
        assert made.piece[inside].tolist() == [1, *h, 2, *r, 2, *t, 2]
        kinds = [0] * (len(h) + 2) + [1] * (len(r) + 1) + [0] * (len(t) + 1)
        assert made.segment[inside].tolist() == kinds
        of = [-1, *[0] * len(h), -1, *[1] * len(r), -1, *[2] * len(t), -1]
        assert made.part[inside].tolist() == of
        assert int(made.lengths[number]) <= limit
        assert made.piece[inside].tolist().count(2) == 3  # all three separators survive


def test_a_single_text_is_framed_and_cut():
    made = Frame(cls=1, sep=2, limit=4).join([ragged([[5, 6, 7], [8]])])
    assert made.piece.tolist() == [1, 5, 6, 2, 1, 8, 2]
    assert made.ptr.tolist() == [0, 4, 7]


def test_parts_of_unequal_rows_or_without_room_are_an_error():
    frame = Frame(cls=1, sep=2, limit=6)
    with pytest.raises(InputError, match=r"parts of \[1, 2\] rows"):
        frame.join([ragged([[5]]), ragged([[5], [6]])])
    with pytest.raises(InputError, match="no room for 3 parts and 4 special pieces: at least 7"):
        frame.join([ragged([[5]])] * 3)
