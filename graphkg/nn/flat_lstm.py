"""An LSTM over sequences that lie one after the other, without padding.

Letters: T tokens of B sentences, H channels (both directions together).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence


def run_lstm(lstm: nn.LSTM, x: Tensor, ptr: Tensor) -> Tensor:
    """Runs `lstm` from a zero state over each sentence.

    Args:
        lstm: any number of layers and directions.
        x: [T, D] all sentences, one after the other.
        ptr: [B + 1] where each sentence begins; none is empty.

    Returns:
        [T, H] the outputs of the top layer, in the order of `x`.
    """
    lengths = ptr.diff()
    count = lengths.numel()
    rank = torch.empty_like(lengths)
    rank[lengths.argsort(descending=True, stable=True)] = torch.arange(count, device=ptr.device)
    place = torch.arange(x.size(0), device=x.device) - ptr[:-1].repeat_interleave(lengths)
    # A packed sequence is ordered by place, then from the longest sentence to the shortest:
    # sentences "a b" and "c d e" -> c a | d b | e, with batch sizes 2 2 1.
    order = (place * count + rank.repeat_interleave(lengths)).argsort()
    sizes = place.bincount().cpu()
    out = lstm(PackedSequence(x[order], sizes))[0].data
    return torch.empty_like(out).index_copy(0, order, out)
