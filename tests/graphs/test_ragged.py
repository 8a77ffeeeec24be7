from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.graphs import Ragged

ROWS = st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=6)


def ragged(rows: list[list[int]]) -> Ragged:
    lengths = torch.tensor([len(row) for row in rows])
    flat = torch.tensor([value for row in rows for value in row], dtype=torch.long)
    return Ragged(flat, torch.cat([torch.zeros(1, dtype=torch.long), lengths.cumsum(0)]))


def lists(rows: Ragged) -> list[list[int]]:
    return [rows[row].tolist() for row in range(len(rows))]


@given(rows=ROWS)
def test_rows_come_back_as_they_were_given(rows):
    assert lists(ragged(rows)) == rows
    assert ragged(rows).lengths.tolist() == [len(row) for row in rows]


@given(rows=ROWS, data=st.data())
def test_gather_equals_a_python_loop(rows, data):
    index = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=8))
    found = ragged(rows).gather(torch.tensor(index, dtype=torch.long))
    assert lists(found) == [rows[row] for row in index]
    assert len(found) == len(index)


@given(rows=ROWS)
def test_row_names_the_row_of_each_value(rows):
    assert ragged(rows).row.tolist() == [n for n, row in enumerate(rows) for _ in row]


@given(rows=ROWS)
def test_multi_hot_has_a_one_where_a_row_holds_the_number(rows):
    expected = [[float(column in row) for column in range(10)] for row in rows]
    assert ragged(rows).multi_hot(10).tolist() == expected


def test_values_are_among_another_ones_only_in_the_same_row():
    rows = Ragged(torch.tensor([3, 1, 2, 1]), torch.tensor([0, 2, 2, 4]))
    other = Ragged(torch.tensor([1, 3, 2]), torch.tensor([0, 1, 2, 3]))
    assert rows.among(other).tolist() == [False, True, True, False]
    empty = Ragged(torch.empty(0, dtype=torch.long), torch.tensor([0, 0, 0, 0]))
    assert rows.among(empty).tolist() == [False] * 4 and empty.among(rows).shape == (0,)


def test_rows_are_put_behind_each_other_and_lose_single_values():
    first = Ragged.of_lengths(torch.tensor([5, 6, 7]), torch.tensor([2, 0, 1]))
    rows = Ragged.cat([first, Ragged.of_lengths(torch.tensor([8]), torch.tensor([1]))])
    assert [rows[row].tolist() for row in range(4)] == [[5, 6], [], [7], [8]]
    left = rows.where(rows.values % 2 == 0)
    assert [left[row].tolist() for row in range(4)] == [[6], [], [], [8]]
