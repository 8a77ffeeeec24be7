"""Hits@1 among the candidates of each question, by hand and by a loop."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.metrics import score_answers

# Four questions: right; wrong though answerable; two tied at the top, one right; no candidates.
SCORES = torch.tensor([0.1, 0.9, -3.0, -2.0, 0.5, 0.5, 0.1])
PTR = torch.tensor([0, 2, 4, 7, 7])
CORRECT = torch.tensor([False, True, True, False, True, False, False])


def test_the_best_candidate_counts_and_ties_share():
    groups = {"odd": torch.tensor([True, False, True, False]), "none": torch.zeros(4) > 0}
    scores = score_answers(SCORES, PTR, CORRECT, groups, {"hops": 1})
    assert scores.right.tolist() == [1.0, 0.0, 0.5, 0.0]
    assert scores.hits_at_1 == 1.5 / 4 and scores.oracle_rate == 0.75
    assert scores.by_group == {"odd": {"questions": 2, "hits@1": 0.75, "oracle_rate": 1.0}}
    found = scores.to_dict()
    assert found["candidates"] == {"least": 0, "mean": 1.75, "most": 3}
    assert found["tied_at_the_top"] == 1 and found["protocol"] == {"hops": 1}
    assert str(scores) == (
        "hits@1 37.5% of 4 questions (oracle 75.0%; 0 to 3 candidates a question, 1 tied at the "
        "top)"
    )


def test_constant_scores_reach_the_rate_of_chance():
    scores = score_answers(torch.zeros(10), torch.tensor([0, 4, 10]), torch.arange(10) % 4 == 0)
    assert scores.hits_at_1 == pytest.approx((1 / 4 + 2 / 6) / 2)
    assert scores.tied.all()


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from([-math.inf, -1.0, 0.0, 2.5]), st.booleans()), max_size=5
        ),
        min_size=1,
        max_size=6,
    )
)
def test_it_equals_a_loop_over_questions(questions):
    flat = [candidate for question in questions for candidate in question]
    values = torch.tensor([score for score, _ in flat])
    correct = torch.tensor([right for _, right in flat], dtype=torch.bool)
    ptr = torch.tensor([0, *(len(question) for question in questions)]).cumsum(0)
    scores = score_answers(values, ptr, correct)
    for place, question in enumerate(questions):
        best = max((score for score, _ in question), default=None)
        tops = [right for score, right in question if score == best]
        assert scores.right[place] == pytest.approx(sum(tops) / len(tops) if tops else 0.0)
        assert bool(scores.answerable[place]) == any(right for _, right in question)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ((SCORES[:-1], PTR, CORRECT), "'scores': 6, 'correct': 7.* 4 questions and 7 candidates"),
        ((SCORES[:0], PTR[:1], CORRECT[:0]), "at least one question"),
        (
            (SCORES.where(SCORES != 0.9, math.nan), PTR, CORRECT),
            r"candidate 1 \(question 0\) is NaN",
        ),
        ((SCORES, PTR, CORRECT, {"a": CORRECT}), "groups of {'a': 7} for 4 questions"),
    ],
)
def test_what_cannot_be_scored_raises(given_, message):
    with pytest.raises(InputError, match=message):
        score_answers(*given_)
