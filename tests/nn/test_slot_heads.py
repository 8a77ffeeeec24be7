"""SlotHeads: probabilities over tokens and classes, and the vectors of instances."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from graphkg.nn import SlotHeads

B, Q, N, D = 2, 3, 5, 4
MASK = torch.tensor([[True] * 5, [True, False, True, False, False]])


def inputs():
    torch.manual_seed(0)
    return torch.randn(B, Q, D), torch.randn(B, Q, D), torch.randn(B, N, D)


def test_a_boundary_is_a_cosine_over_the_tokens_that_are_there():
    heads, (q_r, q_e, h) = SlotHeads(D, 6, temperature=0.3), inputs()
    found = heads(q_r, q_e, h, MASK).boundary.exp()
    assert found.shape == (B, 4, Q, N)
    tokens = heads.tokens(h)
    for b, side, i in [(0, 0, 0), (1, 2, 1), (1, 3, 2)]:
        e = heads.ends[side](q_e[b, i])
        logits = F.cosine_similarity(e, tokens[b, MASK[b]], dim=1) / 0.3
        torch.testing.assert_close(found[b, side, i, MASK[b]], logits.softmax(0))
    assert (found[1, ..., ~MASK[1]] == 0).all()


def test_at_temperature_1_no_boundary_is_likelier_than_the_cap():
    n, e = 40, torch.randn(1, 4, 1, D)
    heads = SlotHeads(D, 6, temperature=1.0)
    torch.nn.init.eye_(heads.tokens.weight)
    torch.nn.init.zeros_(heads.tokens.bias)
    # The best case: one token lies where the query points, all others opposite.
    h = -e[0, 0].expand(1, n, D).clone()
    h[0, 7] = e[0, 0, 0]
    e = e[:, :1].expand(1, 4, 1, D)
    found = heads.boundaries(e, h, torch.ones(1, n, dtype=torch.bool)).exp()
    cap = math.e / (math.e + (n - 1) / math.e)
    assert found.max().item() == pytest.approx(cap, abs=1e-5) and cap < 0.16
    sharp = SlotHeads(D, 6, temperature=0.1)
    sharp.tokens.load_state_dict(heads.tokens.state_dict())
    assert sharp.boundaries(e, h, torch.ones(1, n, dtype=torch.bool)).exp().max() > 0.999


def test_relations_types_and_instances_have_their_branches():
    heads, (q_r, q_e, h) = SlotHeads(D, 6, num_types=2), inputs()
    found = heads(q_r, q_e, h, MASK)
    torch.testing.assert_close(found.relation, heads.relation(q_r).log_softmax(2))
    assert found.kind.shape == (B, 2, Q, 3)
    torch.testing.assert_close(found.kind[:, 1], heads.kinds[1](q_e).log_softmax(2))
    ends = sum(end(q_e) for end in heads.ends)
    torch.testing.assert_close(found.instance, heads.instance(q_r) + ends)


def test_what_is_not_asked_for_is_not_there():
    found = SlotHeads(D, 6, instances=False)(*inputs(), MASK)
    assert found.kind is None and found.instance is None


def test_a_sentence_without_tokens_has_finite_numbers():
    q_r, q_e, h = (x.requires_grad_() for x in inputs())
    found = SlotHeads(D, 6)(q_r, q_e, h, torch.zeros(B, N, dtype=torch.bool))
    (found.boundary.exp().sum() + found.relation.sum()).backward()
    assert found.boundary.isfinite().all() and q_e.grad.isfinite().all()


def test_the_printed_form():
    assert repr(SlotHeads(D, 6, 2)) == "SlotHeads(6 classes, 2 types)"
