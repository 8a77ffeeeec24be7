"""The batches of MTL-KGC: items of each task, negatives on both sides, once an epoch."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from text_graphs import small_data

from graphkg.graphs import TripleIndex
from graphkg.graphs.knowledge import EDGE
from graphkg.recipes.mtl_kgc import build_mtl_kgc_recipe
from graphkg.recipes.mtl_kgc_batches import mtl_kgc_batches


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    return small_data(tmp_path_factory.mktemp("data")).train


def triples_of(train):
    return torch.stack([train.heads, train[EDGE].edge_type, train.tails], 1)


def epoch(train, seed=0, **changes):
    recipe = build_mtl_kgc_recipe(None, {"batch_size": 4, "num_negatives": 3, **changes})
    torch.manual_seed(seed)
    return list(mtl_kgc_batches(recipe, train))


def of(batches, task):
    return [batch for batch in batches if batch.task == task]


def test_an_epoch_has_the_batches_of_the_paper(train):
    found = epoch(train)
    # 6 triples: 12 items of lp and of rr, 6 of rp, in batches of 4.
    assert Counter(batch.task for batch in found) == {"lp": 3, "rp": 2, "rr": 3}
    recipe = build_mtl_kgc_recipe(None, {"batch_size": 4})
    assert len(mtl_kgc_batches(recipe, train)) == 8
    assert {batch.task for batch in epoch(train, tasks="lp,rr")} == {"lp", "rr"}


def test_each_triple_is_an_item_of_either_side_and_once_of_relation_prediction(train):
    found, every = epoch(train), sorted(triples_of(train).tolist())
    for task, times in (("lp", 2), ("rr", 2), ("rp", 1)):
        given = torch.cat([batch.triples for batch in of(found, task)]).tolist()
        assert sorted(given) == sorted(every * times), task


@pytest.mark.parametrize(("task", "count"), [("lp", 3), ("rr", 1)])
def test_each_triple_has_its_negatives_on_both_sides_equally_often(train, task, count):
    heads = tails = 0
    for batch in of(epoch(train), task):
        changed = batch.negatives != batch.triples[batch.source]
        assert (changed.sum(1) == 1).all()
        heads, tails = heads + int(changed[:, 0].sum()), tails + int(changed[:, 2].sum())
        assert (batch.source.bincount(minlength=len(batch.triples)) == count).all()
    assert heads == tails == 6 * count


def test_the_negatives_of_an_item_are_all_on_its_side(train):
    for batch in of(epoch(train), "lp"):
        changed = batch.negatives != batch.triples[batch.source]
        for item in range(len(batch.triples)):
            assert len(changed[batch.source == item].unique(dim=0)) == 1


def test_no_negative_is_a_training_triple_but_held_out_ones_may_be(train):
    known, drawn = TripleIndex(train), set()
    for seed in range(30):
        for batch in epoch(train, seed):
            assert not known.contains(*batch.negatives.unbind(1)).any()
            drawn |= set(map(tuple, batch.negatives.tolist()))
    born, lee, rome = train.relations["born_in"], train.entities["Lee"], train.entities["Rome"]
    assert (lee, born, rome) in drawn  # a test triple


def test_a_side_drawn_at_random_makes_one_item_of_a_triple_as_in_kg_bert(train):
    sides = Counter()
    for seed in range(60):
        found = epoch(train, seed, tasks="lp", sides="random")
        items = torch.cat([batch.triples for batch in found]).tolist()
        assert sorted(items) == sorted(triples_of(train).tolist()) and len(found) == 2
        for batch in found:
            changed = (batch.negatives != batch.triples[batch.source]).sum(0)
            sides.update({"head": int(changed[0]), "tail": int(changed[2])})
    share = sides["head"] / sum(sides.values())
    assert abs(share - 0.5) < 0.1 and sum(sides.values()) == 60 * 6 * 3


def test_the_seed_draws_an_epoch_and_each_epoch_is_drawn_anew(train):
    def plain(batches):
        return [(batch.task, batch.triples.tolist(), batch.negatives.tolist()) for batch in batches]

    assert plain(epoch(train, 1)) == plain(epoch(train, 1)) != plain(epoch(train, 2))
    recipe = build_mtl_kgc_recipe(None, {"batch_size": 4})
    batches = mtl_kgc_batches(recipe, train)
    assert plain(batches) != plain(batches)
