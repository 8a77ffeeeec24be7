"""JAKET on numbers made by hand (Yu et al., 2020, Eq. 1-3)."""

from __future__ import annotations

import math

import torch
from jaket_models import ROME, joined, sentences, small_jaket
from torch import nn

from graphkg.nn import RelationalGAT


def test_three_entities_two_relations_one_head():
    # W = 1, a = (1 0 | 0 1). Entity 2 hears 0 by r0 and 1 by r1; entity 1 hears 2 by r1.
    layer = RelationalGAT(2, heads=1).eval()
    with torch.no_grad():
        layer.linear.weight.copy_(torch.eye(2))
        layer.of_target.copy_(torch.tensor([[1.0, 0.0]]))
        layer.of_message.copy_(torch.tensor([[0.0, 1.0]]))
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    relations = torch.tensor([[1.0, 1.0], [0.0, -2.0]])
    edges, types = torch.tensor([[0, 1, 2], [2, 2, 1]]), torch.tensor([0, 1, 1])
    # m of 0 -> 2 is (2, 1), its logit 1 + 1; of 1 -> 2 it is (0, -1), its logit 1 - 1; of 2 -> 1 it
    # is (1, -1), alone.
    near = 1 / (1 + math.exp(-2))
    alpha = layer.attention(x, relations, edges, types)
    torch.testing.assert_close(alpha, torch.tensor([[near], [1 - near], [1.0]]))
    # Before the norm: ELU of the weighted sum, and the entity itself; 0 hears nothing.
    heard = torch.tensor(
        [[1.0, 0.0], [1.0, 1 + math.exp(-1) - 1], [1 + 2 * near, 1 + near - (1 - near)]]
    )
    norm, layer.norm = layer.norm, nn.Identity()
    torch.testing.assert_close(layer(x, relations, edges, types), heard)
    layer.norm = norm
    torch.testing.assert_close(layer(x, relations, edges, types), norm(heard))
    # Without relations 2 hears E_0 = (1, 0) and E_1 = (0, 1), whose logits are 1 and 2.
    far = 1 / (1 + math.exp(-1))
    layer.norm = nn.Identity()
    alone = layer(x, None, edges, types)[2]
    torch.testing.assert_close(alone, torch.tensor([1 + 1 - far, 1 + far]))


def merged(joint):
    """Z and Z^merge before the norm, and E^KM."""
    model = small_jaket(merge_layernorm=False).eval()
    piece, km = joint["piece"], model.read_graph(joint)
    rows = model.lower(piece.input_id, piece.ptr)
    return rows, model.merge(rows, km, joint.piece_links()), km


def test_rows_differ_inside_linked_mentions_alone():
    rows, found, _ = merged(joined())
    changed = (rows - found).abs().sum(1) > 1e-4
    # [CLS] Ann left Rome ##ville [SEP] | [CLS] the city of Rome fell [SEP] | [CLS] Lee left [SEP]
    inside = {1, 3, 4, 8, 9, 10, 14}
    assert {place for place, change in enumerate(changed.tolist()) if change} == inside
    assert torch.equal(rows[~changed], found[~changed])


def test_two_mentions_of_one_entity_get_the_same_addition():
    graphs = sentences()
    graphs[0]["mention"].entity = torch.tensor([ROME, ROME])
    rows, found, km = merged(joined(graphs))
    for place in (1, 3, 4):
        torch.testing.assert_close(found[place] - rows[place], km[ROME], atol=1e-5, rtol=1e-5)
