"""QIDNLosses: what is matched, what is left out, and in which order it does not matter."""

from __future__ import annotations

import torch

from graphkg.models.qidn_losses import QIDNLosses
from graphkg.nn.slot_heads import Slots
from graphkg.nn.slot_losses import GoldSlots

B, Q, N, R, D = 2, 4, 6, 3, 5
MASK = torch.ones(B, N, dtype=torch.bool)
NULL, ENTITY = 3, 4


def slots():
    torch.manual_seed(0)
    return Slots(
        torch.randn(B, Q, R + 2).log_softmax(2),
        torch.randn(B, 4, Q, N).log_softmax(3),
        torch.randn(B, 2, Q, 3).log_softmax(3),
        torch.randn(B, Q, D),
    )


def gold(*rows):
    return GoldSlots.of_rows(torch.tensor(rows).view(-1, 8), B)


ROWS = (
    [0, 1, 0, 2, 4, 4, 1, 0],
    [0, 1, 5, 5, 1, 3, 0, 0],
    [0, ENTITY, 2, 2, -1, -1, 1, 2],
    [1, 1, 2, 2, 0, 0, 1, 1],
)


def test_losses_do_not_depend_on_the_order_of_gold():
    objective = QIDNLosses(R, D)
    one = objective([slots()], gold(*ROWS), MASK)
    two = objective([slots()], gold(ROWS[2], ROWS[1], ROWS[0], ROWS[3]), MASK)
    assert list(one) == ["triple", "instance", "class"]
    for name, loss in one.items():
        torch.testing.assert_close(loss, two[name])


def test_instances_are_the_matched_slots_of_triples():
    objective, said = QIDNLosses(R, D), slots()
    kept, slot = objective.matched(said, gold(*ROWS), MASK)
    v, label = objective.instances(said, kept, slot)
    assert label.tolist() == [1, 1, 1]
    torch.testing.assert_close(v[2], said.instance[1, slot[3]])
    assert len(set(slot[:3].tolist())) == 3


def test_a_full_sentence_loses_entities_before_triples():
    many = [[0, ENTITY, n, n, -1, -1, 1, 2] for n in range(5)]
    objective, said = QIDNLosses(R, D), slots()
    said.relation[..., ENTITY] = 0.0  # all slots are sure to say an entity
    kept, _ = objective.matched(said, gold(*ROWS[:2], *many, ROWS[3]), MASK)
    assert kept.relation.tolist() == [1, 1, ENTITY, ENTITY, 1]
    assert objective.dropped == {"outside": 0, "surplus": 3}


def test_gold_on_words_that_are_not_there_is_left_out():
    mask = MASK.clone()
    mask[0, 4:] = False
    objective = QIDNLosses(R, D)
    kept, _ = objective.matched(slots(), gold(*ROWS), mask)
    assert kept.relation.tolist() == [ENTITY, 1]
    assert objective.dropped == {"outside": 2, "surplus": 0}


def test_a_match_has_no_gradient_but_the_losses_have():
    said = slots()
    said.relation.requires_grad_()
    objective = QIDNLosses(R, D)
    _, slot = objective.matched(said, gold(*ROWS), MASK)
    assert not slot.requires_grad
    assert objective([said], gold(*ROWS), MASK)["triple"].requires_grad


def test_layers_below_the_last_share_its_match():
    first, last = slots(), Slots(*(x.flip(2) if x.dim() == 4 else x.flip(1) for x in
        (slots().relation, slots().boundary, slots().kind, slots().instance)))  # fmt: skip
    objective, given = QIDNLosses(R, D, instance_weight=0.0, class_weight=0.0), gold(*ROWS)
    losses = objective([first, first, last], given, MASK)
    kept, slot = objective.matched(last, given, MASK)
    torch.testing.assert_close(losses["triple"], objective.triple_loss(last, kept, slot))
    torch.testing.assert_close(losses["auxiliary"], objective.triple_loss(first, kept, slot))
    assert losses["auxiliary"] > losses["triple"]


def test_a_bank_is_filled_in_training_alone():
    objective = QIDNLosses(R, D, instance_bank=4)
    objective.eval()([slots()], gold(*ROWS), MASK)
    assert objective.bank.label.tolist() == [-1] * 4
    objective.train()([slots()], gold(*ROWS), MASK)
    assert objective.bank.label.tolist() == [1, 1, 1, -1]


def test_what_has_no_weight_has_no_parameters():
    assert not list(QIDNLosses(R, D, class_weight=0.0).parameters())
    assert QIDNLosses(R, D, instance_weight=0.0, instance_bank=4).bank is None
    assert len(list(QIDNLosses(R, D, learned_temperature=True).parameters())) == 2
