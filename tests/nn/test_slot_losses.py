"""The cost of a match and L_tri, against sums written out."""

from __future__ import annotations

import pytest
import torch

from graphkg.nn.slot_heads import Slots
from graphkg.nn.slot_losses import GoldSlots, matching_cost, triple_loss

B, Q, N, C, NULL = 2, 4, 6, 5, 3
GOLD = GoldSlots.of_rows(
    torch.tensor(
        [
            [0, 1, 0, 2, 4, 4, 1, 0],
            [0, 2, 5, 5, 1, 3, 0, 0],
            [1, 4, 2, 2, -1, -1, 1, 2],  # an entity in no triple: no object is asked for
        ]
    ),
    B,
)


def slots(kinds=True):
    torch.manual_seed(0)
    return Slots(
        torch.randn(B, Q, C).log_softmax(2),
        torch.randn(B, 4, Q, N).log_softmax(3),
        torch.randn(B, 2, Q, 3).log_softmax(3) if kinds else None,
    )


def terms(said, row, slot):
    """Log-probabilities of one gold row in one slot: relation, boundaries, types."""
    sentence, relation, *rest = row.tolist()
    ends = [said.boundary[sentence, d, slot, at] for d, at in enumerate(rest[:4]) if at >= 0]
    kinds = (
        [said.kind[sentence, d, slot, k] for d, k in enumerate(rest[4:])]
        if said.kind is not None
        else []
    )
    return said.relation[sentence, slot, relation], ends, kinds


@pytest.mark.parametrize("kinds", [True, False])
def test_the_cost_is_the_sum_of_probabilities(kinds):
    said = slots(kinds)
    found = matching_cost(said, GOLD, (1.0, 2.0, 0.5))
    assert found.shape == (3, Q)
    for g, row in enumerate(GOLD.rows):
        for slot in range(Q):
            relation, ends, types = terms(said, row, slot)
            sums = [sum(float(x.exp()) for x in part) for part in ([relation], ends, types)]
            assert found[g, slot].item() == pytest.approx(-sums[0] - 2 * sums[1] - 0.5 * sums[2])


@pytest.mark.parametrize("null_weight", [1.0, 0.1])
def test_the_loss_is_over_all_slots_for_relations_and_over_matched_ones_for_the_rest(null_weight):
    said, slot = slots(), torch.tensor([3, 0, 2])
    relation, weights, rest = 0.0, 0.0, 0.0
    for b in range(B):
        for q in range(Q):
            own = [g for g in range(3) if GOLD.sentence[g] == b and slot[g] == q]
            relation += float(-said.relation[b, q, NULL]) * null_weight if not own else 0.0
            weights += 1.0 if own else null_weight
            for g in own:
                said_relation, ends, types = terms(said, GOLD.rows[g], q)
                relation -= float(said_relation)
                rest -= float(sum(ends) + sum(types))
    found = triple_loss(said, GOLD, slot, NULL, null_weight)
    assert found.item() == pytest.approx(relation / weights + rest / 3, rel=1e-5)
    found = triple_loss(said, GOLD, slot, NULL, null_weight, "triples")
    assert found.item() == pytest.approx((relation + rest) / 3, rel=1e-5)


def test_a_sentence_without_triples_has_the_null_terms_alone():
    said, none = slots(), GoldSlots.of_rows(GOLD.rows[:0], B)
    for over in ("slots", "triples"):
        found = triple_loss(said, none, torch.zeros(0, dtype=torch.long), NULL, 1.0, over)
        torch.testing.assert_close(found, -said.relation[..., NULL].mean())
    assert matching_cost(said, none).shape == (0, Q)


def test_gold_that_is_kept_stays_in_its_sentence():
    kept = GOLD.keep(torch.tensor([False, True, True]))
    assert kept.ptr.tolist() == [0, 1, 2] and torch.equal(kept.rows, GOLD.rows[1:])
