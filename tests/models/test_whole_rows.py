"""Whole rows of any kind of ranker, and rankers of whole rows cut into tiles."""

from __future__ import annotations

import pytest
import torch
from rankers import ENTITIES, Tiled, Whole, Writing

from graphkg import training
from graphkg.models.whole_rows import TILE, WholeRows, freeze, whole_scores


class Keeping(Tiled):
    """Takes a tensor to write into and returns another one."""

    def score_tile(self, z, start, stop, out=None):
        return super().score_tile(z, start, stop)


class Half(Tiled):
    """Merges in half precision."""

    def score_tile(self, z, start, stop):
        return super().score_tile(z.float(), start, stop).half()

    def merge(self, side, entity, relation):
        return super().merge(side, entity, relation).half()


class Numbers(WholeRows):
    """Scores an entity by its number, and notes what was asked."""

    num_entities = 5

    def rows(self, side, entity, relation):
        self.asked = side, entity.tolist(), relation.tolist()
        return torch.arange(5.0).double().expand(len(entity), -1)


def asked(count: int = training.QUERIES):
    return torch.arange(count), torch.arange(count) % 3


def test_a_tile_is_as_wide_as_the_ranking_asks():
    assert TILE == training.TILE


@pytest.mark.parametrize("kind", [Tiled, Writing, Keeping])
@pytest.mark.parametrize("side", ["head", "tail"])
def test_every_kind_of_ranker_gives_the_same_rows(kind, side):
    with torch.no_grad():
        entity, relation = asked()
        model = Whole().eval()
        whole = model.score_heads(relation, entity) if side == "head" else None
        whole = model.score_tails(entity, relation) if whole is None else whole
        found = whole_scores(kind().eval(), side, entity, relation)
        assert found.shape == (training.QUERIES, ENTITIES)
        assert torch.equal(found, whole)
        assert torch.equal(whole_scores(model, side, entity, relation), whole)


def test_half_precision_is_widened():
    with torch.no_grad():
        found = whole_scores(Half().eval(), "tail", *asked())
    assert found.dtype == torch.float32 and not found.isnan().any()


def test_rows_are_cut_into_tiles_of_one_shape():
    ranker = Numbers()
    z = ranker.merge("head", *asked(2))
    assert ranker.asked == ("head", [0, 1], [0, 1])
    assert ranker.score_tile(z, 0, 3)[1].tolist() == [0, 1, 2]
    assert ranker.score_tile(z, 3, 6)[:, :2].tolist() == [[3, 4]] * 2
    assert ranker.score_tile(z, 3, 6).shape == (2, 3)


def test_sides_are_told_apart():
    ranker = Numbers()
    ranker.score_heads(torch.tensor([7]), torch.tensor([1]))
    assert ranker.asked == ("head", [1], [7])
    ranker.score_tails(torch.tensor([1]), torch.tensor([7]))
    assert ranker.asked == ("tail", [1], [7])


def test_what_cannot_be_frozen_stays_as_it_is():
    ranker = Whole()
    assert freeze(ranker) is ranker
