"""The losses of QIDN: gold triples are matched to slots, instances are set against each other.

Letters: B sentences, N tokens, Q slots, G gold triples, R relations, D channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..nn.bank import InstanceBank
from ..nn.instance_losses import class_contrast, instance_contrast
from ..nn.matching import match
from ..nn.slot_heads import Slots
from ..nn.slot_losses import GoldSlots, matching_cost, triple_loss
from ..nn.temperature import Temperature


class QIDNLosses(nn.Module):
    """L_tri, L_ins and L_cls (QIDN, Section 3.4); the arguments are those of ``QIDN``.

    Gold triples whose boundaries have no piece, and the dearest ones of a sentence that has more
    than slots, are left out; :attr:`dropped` counts both in training.

    Shapes:
        - input: slots of B sentences after some layers, the last one last; gold of the same
          sentences; which tokens may be boundaries [B, N]
        - output: losses by name, weighted
    """

    counts: Tensor
    classes: Tensor | None

    def __init__(
        self,
        num_relations: int,
        dim: int,
        temperature: float = 0.1,
        learned_temperature: bool = False,
        match_weights: tuple[float, float, float] = (1.0, 1.0, 1.0),
        null_weight: float = 1.0,
        relation_mean: str = "slots",
        instance_weight: float = 1.0,
        class_weight: float = 1.0,
        instance_bank: int = 0,
    ):
        super().__init__()
        self.null, self.null_weight, self.relation_mean = num_relations, null_weight, relation_mean
        self.match_weights = match_weights
        self.instance_weight, self.class_weight = instance_weight, class_weight
        learned = learned_temperature and self.contrast
        self.temperature = Temperature(temperature, learned)
        classes = torch.empty(num_relations, dim).normal_(std=0.02) if class_weight else None
        self.register_parameter("classes", None if classes is None else nn.Parameter(classes))
        size = instance_bank if instance_weight else 0
        self.bank = InstanceBank(size, dim) if size else None
        self.register_buffer("counts", torch.zeros(2, dtype=torch.long), persistent=False)

    @property
    def contrast(self) -> bool:
        """Whether instance vectors are needed."""
        return bool(self.instance_weight or self.class_weight)

    @property
    def dropped(self) -> dict[str, int]:
        """Gold triples left out of training so far: ``outside`` of the pieces, and ``surplus``."""
        outside, surplus = self.counts.tolist()
        return {"outside": outside, "surplus": surplus}

    def forward(self, slots: list[Slots], gold: GoldSlots, mask: Tensor) -> dict[str, Tensor]:
        """Returns ``triple``, and where they have a weight ``instance`` and ``class``.

        With slots of several layers there is ``auxiliary``, the mean L_tri of those below the
        last, under its match.
        """
        gold, slot = self.matched(slots[-1], gold, mask)
        losses = {"triple": self.triple_loss(slots[-1], gold, slot)}
        below = [self.triple_loss(each, gold, slot) for each in slots[:-1]]
        if below:
            losses["auxiliary"] = torch.stack(below).mean()
        if not self.contrast:
            return losses
        v, label = self.instances(slots[-1], gold, slot)
        if self.instance_weight:
            losses["instance"] = self.instance_weight * self.instance_loss(v, label)
        if self.class_weight:
            losses["class"] = self.class_weight * self.class_loss(v, label)
        return losses

    def matched(self, slots: Slots, gold: GoldSlots, mask: Tensor) -> tuple[GoldSlots, Tensor]:
        """Returns the gold triples that are left [G'] and the slot of each."""
        place = gold.boundary.clamp(min=0)
        inside = (mask[gold.sentence.unsqueeze(1), place] | (gold.boundary < 0)).all(1)
        found = gold.keep(inside)
        cost = matching_cost(slots, found, self.match_weights)
        slot = match(cost + self._delay(found, cost.size(1)), found.ptr)
        chosen = slot >= 0
        if self.training:
            self.counts += torch.stack([(~inside).sum(), (~chosen).sum()])
        return found.keep(chosen), slot[chosen]

    def _delay(self, gold: GoldSlots, count: int) -> Tensor:
        """A cost [G, 1] by which a sentence with too many loses entities before triples."""
        crowded = (gold.ptr.diff() > count)[gold.sentence]
        relation, boundary, kind = self.match_weights
        more = count * (relation + 4 * boundary + 2 * kind)
        return (more * (crowded & (gold.relation > self.null))).unsqueeze(1)

    def triple_loss(self, slots: Slots, gold: GoldSlots, slot: Tensor) -> Tensor:
        """L_tri, see :func:`~graphkg.nn.slot_losses.triple_loss`."""
        return triple_loss(slots, gold, slot, self.null, self.null_weight, self.relation_mean)

    def instances(self, slots: Slots, gold: GoldSlots, slot: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the vectors [N, D] of the matched slots that say a triple, and their relations.

        The null class has no vector, so entities in no triple are no instances.
        """
        assert slots.instance is not None
        stated = gold.relation < self.null
        return slots.instance[gold.sentence, slot][stated], gold.relation[stated]

    def instance_loss(self, v: Tensor, label: Tensor) -> Tensor:
        """L_ins, Eq. 9, over the triples of the whole batch and of the bank."""
        loss = instance_contrast(v, label, self.temperature(), self.bank)
        if self.bank is not None and self.training:
            self.bank.remember(v, label)
        return loss

    def class_loss(self, v: Tensor, label: Tensor) -> Tensor:
        """L_cls, Eq. 10."""
        assert self.classes is not None
        return class_contrast(v, self.classes, label, self.temperature())

    def __repr__(self) -> str:
        weights = f"instance={self.instance_weight}, class={self.class_weight}"
        return f"QIDNLosses({self.null} relations, {weights})"
