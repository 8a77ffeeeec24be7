"""Heads of JAKET's pre-training, by hand."""

from __future__ import annotations

import torch

from graphkg.nn.entity_head import EntityHead, RelationHead


def test_candidates_are_scored_by_hand():
    head = EntityHead(2)
    with torch.no_grad():
        head.inner.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
        head.outer.weight.copy_(torch.tensor([[1.0, 1.0], [2.0, 0.0]]))
    means = torch.tensor([[3.0, -5.0]])  # ReLU: (3, 0); query: (3, 6)
    candidates = torch.tensor([[[1.0, 0.0], [1.0, 1.0], [0.0, -2.0]]])
    assert head(means, candidates).tolist() == [[3.0, 9.0, -12.0]]
    assert not [name for name, _ in head.named_parameters() if "bias" in name]


def test_relations_are_read_from_both_ends_and_their_product():
    head = RelationHead(1, 2)
    with torch.no_grad():
        head.linear.weight.copy_(torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 10.0]]))
        head.linear.bias.copy_(torch.tensor([0.5, 0.0]))
    found = head(torch.tensor([[2.0]]), torch.tensor([[3.0]]))
    assert found.tolist() == [[2.5, 63.0]]


def test_the_printed_forms():
    assert repr(EntityHead(4)) == "EntityHead(4)"
    assert repr(RelationHead(4, 3)) == "RelationHead(4, 3 relations)"
