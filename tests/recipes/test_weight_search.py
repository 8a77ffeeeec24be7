"""The MRR of every point of a grid against a whole ranking at that point."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rankers import RELATIONS, Tiled, Whole, draw_triples, index_of

from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.models import CombinedRanker, Neighbourhood, NeighbourhoodBonus
from graphkg.recipes.combined import CombinedRecipe, simplex
from graphkg.recipes.weight_search import WeightSearch
from graphkg.training import QUERIES, evaluate_ranking
from graphkg.vocab import Vocabulary

ENTITIES = 30


FEW, MANY = 6, 2**22


class Drawn(torch.nn.Module):
    """Scores by given entity, relation and side; of few values many tie, of many next to none."""

    def __init__(self, seed: int, values: int = FEW):
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        size = (2, RELATIONS, ENTITIES, ENTITIES)
        self.scores = torch.randint(values, size, generator=draw).float() / 4
        self.num_entities, self.drop, self.asked = ENTITIES, torch.nn.Dropout(0.5), 0

    def score_tails(self, head, relation):
        self.asked += len(head)
        return self.drop(self.scores[0, relation, head])

    def score_heads(self, relation, tail):
        self.asked += len(tail)
        return self.drop(self.scores[1, relation, tail])


def near_of(triples: torch.Tensor, hops: int = 1) -> Neighbourhood:
    names = Vocabulary([f"e{n}" for n in range(ENTITIES)], name="entity")
    relations = Vocabulary([f"r{n}" for n in range(RELATIONS)], name="relation")
    edges = triples[:, [0, 2]].t()
    return Neighbourhood(KnowledgeGraph.from_ids(edges, triples[:, 1], names, relations), hops)


def by_brute_force(rankers, near, grid, triples, known, normalise):
    """The MRR of a whole ranking at every point."""
    found = []
    for point in grid:
        model = CombinedRanker(rankers, point[: len(rankers)], normalise)
        if near is not None:
            model = NeighbourhoodBonus(model, near, point[-1])
        found.append(evaluate_ranking(model, triples, known).both["mrr"])
    return found


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from(["standard", "log_softmax"]),
    st.sampled_from([1, 20_000, "1GB"]),
)
def test_every_point_has_the_mrr_of_a_whole_ranking(seed, members, bonus, normalise, budget):
    # Sums of several terms tie up to their last bits, which depend on blocks and on the bonus.
    exact = members == 1 or (budget == "1GB" and not bonus)
    values = FEW if exact else MANY
    triples = draw_triples(60, seed, ENTITIES)
    train = draw_triples(40, seed + 1, ENTITIES)
    known = index_of(torch.cat([triples, train]), ENTITIES)
    rankers = [Drawn(seed + n, values) for n in range(members)]
    near = near_of(train) if bonus else None
    hops = 1 if bonus else None
    recipe = CombinedRecipe(data="x", steps=4, bonus_hops=hops, bonus_weights=(0.25, 1.0))
    grid = recipe.grid(members)
    search = WeightSearch(CombinedRanker(rankers, [1] * members, normalise), near, known)
    found = search.mrr(grid, triples, memory_budget=budget)
    expected = by_brute_force(rankers, near, grid, triples, known, normalise)
    assert found == pytest.approx(expected, rel=1e-12)


def test_rankers_that_are_scored_in_tiles_are_searched_in_full_blocks():
    triples, known = draw_triples(300, seed=1), index_of(draw_triples(300, seed=1))
    other = Tiled()
    with torch.no_grad():
        other.relations.copy_(other.relations.flip(0))
    rankers, grid = [Tiled(), other], simplex(2, 3)
    found = WeightSearch(CombinedRanker(rankers, [1, 1]), None, known).mrr(grid, triples)
    assert set(other.asked) == {QUERIES}
    expected = by_brute_force(rankers, None, grid, triples, known, "standard")
    assert found == pytest.approx(expected, rel=1e-12)
    assert len(set(found)) == 4


def test_each_ranker_scores_a_query_once_however_many_points_there_are():
    triples = draw_triples(60, 3, ENTITIES)
    known, rankers = index_of(triples, ENTITIES), [Drawn(1).train(), Drawn(2)]
    search = WeightSearch(CombinedRanker(rankers, [1, 1]), None, known)
    search.mrr(simplex(2, 1), triples)
    asked = [ranker.asked for ranker in rankers]
    assert asked == [2 * QUERIES] * 2, "a block for each side"
    search.mrr(simplex(2, 50), triples)
    assert [ranker.asked for ranker in rankers] == [2 * n for n in asked]
    assert rankers[0].training and rankers[0].drop.training


def test_entities_that_a_ranker_leaves_out_are_last():
    triples = draw_triples(60, 4, ENTITIES)
    known, rankers = index_of(triples, ENTITIES), [Drawn(1), Drawn(2)]
    rankers[0].scores[rankers[0].scores == 0] = -math.inf
    grid = simplex(2, 4)
    found = WeightSearch(CombinedRanker(rankers, [1, 1]), None, known).mrr(grid, triples)
    expected = by_brute_force(rankers, None, grid, triples, known, "standard")
    assert found == pytest.approx(expected, rel=1e-12)


def test_scores_that_are_nan_are_told_with_their_ranker():
    triples = draw_triples(60, 5, ENTITIES)
    known, rankers = index_of(triples, ENTITIES), [Drawn(1), Drawn(2)]
    rankers[1].scores[1, :, :, 5] = math.nan
    search = WeightSearch(CombinedRanker(rankers, [1, 1]), None, known)
    with pytest.raises(InputError, match="scores of ranker 2 of 2 for heads are NaN"):
        search.mrr(simplex(2, 2), triples)


def test_ranks_of_continuous_scores_are_searched_too():
    triples = draw_triples(200, seed=2)
    known = index_of(torch.cat([triples, draw_triples(2000, seed=3)]))
    rankers = [Whole(few_bits=False), Whole(few_bits=False)]
    with torch.no_grad():
        rankers[1].rows.copy_(rankers[1].rows.roll(1, 0))
    grid = simplex(2, 5)
    found = WeightSearch(CombinedRanker(rankers, [1, 1]), None, known).mrr(grid, triples)
    expected = by_brute_force(rankers, None, grid, triples, known, "standard")
    assert found == pytest.approx(expected, rel=1e-12)
