"""evaluate_ranking() against the whole matrix, ranked row by row; budgets, ties, modes, NaN."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rankers import (
    ENTITIES,
    Scored,
    Tiled,
    Whole,
    Writing,
    by_rows,
    draw_triples,
    equal,
    index_of,
)
from torch import nn

from graphkg.errors import InputError
from graphkg.metrics import ranks
from graphkg.training import QUERIES, TILE, evaluate_ranking
from graphkg.training.evaluate import read_bytes


@pytest.mark.parametrize("kind", [Whole, Tiled, Writing])
@pytest.mark.parametrize("filtered", [True, False])
@pytest.mark.parametrize("count", [1, 900])
def test_ranks_are_those_of_the_whole_matrix(kind, filtered, count):
    triples = draw_triples(count, seed=count)
    known = index_of(torch.cat([triples, draw_triples(3000, seed=5)])) if filtered else None
    model = kind()
    found = evaluate_ranking(model, triples, known)
    equal(found, by_rows(model, triples, known))
    assert ("none: raw" in found.protocol["filter"]) is not filtered
    assert set(model.asked[:-2]) == {QUERIES}, "distinct queries in whole blocks"
    distinct = [len(triples[:, columns].unique(dim=0)) for columns in ([0, 1], [1, 2])]
    assert len(model.asked) == sum(-(-n // QUERIES) for n in distinct) + 2


def test_known_answers_may_lack_the_gold():
    triples = draw_triples(200, seed=1)
    known = index_of(draw_triples(2000, seed=2))
    found = evaluate_ranking(Tiled(), triples, known)
    equal(found, by_rows(Whole(), triples, known))


@settings(max_examples=20)
@given(st.integers(1, 2**22), st.integers(0, 2**20))
def test_ranks_do_not_depend_on_the_budget(budget, seed):
    triples, known = draw_triples(150, seed), index_of(draw_triples(2000, seed=3))
    expected = evaluate_ranking(Tiled(few_bits=False), triples, known).ranks
    for kind in (Tiled, Writing):
        model = kind(few_bits=False)
        equal(evaluate_ranking(model, triples, known, memory_budget=budget), expected)


def test_a_budget_below_a_block_scores_in_panels():
    calls: list[int] = []

    class Counted(Tiled):
        bytes_per_query = 2**20

        def score_tile(self, z, start, stop):
            calls.append(start)
            return super().score_tile(z, start, stop)

    triples = draw_triples(50, seed=1)
    first = evaluate_ranking(Counted(), triples, sides="tail", memory_budget="1GiB")
    assert calls == [0, TILE, 2 * TILE]
    calls.clear()
    second = evaluate_ranking(Counted(), triples, sides="tail", memory_budget="128MiB")
    assert calls == [0, TILE, 2 * TILE, TILE, 0]
    equal(second, first.ranks)


def test_a_small_budget_asks_a_plain_ranker_for_fewer_queries():
    model, triples = Whole(torch.float64), draw_triples(90, seed=2)
    equal(
        evaluate_ranking(model, triples, memory_budget=8 * ENTITIES * 5),
        by_rows(Whole(torch.float64), triples, None),
    )
    assert set(model.asked) == {5}


def test_equal_rows_in_different_tiles_are_ties():
    triples = torch.tensor([[0, 0, 3], [50, 1, TILE + 1], [7, 2, ENTITIES - 1]])
    for model in (Tiled(few_bits=False), Writing(few_bits=False), Tiled(torch.float64, False)):
        found = evaluate_ranking(model, triples, sides="tail").ranks["tail"]
        assert (found.pessimistic - found.optimistic).tolist() == [3, 3, 3]
    known = index_of(torch.tensor([[0, 0, 7], [50, 1, 3], [50, 1, 7]]))
    found = evaluate_ranking(Tiled(few_bits=False), triples, known, sides="tail").ranks["tail"]
    assert (found.pessimistic - found.optimistic).tolist() == [2, 1, 3]


def test_half_precision_scores_are_compared_as_they_are():
    triples = draw_triples(40, seed=3)
    equal(
        evaluate_ranking(Tiled(torch.bfloat16), triples),
        by_rows(Whole(torch.bfloat16), triples, None),
    )


def test_a_query_with_many_golds():
    triples = torch.stack([torch.zeros(400), torch.zeros(400), torch.arange(400)], 1).long()
    triples = torch.cat([triples, triples[:7], draw_triples(300, seed=4)])
    known = index_of(triples[::2])
    equal(evaluate_ranking(Tiled(), triples, known), by_rows(Whole(), triples, known))


def test_averages_of_relations_groups_and_sides():
    scores = torch.tensor([[4.0, 3, 2, 1], [1, 2, 3, 4], [1, 1, 1, 1], [9, 7, 8, 0]])
    triples = torch.tensor([[0, 0, 1], [1, 1, 0], [2, 1, 2]])
    group = torch.tensor([True, False, True])
    found = evaluate_ranking(
        Scored(scores),
        triples,
        relation_names=["likes", "owns"],
        groups={"new": group},
        protocol={"seed": 3, "unseen": "none"},
    )
    # tails: row 0 gold 1 -> 2; row 1 gold 0 -> 4; row 2 gold 2 -> 2.5, all tied
    # heads: row 1 gold 0 -> 4; row 0 gold 1 -> 2; row 2 gold 2 -> 2.5
    assert found.tail["mr"] == pytest.approx(8.5 / 3) and found.head["mr"] == found.tail["mr"]
    assert found.by_relation["likes"]["both"]["mr"] == 3
    assert found.by_relation["owns"]["tail"]["mr"] == 3.25
    assert found.by_group["new"]["both"]["mr"] == (2 + 2.5 + 4 + 2.5) / 4
    assert found.protocol["seed"] == 3 and "unseen: none" in str(found)
    assert evaluate_ranking(Scored(scores), triples, sides=["tail"]).head is None


def test_every_module_gets_its_mode_back():
    class Frozen(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.drop, self.times = Tiled(), nn.Dropout(), 0
            self.drop.eval()

        def frozen(self):
            assert not self.training and not torch.is_grad_enabled()
            self.times += 1
            return self.inner

    model = Frozen()
    evaluate_ranking(model, draw_triples(20, seed=0))
    assert model.times == 1
    assert model.training and model.inner.training and not model.drop.training
    with pytest.raises(InputError):
        evaluate_ranking(model, torch.tensor([[0, 0, ENTITIES]]))
    assert model.training and torch.is_grad_enabled()


@pytest.mark.parametrize("filtered", [True, False])
def test_nan_scores_raise_or_are_counted_in_one_warning(filtered):
    scores = torch.randn(6, 6)
    scores[0, 1] = scores[1] = scores[4, 4] = torch.nan
    triples = torch.tensor([[0, 0, 1], [0, 0, 2], [1, 0, 3], [4, 0, 2], [5, 1, 0], [4, 0, 3]])
    known = index_of(torch.tensor([[0, 0, 2], [4, 0, 4], [4, 0, 2]]), 6) if filtered else None
    with pytest.raises(InputError, match="scores of 3 of 4 queries for tails are NaN"):
        evaluate_ranking(Scored(scores), triples, known, sides="tail")
    with pytest.warns(RuntimeWarning) as caught:
        found = evaluate_ranking(Scored(scores), triples, known, sides="tail", strict=False)
    with pytest.warns(RuntimeWarning) as expected:
        head, relation, tail = triples.unbind(1)
        rows = known and known.known_tails(head, relation)
        equal(found, {"tail": ranks(scores[head], tail, rows)})
    assert [str(w.message) for w in caught] == [str(w.message) for w in expected]
    assert found.protocol["nan_golds"] == 2
    assert found.protocol["nan_candidates"] == (6 if filtered else 8)


def test_infinite_scores_are_no_nan():
    scores = torch.zeros(3, 3)
    scores[0] = torch.tensor([torch.inf, -torch.inf, 0])
    found = evaluate_ranking(Scored(scores), torch.tensor([[0, 0, 1], [0, 0, 0]]), sides="tail")
    assert found.ranks["tail"].realistic.tolist() == [3, 1]


@pytest.mark.parametrize(
    ("triples", "options", "match"),
    [
        (torch.zeros(0, 3, dtype=torch.long), {}, "no triples to rank"),
        (torch.zeros(2, 2, dtype=torch.long), {}, r"int64 \[T, 3\]"),
        (torch.zeros(2, 3), {}, r"int64 \[T, 3\]"),
        (torch.tensor([[0, 0, ENTITIES]]), {}, f"entity {ENTITIES} is in the triples"),
        (torch.tensor([[-1, 0, 0]]), {}, "entity -1 is in the triples"),
        (torch.tensor([[0, -1, 0]]), {}, "relation -1 is in the triples"),
        (torch.tensor([[0, 0, 0]]), {"sides": ["up"]}, "sides="),
        (torch.tensor([[0, 0, 0]]), {"sides": []}, "sides="),
        (torch.tensor([[0, 0, 0]]), {"memory_budget": "much"}, "size of 'much'"),
        (torch.tensor([[0, 0, 0]]), {"memory_budget": 0}, "size of 0"),
        (torch.tensor([[0, 0, 0]]), {"groups": {"g": torch.tensor([True] * 2)}}, "'g': 2"),
    ],
)
def test_what_does_not_fit_is_refused(triples, options, match):
    with pytest.raises(InputError, match=match):
        evaluate_ranking(Tiled(), triples, **options)


def test_scores_of_another_shape_are_refused():
    class Narrow(Tiled):
        def score_tile(self, z, start, stop):
            return z @ self.rows[start:stop].t()

    with pytest.raises(InputError, match=f"pad the entities to a multiple of {TILE}"):
        evaluate_ranking(Narrow(), torch.tensor([[0, 0, 0]]))
    scored = Scored(torch.zeros(3, 3))
    scored.num_entities = 2
    with pytest.raises(InputError, match=r"score_tails gave \[128, 3\] for 128 queries"):
        evaluate_ranking(scored, torch.tensor([[0, 0, 0]]), sides="tail")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (5, 5),
        ("5", 5),
        ("256MB", 256 * 10**6),
        ("1.5 GiB", 3 * 2**29),
        ("64kib", 2**16),
        ("2m", 2 * 10**6),
    ],
)
def test_sizes_are_read(text, size):
    assert read_bytes(text) == size
