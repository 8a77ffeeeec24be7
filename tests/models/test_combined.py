"""Sums of rankers: by hand, exact with one weight, the same under any budget."""

from __future__ import annotations

import math

import pytest
import torch
from rankers import ENTITIES, Scored, Tiled, Whole, Writing, by_rows, draw_triples, equal, index_of
from torch import nn

from graphkg.errors import InputError
from graphkg.models import CombinedRanker
from graphkg.models.combined import log_softmax, standard, weighted_sum
from graphkg.training import evaluate_ranking

FIRST = torch.tensor([[1.0, 3.0, 5.0, 7.0], [2.0, 2.0, 2.0, 6.0]])
SECOND = torch.tensor([[0.0, 0.0, 0.0, math.log(5)], [0.0, math.log(3), 0.0, 0.0]])


class Frozen(Whole):
    """Counts how often it is frozen; scored only so."""

    def __init__(self):
        super().__init__()
        self.times, self.drop = 0, nn.Dropout(0.5)

    def frozen(self):
        self.times += 1
        return Tiled().eval()

    def score_tails(self, head, relation):
        raise AssertionError("asked without being frozen")

    score_heads = score_tails


class Never(Scored):
    """A ranker that must not be asked."""

    def score_tails(self, head, relation):
        raise AssertionError("a ranker without weight was asked")

    score_heads = score_tails


def test_a_row_is_standardised_by_its_mean_and_deviation():
    found = standard(FIRST.double())
    assert found[0].tolist() == pytest.approx([x / math.sqrt(5) for x in (-3, -1, 1, 3)])
    assert found[1].tolist() == pytest.approx([x / math.sqrt(3) for x in (-1, -1, -1, 3)])


def test_equal_scores_throughout_say_nothing():
    for value in (0.0, 0.1, -1e6):
        row = torch.full((1, 999), value, dtype=torch.float32).double()
        assert standard(row).abs().max() < 1e-9


def test_infinite_scores_stay_and_do_not_count():
    row = torch.tensor([[-math.inf, 1.0, 3.0]], dtype=torch.float64)
    assert standard(row).tolist() == [[-math.inf, -1.0, 1.0]]


def test_nan_is_not_hidden():
    row = torch.tensor([[math.nan, 1.0, 3.0]], dtype=torch.float64)
    assert standard(row).isnan().tolist() == [[True, False, False]]


def test_log_softmax_gives_log_probabilities():
    found = log_softmax(SECOND.double()).exp()
    assert found[0].tolist() == pytest.approx([1 / 8, 1 / 8, 1 / 8, 5 / 8])
    assert found[1].tolist() == pytest.approx([1 / 6, 3 / 6, 1 / 6, 1 / 6])


def test_normalised_scores_are_weighed_and_added():
    asked = torch.tensor([0]), torch.tensor([0])
    ranker = CombinedRanker([Scored(FIRST), Scored(SECOND)], [0.25, 0.5])
    s, t = math.sqrt(5), math.sqrt(3)
    by_hand = [0.25 * -3 / s - 0.5 / t, 0.25 * -1 / s - 0.5 / t, 0.25 / s - 0.5 / t]
    assert ranker.score_tails(*asked)[0].tolist() == pytest.approx([*by_hand, 0.75 / s + 1.5 / t])
    pair = [Scored(FIRST.log()), Scored(SECOND)]
    product = CombinedRanker(pair, [1, 2], "log_softmax").score_heads(*asked)[0].exp()
    shares = [1 / 16 / 64, 3 / 16 / 64, 5 / 16 / 64, 7 / 16 * 25 / 64]
    assert product.tolist() == pytest.approx(shares)


def test_a_sum_leaves_its_terms_alone():
    terms = [torch.ones(2), torch.full((2,), 3.0)]
    assert weighted_sum(zip((2.0, 0.5), terms)).tolist() == [3.5, 3.5]
    assert terms[0].tolist() == [1, 1] and terms[1].tolist() == [3, 3]


@pytest.mark.parametrize("kind", [Whole, Tiled, Writing])
@pytest.mark.parametrize("normalise", ["standard", "log_softmax"])
def test_one_ranker_with_weight_keeps_its_ranks(kind, normalise):
    triples, known = draw_triples(700, seed=4), index_of(draw_triples(3000, seed=5))
    model = kind(few_bits=False)
    never = Never(torch.zeros(ENTITIES, ENTITIES))
    alone = evaluate_ranking(model, triples, known).ranks
    for weights, pair in (([0.3, 0], [model, never]), ([0, 1], [never, model])):
        equal(evaluate_ranking(CombinedRanker(pair, weights, normalise), triples, known), alone)
    assert any((alone["tail"].optimistic < alone["tail"].pessimistic).tolist()), "no tie was kept"


def test_ranks_are_those_of_the_summed_rows():
    triples, known = draw_triples(300, seed=6), index_of(draw_triples(3000, seed=5))
    other = Whole()
    with torch.no_grad():
        other.rows.copy_(other.rows.flip(0))
    ranker = CombinedRanker([Whole(), other], [0.5, 0.5])
    found = evaluate_ranking(ranker, triples, known)
    equal(found, by_rows(ranker, triples, known))
    assert found.both != evaluate_ranking(Whole(), triples, known).both


@pytest.mark.parametrize("budget", [1, "3MB", "40MB"])
def test_ranks_do_not_depend_on_the_budget(budget):
    triples, known = draw_triples(400, seed=7), index_of(draw_triples(3000, seed=5))
    other = Writing(few_bits=False)
    with torch.no_grad():
        other.relations.copy_(other.relations.flip(0))
    ranker = CombinedRanker([Tiled(few_bits=False), other], [0.7, 0.3])
    expected = evaluate_ranking(ranker, triples, known).ranks
    equal(evaluate_ranking(ranker, triples, known, memory_budget=budget), expected)


def test_members_are_frozen_once_a_ranking_and_get_their_mode_back():
    member = Frozen().train()
    ranker = CombinedRanker([member, Whole()], [1, 1]).train()
    evaluate_ranking(ranker, draw_triples(500, seed=8))
    assert member.times == 1
    assert member.training and member.drop.training
    assert {id(p) for p in member.parameters()} <= {id(p) for p in ranker.parameters()}


def test_a_combination_can_be_a_member():
    triples = draw_triples(100, seed=9)
    inner = CombinedRanker([Whole(), Scored(torch.zeros(ENTITIES, ENTITIES))], [1, 1])
    found = evaluate_ranking(CombinedRanker([inner, Whole()], [0.5, 0.5]), triples)
    equal(found, evaluate_ranking(Whole(), triples).ranks)


@pytest.mark.parametrize(
    ("rankers", "weights", "normalise", "message"),
    [
        ([4, 4], [1], "standard", "1 weights were given for 2 rankers"),
        ([], [], "standard", "0 weights were given for 0 rankers"),
        ([4, 4], [0, 0], "standard", "at least one above 0"),
        ([4, 4], [1, -1], "standard", "numbers from 0"),
        ([4, 4], [1, math.nan], "standard", "numbers from 0"),
        ([4, 5], [1, 1], "standard", r"\[4, 5\] entities"),
        ([4], [1], "max", "normalise='max' was given: give standard or log_softmax"),
    ],
)
def test_what_does_not_fit_is_told(rankers, weights, normalise, message):
    with pytest.raises(InputError, match=message):
        CombinedRanker([Scored(torch.zeros(1, n)) for n in rankers], weights, normalise)


def test_it_prints_its_weights():
    ranker = CombinedRanker([Scored(FIRST), Scored(SECOND)], [0.25, 1])
    assert repr(ranker) == "CombinedRanker(4 entities, weights 0.25, 1, standard)"
