"""From logits to relations: one a pair, or several.

Letters: B pairs, R relations.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Predicted:
    """The relations predicted for B sentences.

    Attributes:
        logits: [B, R].
        probabilities: [B, R]; they sum to 1 under ``"softmax"`` alone.
        holds: [B, R], true for each relation that is said to hold (``"bce"`` may say none).
        best: [B] the most probable relation; under ``"bce"`` and ``"threshold"`` it is
            ``no_relation``, if there is one, where no other holds.
    """

    logits: Tensor
    probabilities: Tensor
    holds: Tensor
    best: Tensor


def decide(logits: Tensor, form: str, no_relation: int | None = None) -> Predicted:
    """Decides which relations hold, in the way that the loss `form` was trained.

    Args:
        logits: [B, R].
        form: ``"softmax"``: the best one; ``"bce"``: those above 0.5; ``"threshold"``: those above
            `no_relation`, else `no_relation` itself.
        no_relation: id of the negative relation; needed for ``"threshold"``.
    """
    if form == "softmax":
        best = logits.argmax(1)
        holds = F.one_hot(best, logits.size(1)).bool()
        return Predicted(logits, logits.softmax(1), holds, best)
    if form == "threshold" and no_relation is not None:
        probabilities, holds = _over_threshold(logits, no_relation)
    else:
        probabilities = logits.sigmoid()
        holds = probabilities > 0.5
    best = probabilities.masked_fill(~holds, -1.0).argmax(1)
    best = torch.where(holds.any(1), best, probabilities.argmax(1))
    if no_relation is not None:
        best = best.masked_fill(~holds.any(1), no_relation)
    return Predicted(logits, probabilities, holds, best)


def _over_threshold(logits: Tensor, threshold: int) -> tuple[Tensor, Tensor]:
    """Returns the sigmoid of each margin over the threshold's logit, and which margins are > 0.

    The threshold's own probability is that of no margin: one minus the greatest of the others.
    """
    column = torch.arange(logits.size(1), device=logits.device) == threshold
    margin = logits - logits[:, threshold : threshold + 1]
    greatest = margin.masked_fill(column, -torch.inf).amax(1, keepdim=True)
    margin = torch.where(column, -greatest, margin)
    holds = (margin > 0) & ~column | (column & (greatest <= 0))
    return margin.sigmoid(), holds
