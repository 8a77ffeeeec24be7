"""KnowledgeModule: rounds of RelationalGAT, with and without rows of relations."""

from __future__ import annotations

import pytest
import torch

from graphkg.errors import InputError
from graphkg.nn import KnowledgeModule

EDGES = torch.tensor([[0, 1, 0, 0], [2, 2, 1, 1]])
TYPES = torch.tensor([0, 1, 1, 0])


def new_module(**options):
    torch.manual_seed(0)
    return KnowledgeModule(8, heads=2, **options).eval(), torch.randn(4, 8), torch.randn(2, 8)


def test_each_round_is_a_layer_over_the_same_relations():
    module, x, relations = new_module(layers=3)
    expected = x
    for layer in module.layers:
        expected = layer(expected, relations, EDGES, TYPES)
    assert len(module.layers) == 3
    assert torch.equal(module(x, relations, EDGES, TYPES), expected)


@pytest.mark.parametrize(("composition", "neutral"), [("add", 0.0), ("mult", 1.0), ("mlp", 0.0)])
def test_without_relations_a_message_is_the_neighbour(composition, neutral):
    module, x, _ = new_module(composition=composition)
    rows = torch.full((2, 8), neutral)
    torch.testing.assert_close(module(x, None, EDGES, TYPES), module(x, rows, EDGES, TYPES))
    types = torch.randint(1000, (4,))
    assert torch.equal(module(x, None, EDGES, types), module(x, None, EDGES, TYPES))


@pytest.mark.parametrize("composition", ["add", "mult", "mlp"])
def test_gradients_reach_the_rows_through_neighbours_without_relations(composition):
    module, x, _ = new_module(composition=composition)
    x.requires_grad_()
    module(x, None, EDGES, TYPES)[2].pow(3).sum().backward()
    assert x.grad.abs().sum(1).gt(0).tolist() == [True, True, True, False]


def test_two_rounds_carry_news_over_two_edges():
    module, x, relations = new_module(layers=2)
    chain, types = torch.tensor([[0, 1], [1, 2]]), torch.tensor([0, 1])
    before = module(x, relations, chain, types)
    x[0] *= -1  # to add a number would be undone by the norm
    after = module(x, relations, chain, types)
    changed = (before - after).abs().sum(1) > 1e-4
    assert changed.tolist() == [True, True, True, False]


@pytest.mark.parametrize("relations", [True, False])
def test_a_graph_without_entities_has_no_rows(relations):
    module, x, rows = new_module()
    none = torch.zeros(2, 0, dtype=torch.long)
    assert module(x[:0], rows if relations else None, none, none[0]).shape == (0, 8)


def test_isolated_entities_are_normalised_by_every_layer():
    module, x, relations = new_module()
    first, second = module.layers
    expected = second.norm(first.norm(x[3]))
    torch.testing.assert_close(module(x, relations, EDGES, TYPES)[3], expected)


def test_without_a_layer_there_is_no_module():
    with pytest.raises(InputError, match=r"KnowledgeModule\(layers=0\)"):
        KnowledgeModule(8, layers=0)


def test_the_printed_form_has_its_sizes():
    assert repr(KnowledgeModule(8)) == "KnowledgeModule(8, 8, layers=2, heads=8, composition='add')"
