"""GAT: its rounds, and the edges that a limited entity reads."""

from __future__ import annotations

import pytest
import torch

from graphkg.errors import InputError
from graphkg.link import GAT, DistMult
from graphkg.link.gat import draw_incoming

N, E = 30, 200


@pytest.fixture
def graph():
    torch.manual_seed(0)
    edges = torch.randint(N - 1, (2, E))  # the last entity is alone
    edges[1, :60] = 3  # a crowded one
    return torch.randn(N, 8), torch.randn(5, 8), edges, torch.randint(5, (E,))


def seeded(number=1):
    return torch.Generator().manual_seed(number)


def test_each_round_is_a_layer(graph):
    x, relations, edges, types = graph
    encoder = GAT(8, layers=2).eval()
    by_hand = x
    for layer in encoder.layers:
        by_hand = layer(by_hand, relations, edges, types)
    assert torch.equal(encoder(x, relations, edges, types), by_hand)


def test_a_fan_out_above_every_degree_is_the_full_graph(graph):
    full, limited = GAT(8, dropout=0.0), GAT(8, dropout=0.0, fan_out=E)
    limited.load_state_dict(full.state_dict())
    assert torch.equal(limited(*graph), full(*graph))


def test_all_edges_are_read_in_eval_mode(graph):
    full, limited = GAT(8).eval(), GAT(8, fan_out=1).eval()
    limited.load_state_dict(full.state_dict())
    state = torch.get_rng_state()
    assert torch.equal(limited(*graph), full(*graph))
    assert torch.equal(state, torch.get_rng_state())


def test_draws_differ_and_come_back_with_the_seed(graph):
    encoder = GAT(8, dropout=0.0, fan_out=2)
    first, second = encoder(*graph, seeded(1)), encoder(*graph, seeded(2))
    assert torch.equal(first, encoder(*graph, seeded(1))) and not torch.equal(first, second)
    assert not torch.equal(encoder(*graph), encoder(*graph))


def test_entities_with_few_edges_read_all_of_them(graph):
    full, limited = GAT(8, dropout=0.0, layers=1), GAT(8, dropout=0.0, layers=1, fan_out=5)
    limited.load_state_dict(full.state_dict())
    same = (full(*graph) == limited(*graph, seeded())).all(1)
    few = torch.bincount(graph[2][1], minlength=N) <= 5
    assert few.any() and not few.all() and torch.equal(same, few)


@pytest.mark.parametrize("fan_out", [1, 4, 100])
def test_at_most_so_many_edges_are_drawn_and_none_twice(graph, fan_out):
    target = graph[2][1]
    drawn = draw_incoming(target, fan_out, N, seeded())
    assert torch.equal(drawn, drawn.unique())
    kept, degree = (torch.bincount(x, minlength=N) for x in (target[drawn], target))
    assert torch.equal(kept, degree.clamp(max=fan_out))


def test_every_edge_is_drawn_as_often_as_another():
    target, generator = torch.zeros(10, dtype=torch.long), seeded()
    drawn = torch.cat([draw_incoming(target, 3, 1, generator) for _ in range(2000)])
    assert (torch.bincount(drawn, minlength=10) - 600).abs().max() < 90  # deviation 20.5


def test_a_graph_without_edges_draws_none(graph):
    x, relations, edges, types = graph
    assert draw_incoming(edges[1, :0], 2, N).numel() == 0
    assert GAT(8, fan_out=2)(x, relations, edges[:, :0], types[:0]).shape == (N, 8)


@pytest.mark.parametrize("composition", ["add", "mult", "mlp"])
def test_gradients_go_through_a_predictor_to_the_rows(graph, composition):
    x, relations, edges, types = graph
    x.requires_grad_(), relations.requires_grad_()
    encoder, g = GAT(8, composition=composition, fan_out=3, dropout=0.0), DistMult(8)
    rows = encoder(x, relations, edges, types)
    g(rows[:4], relations[:4], rows).square().sum().backward()
    for name, tensor in (*encoder.named_parameters(), ("x", x), ("relations", relations)):
        assert tensor.grad is not None and tensor.grad.abs().sum() > 0, name


@pytest.mark.parametrize(
    ("options", "said"),
    [({"layers": 0}, "layers=0"), ({"fan_out": 0}, "fan_out=0"), ({"heads": 3}, "3 heads")],
)
def test_sizes_that_cannot_be_are_an_error(options, said):
    with pytest.raises(InputError, match=said):
        GAT(8, **options)


def test_the_printed_form_has_its_sizes():
    expected = "GAT(8, 4, layers=1, heads=2, composition='mlp', fan_out=10)"
    assert repr(GAT(8, 4, layers=1, heads=2, composition="mlp", fan_out=10)) == expected
