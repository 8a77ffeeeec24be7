"""Merge: what is added to which piece, and the norm over all (JAKET, Eq. 3)."""

from __future__ import annotations

import torch

from graphkg.nn.merge import Merge

ROWS = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
ENTITIES = torch.tensor([[10.0, 20.0], [100.0, 200.0]])


def links(*pairs):
    return torch.tensor(pairs, dtype=torch.long).view(-1, 2).t()


def test_rows_of_entities_are_added_inside_mentions_alone():
    found = Merge(2, layernorm=False)(ROWS, ENTITIES, links((1, 0), (2, 0)))
    assert found.tolist() == [[1, 2], [13, 24], [15, 27]]
    assert ROWS[1].tolist() == [3, 4]


def test_a_piece_of_two_entities_has_both_added():
    found = Merge(2, layernorm=False)(ROWS, ENTITIES, links((0, 0), (0, 1)))
    assert found.tolist() == [[111, 222], [3, 4], [5, 7]]


def test_every_piece_is_normalised_even_without_a_mention():
    # two channels a < b become -1 and 1
    found = Merge(2)(ROWS, ENTITIES, links())
    torch.testing.assert_close(found, torch.tensor([[-1.0, 1.0]] * 3), atol=1e-3, rtol=0)


def test_gradients_reach_pieces_entities_and_norm():
    merge, rows, entities = Merge(2), ROWS.clone(), ENTITIES.clone()
    rows.requires_grad_(), entities.requires_grad_()
    (merge(rows, entities, links((1, 0))) * torch.tensor([1.0, 3.0])).sum().backward()
    assert rows.grad is not None and merge.norm.weight.grad.abs().sum() > 0
    assert entities.grad.abs().sum(1).gt(0).tolist() == [True, False]


def test_the_printed_form():
    assert repr(Merge(4, layernorm=False)) == "Merge(4, layernorm=False)"
    assert repr(Merge(4)) == "Merge(4, layernorm=True)"
