"""Which candidates are ranked anew, and how two orders become one."""

from __future__ import annotations

import torch
from rankers import Scored, index_of

from graphkg.recipes.reranking import Reranker, candidates, dense_order


def test_candidates_are_the_best_unknown_ones_and_ties_go_by_number():
    scores = torch.tensor([0.5, 0.9, 0.5, 0.8, 0.5, 0.1])
    assert candidates(scores, torch.tensor([1]), 3).tolist() == [3, 0, 2]
    assert candidates(scores, torch.tensor([0, 1, 2, 3, 4]), 3).tolist() == [5]
    assert candidates(scores, torch.arange(6), 3).tolist() == []


def test_candidates_stand_above_the_others_whatever_their_scores_are():
    class Second:
        num_entities = 5

        def score_triples(self, triples):
            return torch.tensor([-100.0, -200.0, -100.0, -300.0, 0.0])[triples[:, 2]]

    first = Scored(torch.tensor([[5.0, 4.0, 3.0, 9.0, 1.0]] * 5))
    train = index_of(torch.tensor([[0, 0, 3]]), 5)
    merged = Reranker(first, Second(), train, top=3)
    found = merged.score_tails(torch.tensor([0, 1]), torch.tensor([0, 0]))
    # Of 0, entity 3 is known: 0 1 2 are read, 0 and 2 tie; below them 3, then 4.
    assert found[0].argsort(stable=True).tolist() == [4, 3, 1, 0, 2]
    assert found[0, 0] == found[0, 2] > found[0, 1] > found[0, 3] > found[0, 4]
    # Of 1 nothing is known: 3 0 1 are read.
    assert found[1].argsort().tolist() == [4, 2, 3, 1, 0]


def test_nan_stays_nan_so_that_it_is_noticed():
    found = dense_order(torch.tensor([1.0, torch.nan, 0.0, 1.0]))
    assert found[1].isnan() and found[[0, 2, 3]].tolist() == [1, 0, 1]
