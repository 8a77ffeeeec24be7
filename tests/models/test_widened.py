"""A ranker among entities that it does not know: nothing of its own order changes."""

from __future__ import annotations

import math

import pytest
import torch
from rankers import ENTITIES, Scored, Tiled, Whole, Writing, by_rows, draw_triples, equal, index_of

from graphkg.errors import InputError
from graphkg.models import CombinedRanker, WidenedRanker
from graphkg.training import evaluate_ranking

SCORES = torch.tensor([[1.0, 3.0, 5.0], [2.0, -math.inf, 6.0], [0.0, 0.0, 0.0]])
ASKED = torch.tensor([0, 1, 4]), torch.tensor([0, 0, 0])


def test_a_further_entity_has_the_mean_and_a_question_about_one_is_left_open():
    ranker = WidenedRanker(Scored(SCORES), 5)
    expected = [[1.0, 3.0, 5.0, 3.0, 3.0], [2.0, -math.inf, 6.0, 4.0, 4.0], [0.0] * 5]
    for found in (ranker.score_tails(*ASKED), ranker.score_heads(*ASKED[::-1])):
        assert found.dtype == torch.float64 and found.tolist() == expected


def test_in_a_combination_it_does_not_move_what_the_other_says_of_them():
    texts = torch.randn(5, 5, generator=torch.Generator().manual_seed(0))
    both = CombinedRanker([Scored(texts), WidenedRanker(Scored(SCORES), 5)], (0.5, 0.5))
    alone = CombinedRanker([Scored(texts)], (1.0,))
    found, expected = (ranker.score_tails(*ASKED) for ranker in (both, alone))
    torch.testing.assert_close(found[2], expected[2] / 2)
    torch.testing.assert_close(found[0, 3:], expected[0, 3:] / 2)
    assert not torch.equal(found[0, :3], expected[0, :3] / 2)


@pytest.mark.parametrize("kind", [Whole, Tiled, Writing])
def test_it_ranks_as_the_slow_way_does_under_any_budget(kind):
    more = ENTITIES + 3
    ranker, triples = WidenedRanker(kind(), more).eval(), draw_triples(40, 3)
    triples[0, 0] = triples[1, 2] = more - 1
    index = index_of(triples, more)
    expected = by_rows(WidenedRanker(Whole(), more), triples, index)
    for budget in ("256MB", 1):
        equal(evaluate_ranking(ranker, triples, index, memory_budget=budget), expected)
    equal(evaluate_ranking(ranker.frozen(), triples, index), expected)


def test_fewer_entities_than_there_are_are_refused():
    with pytest.raises(InputError, match="2 entities were given, but the ranker has 3"):
        WidenedRanker(Scored(SCORES), 2)
    assert "5 entities" in repr(WidenedRanker(Scored(SCORES), 5))
