"""How well slots say gold triples: the cost of a match, and the loss after it (QIDN, Section 3.4).

Letters: B sentences, G gold triples of all sentences, Q slots, N tokens, C classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .slot_heads import Slots


@dataclass(frozen=True)
class GoldSlots:
    """What some slots should say; -1 in `boundary` and `kind` asks for nothing.

    Attributes:
        sentence: [G], not falling.
        relation: [G] classes.
        boundary: [G, 4] tokens, counted in their sentence, for each of ``BOUNDARIES``.
        kind: [G, 2] types of subject and object.
        ptr: [B + 1] where those of each sentence begin.
    """

    sentence: Tensor
    relation: Tensor
    boundary: Tensor
    kind: Tensor
    ptr: Tensor

    @classmethod
    def of_rows(cls, rows: Tensor, count: int) -> GoldSlots:
        """Splits rows [G, 8], (sentence, relation, 4 boundaries, 2 types), of `count` sentences."""
        per_sentence = torch.bincount(rows[:, 0], minlength=count)
        ptr = torch.cat([per_sentence.new_zeros(1), per_sentence.cumsum(0)])
        return cls(rows[:, 0], rows[:, 1], rows[:, 2:6], rows[:, 6:], ptr)

    @property
    def rows(self) -> Tensor:
        """All but `ptr` as one table [G, 8]."""
        ends = self.sentence.unsqueeze(1), self.relation.unsqueeze(1)
        return torch.cat([*ends, self.boundary, self.kind], 1)

    def __len__(self) -> int:
        return self.sentence.numel()

    def keep(self, mask: Tensor) -> GoldSlots:
        """Returns those of `mask`, boolean [G]."""
        return GoldSlots.of_rows(self.rows[mask], self.ptr.numel() - 1)


def matching_cost(
    slots: Slots, gold: GoldSlots, weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
) -> Tensor:
    r"""The cost of each gold triple g with each slot i of its sentence, [G, Q].

    .. math::
        -\Big[ P^t_i(r_g) + \sum_\delta P^\delta_i(\delta_g) + P^{st}_i(s_g) + P^{ot}_i(o_g) \Big],

    of probabilities, as in DETR.

    Args:
        slots: of B sentences.
        gold: of the same sentences.
        weights: of relation, boundaries and types.
    """
    own = gold.sentence.unsqueeze(1)
    side = torch.arange(4, device=own.device)
    # Indices on both sides of a slice come first: [G, 4, Q].
    boundary = slots.boundary[own, side, :, gold.boundary.clamp(min=0)].exp()
    boundary = boundary.masked_fill((gold.boundary < 0).unsqueeze(2), 0).sum(1)
    cost = weights[0] * slots.relation[gold.sentence, :, gold.relation].exp()
    cost = cost + weights[1] * boundary
    if slots.kind is not None:
        kind = slots.kind[own, side[:2], :, gold.kind.clamp(min=0)].exp()
        cost = cost + weights[2] * kind.masked_fill((gold.kind < 0).unsqueeze(2), 0).sum(1)
    return -cost


def triple_loss(
    slots: Slots,
    gold: GoldSlots,
    slot: Tensor,
    null: int,
    null_weight: float = 1.0,
    relation_mean: str = "slots",
) -> Tensor:
    r"""L_tri: :math:`-\sum_i (\log P^t_{\sigma(i)} + \sum_\delta \log P^\delta_{\sigma(i)})`.

    Boundaries and types are means over the matched slots. The relation term has one addend for
    each of the B x Q slots, those without a triple saying `null`. With ``"slots"`` it is their mean
    (weighted, if there is a `null_weight`), as in DETR. With ``"triples"`` their sum is divided by
    the number of triples as the other terms are, so that all terms weigh alike as in the formula.

    Args:
        slots: of B sentences.
        gold: of the same sentences.
        slot: [G] the slot of each gold triple.
        null: class of a slot without triple.
        null_weight: of this class (the paper has no weights).
        relation_mean: ``"slots"`` or ``"triples"``; where there is no triple, always the former.
    """
    target = gold.sentence.new_full(slots.relation.shape[:2], null)
    target[gold.sentence, slot] = gold.relation
    weight = torch.ones_like(slots.relation[0, 0])
    weight[null] = null_weight
    total = F.nll_loss(slots.relation.flatten(0, 1), target.flatten(), weight, reduction="sum")
    over_triples = relation_mean == "triples" and len(gold)
    loss = total / (len(gold) if over_triples else weight[target].sum())
    own, slot = gold.sentence.unsqueeze(1), slot.unsqueeze(1)
    side = torch.arange(4, device=own.device)
    found = slots.boundary[own, side, slot, gold.boundary.clamp(min=0)]
    terms = found.masked_fill(gold.boundary < 0, 0).sum()
    if slots.kind is not None:
        found = slots.kind[own, side[:2], slot, gold.kind.clamp(min=0)]
        terms = terms + found.masked_fill(gold.kind < 0, 0).sum()
    return loss - terms / max(len(gold), 1)
