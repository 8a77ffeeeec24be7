"""Ranks against hand-made numbers, plain Python, and PyKEEN on the same scores."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.metrics import Ranks, ranks, summarise
from graphkg.metrics.ranking import count_above

NAN, INF = float("nan"), float("inf")


@dataclass
class Rows:
    """The known answers of each row, as a Ragged gives them."""

    values: torch.Tensor
    ptr: torch.Tensor

    @classmethod
    def of(cls, rows: list[list[int]]) -> Rows:
        ends = torch.tensor([0, *(len(row) for row in rows)]).cumsum(0)
        return cls(torch.tensor([x for row in rows for x in row], dtype=torch.long), ends)


def one(row: list[float], target: int, known: list[int] | None = None) -> tuple[float, ...]:
    found = ranks(
        torch.tensor([row]), torch.tensor([target]), None if known is None else Rows.of([known])
    )
    return tuple(
        getattr(found, name).item()
        for name in ("optimistic", "realistic", "pessimistic", "candidates")
    )


def by_hand(row: list[float], target: int, known: list[int]) -> tuple[float, ...]:
    """Filters, then counts."""
    left = [x for number, x in enumerate(row) if number == target or number not in known]
    others = [x for number, x in enumerate(row) if number != target and number not in known]
    if row[target] != row[target]:
        return (len(left),) * 4
    greater = sum(x > row[target] for x in others)
    equal = sum(x == row[target] for x in others)
    return greater + 1, greater + 1 + equal / 2, greater + 1 + equal, len(left)


CASES = st.integers(1, 12).flatmap(
    lambda width: st.lists(
        st.tuples(
            st.lists(
                st.sampled_from([0.0, -0.0, 1.0, 1.5, -2.0, -INF, INF, NAN]),
                min_size=width,
                max_size=width,
            ),
            st.integers(0, width - 1),
            st.lists(st.integers(0, width - 1), max_size=2 * width),
        ),
        min_size=1,
        max_size=5,
    )
)


@pytest.mark.filterwarnings("ignore:in .* rankings:RuntimeWarning")
@given(CASES)
def test_ranks_equal_filtering_and_counting(cases):
    scores = torch.tensor([row for row, _, _ in cases])
    target = torch.tensor([target for _, target, _ in cases])
    mask = torch.zeros(scores.shape, dtype=torch.bool)
    for row, (_, _, known) in enumerate(cases):
        mask[row, known] = True
    before = scores.clone()
    for known in (Rows.of([known for _, _, known in cases]), mask):
        found = ranks(scores, target, known)
        for row, case in enumerate(cases):
            assert (
                found.optimistic[row],
                found.realistic[row],
                found.pessimistic[row],
                found.candidates[row],
            ) == by_hand(*case)
    raw = ranks(scores, target)
    assert raw.pessimistic.tolist() == [by_hand(row, t, [])[2] for row, t, _ in cases]
    assert torch.equal(before.nan_to_num(7), scores.nan_to_num(7)), "the scores were written into"


def test_ties_count_half_and_known_answers_do_not():
    row = [0.9, 0.5, 0.5, 0.1, 0.7]
    assert one(row, 1) == (3, 3.5, 4, 5)
    assert one(row, 1, [0, 1]) == (2, 2.5, 3, 4)
    assert one(row, 1, [0, 0, 2, 4, 4]) == (1, 1, 1, 2)


def test_masked_candidates_of_minus_infinity_are_ties():
    assert one([-INF, 1.0, -INF, -INF], 0) == (2, 3, 4, 4)


def test_constant_scores_are_ranked_in_the_middle():
    found = ranks(torch.zeros(3, 9), torch.tensor([0, 4, 8]))
    expected = {"mrr": 0.2, "mr": 5, "hits@1": 0, "hits@3": 0, "hits@10": 1}
    assert summarise(found) == pytest.approx(expected)
    assert summarise(found, "optimistic")["mrr"] == 1
    assert summarise(found, "pessimistic")["mr"] == 9


def test_hits_compare_the_rank_as_a_real_number():
    found = ranks(torch.tensor([[1.0, 1.0, 0.0]]), torch.tensor([0]))
    assert found.realistic.item() == 1.5
    assert summarise(found) == {
        "mrr": 1 / 1.5, "mr": 1.5, "hits@1": 0, "hits@3": 1, "hits@10": 1
    }  # fmt: skip


def test_scores_are_not_rounded():
    near = torch.tensor([[1.0, 1.0 + 2**-23, 1.0]])
    assert ranks(near, torch.tensor([0])).pessimistic.item() == 3
    assert ranks(near, torch.tensor([1])).pessimistic.item() == 1


def test_a_nan_gold_is_last_and_nan_scores_warn():
    with pytest.warns(RuntimeWarning, match="in 1 rankings 1 golds and 0 other candidates"):
        assert one([0.1, NAN, 0.3], 1, [2]) == (2, 2, 2, 2)
    with pytest.warns(RuntimeWarning, match="0 golds and 1 other candidates"):
        assert one([0.1, NAN, 0.3, NAN], 0, [3]) == (2, 2, 2, 3)


def test_averages_of_ranks():
    scores = torch.tensor([[3.0, 2, 1], [3, 2, 1], [1, 1, 1], [9, 8, 7]])
    found = ranks(scores, torch.tensor([0, 1, 2, 2]))
    assert summarise(found) == {
        "mrr": (1 + 1 / 2 + 1 / 2 + 1 / 3) / 4,
        "mr": 2,
        "hits@1": 0.25,
        "hits@3": 1,
        "hits@10": 1,
    }
    picked = found[torch.tensor([True, False, False, True])]
    assert picked.realistic.tolist() == [1, 3] and len(Ranks.join([picked, found])) == 6


@pytest.mark.parametrize("width", [1, 7, 2040, 2041, 5000, 14541])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
def test_packed_counts_equal_plain_ones(width, dtype):
    scores = torch.randn(37, width).round(decimals=1).to(dtype)
    bound = torch.randn(37).round(decimals=1).to(dtype)
    greater, at_least = count_above(scores, bound)
    assert torch.equal(greater, (scores > bound.unsqueeze(1)).sum(1))
    assert torch.equal(at_least, (scores >= bound.unsqueeze(1)).sum(1))
    assert count_above(scores, torch.full_like(bound, -99))[0].tolist() == [width] * 37
    part = scores[:20, : width - 1]
    assert torch.equal(count_above(part, bound[:20])[0], (part > bound[:20, None]).sum(1))


@given(st.integers(0, 2**31))
def test_ranks_are_those_of_pykeen(seed):
    pykeen = pytest.importorskip("pykeen.evaluation.ranks")
    draw = torch.Generator().manual_seed(seed)
    scores = torch.randn(6, 40, generator=draw).round(decimals=1)
    target = torch.randint(40, (6,), generator=draw)
    known = torch.rand(6, 40, generator=draw) < 0.2
    gold = scores.gather(1, target.unsqueeze(1))
    hidden = scores.masked_fill(known, NAN).scatter(1, target.unsqueeze(1), gold)
    theirs = pykeen.Ranks.from_scores(gold, hidden)
    ours = ranks(scores, target, known)
    assert torch.equal(ours.optimistic, theirs.optimistic.double())
    assert torch.equal(ours.realistic, theirs.realistic.double())
    assert torch.equal(ours.pessimistic, theirs.pessimistic.double())
    assert torch.equal(ours.candidates, theirs.number_of_options)


@pytest.mark.parametrize(
    ("scores", "target", "known", "match"),
    [
        (torch.zeros(3), torch.tensor([0]), None, r"\[B, N\]"),
        (torch.zeros(2, 3), torch.tensor([0]), None, r"\[B, N\]"),
        (torch.zeros(1, 3), torch.tensor([0.0]), None, r"\[B, N\]"),
        (torch.zeros(1, 3), torch.tensor([3]), None, "target 3 is no candidate"),
        (torch.zeros(1, 3), torch.tensor([-1]), None, "target -1 is no candidate"),
        (torch.zeros(1, 3), torch.tensor([0]), torch.zeros(1, 2, dtype=torch.bool), "boolean"),
        (torch.zeros(1, 3), torch.tensor([0]), torch.zeros(1, 3), "boolean mask"),
        (torch.zeros(1, 3), torch.tensor([0]), Rows.of([[0], [1]]), "known has 2 rows"),
        (torch.zeros(1, 3), torch.tensor([0]), Rows.of([[1, 3]]), "known holds id 3"),
    ],
)
def test_what_does_not_fit_is_refused(scores, target, known, match):
    with pytest.raises(InputError, match=match):
        ranks(scores, target, known)


def test_averages_need_ranks_and_a_known_rule():
    with pytest.raises(InputError, match="no ranks to average"):
        summarise(ranks(torch.zeros(0, 3), torch.zeros(0, dtype=torch.long)))
    with pytest.raises(InputError, match="ties='best'"):
        summarise(ranks(torch.zeros(1, 3), torch.tensor([0])), "best")
