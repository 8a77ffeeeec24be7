"""Corrupted triples: never true, never the triple itself, all others equally often."""

from __future__ import annotations

import pytest
import torch

from graphkg.graphs import KnowledgeGraph, TripleIndex
from graphkg.sampling import corrupt
from graphkg.sampling.negatives import HEAD, TAIL

NAMES = "abcdef"
TRUE = [("a", "r", "b"), ("a", "r", "c"), ("b", "r", "c"), ("d", "s", "e"), ("f", "r", "c")]


def known(rows=TRUE, names=NAMES):
    return TripleIndex(KnowledgeGraph.from_triples(rows, entities=names, relations=["r", "s"]))


def triple(head, relation, tail):
    return [NAMES.index(head), "rs".index(relation), NAMES.index(tail)]


@pytest.mark.parametrize("rounds", [0, 1, 16])
@pytest.mark.parametrize("column", [HEAD, TAIL])
def test_every_entity_that_makes_no_true_triple_is_drawn_equally_often(rounds, column):
    torch.manual_seed(0)
    count = 12_000
    given = torch.tensor([triple("a", "r", "c")]).expand(count, 3)
    drawn, source = corrupt(given, torch.full((count,), column), known(), rounds=rounds)
    assert torch.equal(source, torch.arange(count))
    other = 2 - column
    assert (drawn[:, [1, other]] == given[:, [1, other]]).all()
    # (?, r, c) is true of a, b, f; (a, r, ?) of b, c.
    allowed = [NAMES.index(name) for name in ("cde" if column == HEAD else "adef")]
    share = drawn[:, column].bincount(minlength=6).double() / count
    expected = torch.zeros(6).double()
    expected[allowed] = 1 / len(allowed)
    torch.testing.assert_close(share, expected, atol=0.02, rtol=0)


def test_negatives_of_many_triples_are_never_known_and_never_the_triple_itself():
    torch.manual_seed(1)
    rows = torch.tensor([triple(*row) for row in TRUE] + [triple("e", "s", "a")])
    given = rows.repeat(500, 1)  # the last one is true of no split: it is still no negative
    column = torch.where(torch.rand(len(given)) < 0.5, HEAD, TAIL)
    drawn, source = corrupt(given, column, known(), rounds=1)
    assert len(drawn) == len(given)
    assert not known().contains(*drawn.unbind(1)).any()
    changed = drawn != given[source]
    assert (changed.sum(1) == 1).all() and (changed.long().argmax(1) == column).all()


@pytest.mark.parametrize("rounds", [0, 4])
def test_a_triple_without_a_negative_has_none_and_the_others_keep_their_source(rounds):
    full = [("a", "r", tail) for tail in NAMES] + [("b", "r", "c")]
    given = torch.tensor([triple("a", "r", "b"), triple("b", "r", "c"), triple("a", "r", "f")])
    drawn, source = corrupt(given, torch.full((3,), TAIL), known(full), rounds=rounds)
    assert source.tolist() == [1] and drawn[0, :2].tolist() == [1, 0] and drawn[0, 2] != 2
    none, sources = corrupt(given[[0]], torch.tensor([TAIL]), known(full))
    assert none.shape == (0, 3) and sources.shape == (0,)


def test_a_seed_draws_the_negatives():
    given = torch.tensor([triple(*row) for row in TRUE]).repeat(20, 1)
    column = torch.full((len(given),), TAIL)

    def draw(seed):
        return corrupt(given, column, known(), torch.Generator().manual_seed(seed)).triples

    assert torch.equal(draw(3), draw(3)) and not torch.equal(draw(3), draw(4))


def test_the_given_triples_are_left_as_they_are():
    given = torch.tensor([triple(*row) for row in TRUE])
    before = given.clone()
    corrupt(given, torch.zeros(len(given), dtype=torch.long), known())
    assert torch.equal(given, before)
