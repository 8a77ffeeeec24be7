"""What each slot says: a relation, where subject and object begin and end, and of which type.

Letters: B sentences, Q slots, N tokens of the longest sentence, C classes, Y types, D channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .temperature import Temperature

BOUNDARIES = ("subject first", "subject last", "object first", "object last")


@dataclass(frozen=True)
class Slots:
    """Log-probabilities of the slots.

    Attributes:
        relation: [B, Q, C].
        boundary: [B, 4, Q, N] over tokens, for each of :data:`BOUNDARIES`.
        kind: [B, 2, Q, Y + 1] of subject and object, the last one = no entity; if there are types.
        instance: [B, Q, D] the instance vectors v, if there are any.
    """

    relation: Tensor
    boundary: Tensor
    kind: Tensor | None = None
    instance: Tensor | None = None


class SlotHeads(nn.Module):
    r"""The heads on both branches (QIDN, Section 3.3).

    .. math::
        P^t_i &= \mathrm{softmax}(W_t Q_r^i + b_t) \\
        P^\delta_{ij} &= \mathrm{softmax}_j(\cos(E_\delta^i, H_s^j) / \tau), \quad
        E_\delta = Q_e W_\delta, \ H_s = H W_s \\
        v_i &= Q_r^i W + \sum_\delta E_\delta^i

    with the four boundaries :math:`\delta`. Eq. 6-7 print no :math:`\tau` (1): a cosine lies in
    [-1, 1], so that over n tokens no probability could exceed :math:`e / (e + (n - 1) e^{-1})`.
    The printed sum of :math:`P^t` leaves the null class out; it is in here.

    Args:
        dim: D.
        num_classes: C, with null classes.
        num_types: Y, 0 for entities without types.
        temperature: :math:`\tau` at first.
        learned_temperature: train it.
        instances: also return v.

    Shapes:
        - input: Q_r [B, Q, D], Q_e [B, Q, D], tokens [B, N, D], which tokens are there [B, N]
        - output: :class:`Slots`
    """

    def __init__(
        self,
        dim: int,
        num_classes: int,
        num_types: int = 0,
        temperature: float = 0.1,
        learned_temperature: bool = False,
        instances: bool = True,
    ):
        super().__init__()
        self.num_classes, self.num_types = num_classes, num_types
        self.relation = nn.Linear(dim, num_classes)
        self.ends = nn.ModuleList(nn.Linear(dim, dim) for _ in BOUNDARIES)
        self.tokens = nn.Linear(dim, dim)
        self.temperature = Temperature(temperature, learned_temperature)
        sides = 2 if num_types else 0
        self.kinds = nn.ModuleList(nn.Linear(dim, num_types + 1) for _ in range(sides))
        self.instance = nn.Linear(dim, dim) if instances else None

    def forward(self, q_r: Tensor, q_e: Tensor, h: Tensor, mask: Tensor) -> Slots:
        """Returns what the slots say."""
        ends = torch.stack([end(q_e) for end in self.ends], 1)
        kind = [head(q_e).log_softmax(2) for head in self.kinds]
        return Slots(
            self.relation(q_r).log_softmax(2),
            self.boundaries(ends, h, mask),
            torch.stack(kind, 1) if kind else None,
            None if self.instance is None else self.instance(q_r) + ends.sum(1),
        )

    def boundaries(self, ends: Tensor, h: Tensor, mask: Tensor) -> Tensor:
        """Eq. 6-7: log-probabilities [B, 4, Q, N] from E [B, 4, Q, D].

        A token outside of `mask` has the lowest number there is in place of -inf.
        """
        ends, tokens = F.normalize(ends, dim=3), F.normalize(self.tokens(h), dim=2)
        logits = ends @ tokens.unsqueeze(1).transpose(2, 3) / self.temperature()
        lowest = torch.finfo(logits.dtype).min
        return logits.masked_fill(~mask[:, None, None], lowest).log_softmax(3)

    def __repr__(self) -> str:
        return f"SlotHeads({self.num_classes} classes, {self.num_types} types)"
