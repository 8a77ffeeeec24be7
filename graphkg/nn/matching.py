"""Hungarian matching of slots to gold triples (QIDN, Section 3.4; as DETR's).

Letters: B sentences, G gold triples of all sentences, Q slots of a sentence.
"""

from __future__ import annotations

import torch
from torch import Tensor


@torch.no_grad()
def match(cost: Tensor, ptr: Tensor) -> Tensor:
    """Gives each gold triple a slot of its own, so that the costs of a sentence are least.

    What is left of the slots stands for no triple, at no cost, so that gold need not be padded.

    Args:
        cost: [G, Q] of each gold triple with the slots of its own sentence.
        ptr: [B + 1] where the gold triples of each sentence begin.

    Returns:
        [G] the slot of each gold triple, -1 where a sentence has more triples than slots.
    """
    from scipy.optimize import linear_sum_assignment

    slot = torch.full(cost.shape[:1], -1)
    table, ends = cost.float().cpu().numpy(), ptr.tolist()
    for start, end in zip(ends, ends[1:]):
        gold, chosen = linear_sum_assignment(table[start:end])
        slot[start + torch.from_numpy(gold)] = torch.from_numpy(chosen)
    return slot.to(cost.device)
