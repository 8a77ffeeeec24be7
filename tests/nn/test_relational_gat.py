"""RelationalGAT: an attention worked by hand, every composition, nodes without edges."""

from __future__ import annotations

import math

import pytest
import torch

from graphkg.errors import InputError
from graphkg.nn import RelationalGAT

COMPOSITIONS = ("add", "mult", "mlp")
# 0 -> 2 by r0, 1 -> 2 by r1, 0 -> 1 by r1 and again by r0; 3 is alone
EDGES = torch.tensor([[0, 1, 0, 0], [2, 2, 1, 1]])
TYPES = torch.tensor([0, 1, 1, 0])


def new_layer(composition="add", **options):
    torch.manual_seed(0)
    width = 3 if composition == "mlp" else 8
    layer = RelationalGAT(8, width, heads=2, composition=composition, **options)
    return layer, (torch.randn(4, 8), torch.randn(2, width), EDGES, TYPES)


def by_loops(layer, x, relations, edges, types):
    """Eq. 1-2 edge by edge and head by head, without dropout."""
    weight = layer.linear.weight.unflatten(0, (layer.heads, -1))
    out = torch.zeros(x.size(0), layer.heads, weight.size(1))
    for v in range(x.size(0)):
        into = (edges[1] == v).nonzero().view(-1).tolist()
        if not into:
            continue
        for k in range(layer.heads):
            logits, messages = [], []
            for edge in into:
                u, r = x[edges[0, edge]], relations[types[edge]]
                if layer.composition == "mlp":
                    m = layer.outer(layer.inner(torch.cat([u, r])).relu())
                else:
                    m = u + r if layer.composition == "add" else u * r
                messages.append(weight[k] @ m)
                a = layer.of_target[k % len(layer.of_target)] @ (weight[k] @ x[v])
                a = a + layer.of_message[k % len(layer.of_message)] @ messages[-1]
                logits.append(torch.nn.functional.leaky_relu(a, 0.2))
            alpha = torch.stack(logits).softmax(0)
            out[v, k] = (alpha.unsqueeze(1) * torch.stack(messages)).sum(0)
    return layer.norm(torch.nn.functional.elu(out.flatten(1)) + x)


@pytest.mark.parametrize("composition", COMPOSITIONS)
@pytest.mark.parametrize("share", [False, True])
def test_the_equations(composition, share):
    layer, given = new_layer(composition, share_attention=share)
    layer.eval()
    torch.testing.assert_close(layer(*given), by_loops(layer, *given))


def test_attention_on_three_nodes_by_hand():
    # W = 1, a = (1 | 1): node 2 (value 1) hears 0 by r0 (2 + 1 = 3) and 1 by r1 (1 - 5 = -4), so
    # its logits are LeakyReLU(1 + 3) = 4 and LeakyReLU(1 - 4) = -0.6
    layer = RelationalGAT(1, heads=1)
    with torch.no_grad():
        for weight in (layer.linear.weight, layer.of_target, layer.of_message):
            weight.fill_(1.0)
    x, relations = torch.tensor([[2.0], [1.0], [1.0]]), torch.tensor([[1.0], [-5.0]])
    alpha = layer.attention(x, relations, EDGES[:, :2], TYPES[:2])
    expected = 1 / (1 + math.exp(-4.6))
    torch.testing.assert_close(alpha, torch.tensor([[expected], [1 - expected]]))


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_attention_sums_to_one_over_the_edges_into_a_node(composition):
    layer, given = new_layer(composition)
    alpha = layer.attention(*given)
    assert alpha.shape == (4, 2)
    sums = torch.zeros(4, 2).index_add(0, EDGES[1], alpha)
    torch.testing.assert_close(sums, torch.tensor([[0.0] * 2, [1.0] * 2, [1.0] * 2, [0.0] * 2]))


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_nodes_without_edges_are_only_normalised(composition):
    layer, (x, relations, *_) = new_layer(composition)
    layer.eval()
    torch.testing.assert_close(layer(x, relations, EDGES, TYPES)[[0, 3]], layer.norm(x)[[0, 3]])
    none = layer(x, relations, EDGES[:, :0], TYPES[:0])
    torch.testing.assert_close(none, layer.norm(x))


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_permuted_nodes_and_edges_permute_the_result(composition):
    layer, (x, relations, *_) = new_layer(composition)
    layer.eval()
    order, edges = torch.tensor([2, 0, 3, 1]), torch.tensor([3, 1, 0, 2])
    found = layer(x[order], relations, order.argsort()[EDGES][:, edges], TYPES[edges])
    torch.testing.assert_close(found, layer(x, relations, EDGES, TYPES)[order])


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_the_relation_of_an_edge_matters(composition):
    layer, (x, relations, *_) = new_layer(composition)
    layer.eval()
    found = layer(x, relations, EDGES, TYPES), layer(x, relations, EDGES, 1 - TYPES)
    changed = (found[0] - found[1]).abs().sum(1) > 1e-3
    assert changed.tolist() == [False, False, True, False]  # node 1 hears 0 by both


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_gradients_reach_every_parameter_and_the_rows(composition):
    layer, (x, relations, *_) = new_layer(composition)
    x.requires_grad_(), relations.requires_grad_()
    layer.eval()(x, relations, EDGES, TYPES).pow(3).sum().backward()
    for name, tensor in (*layer.named_parameters(), ("x", x), ("relations", relations)):
        assert tensor.grad is not None and tensor.grad.abs().sum() > 0, name


def test_dropout_is_for_training_alone():
    layer, given = new_layer()
    assert not torch.equal(layer(*given), layer(*given))
    layer.eval()
    assert torch.equal(layer(*given), layer(*given))


def test_reset_draws_anew():
    layer, _ = new_layer("mlp")
    before = {name: weight.clone() for name, weight in layer.named_parameters()}
    layer.reset_parameters()
    same = {name for name, weight in layer.named_parameters() if torch.equal(weight, before[name])}
    assert same == {"norm.weight", "norm.bias"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"dim": 10, "heads": 4}, "dim=10 .* 4 heads"),
        ({"dim": 8, "relation_dim": 4}, "4 and 8 channels.*mlp"),
        ({"dim": 8, "composition": "sum"}, "'sum' is not one of add, mult, mlp"),
    ],
)
def test_sizes_that_do_not_fit_are_an_error(given, said):
    with pytest.raises(InputError, match=said):
        RelationalGAT(**given)


def test_the_printed_form_has_its_sizes():
    expected = "RelationalGAT(8, 3, heads=2, composition='mlp')"
    assert repr(new_layer("mlp")[0]) == expected
