"""An LSTM over sequences that lie one after the other, without padding.

Letters: T tokens of B sentences, H channels (both directions together).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence


def run_lstm(lstm: nn.LSTM, x: Tensor, ptr: Tensor) -> Tensor:
    """Runs `lstm` from a zero state over each sentence.

    On a CPU with gradients a packed sequence costs time in the square of its length (each step's
    gradient fills a tensor of the whole batch), so there every direction runs over padded
    columns whose padding comes last and reaches no result: the same outputs.

    Args:
        lstm: any number of layers and directions, with biases.
        x: [T, D] all sentences, one after the other.
        ptr: [B + 1] where each sentence begins; none is empty.

    Returns:
        [T, H] the outputs of the top layer, in the order of `x`.
    """
    lengths = ptr.diff()
    row = torch.arange(lengths.numel(), device=x.device).repeat_interleave(lengths)
    place = torch.arange(x.size(0), device=x.device) - ptr[:-1][row]
    if torch.is_grad_enabled() and not x.is_cuda:
        return _run_padded(lstm, x, row, place, lengths)
    return _run_packed(lstm, x, row, place, lengths)


def _run_packed(lstm: nn.LSTM, x: Tensor, row: Tensor, place: Tensor, lengths: Tensor) -> Tensor:
    count = lengths.numel()
    rank = torch.empty_like(lengths)
    rank[lengths.argsort(descending=True, stable=True)] = torch.arange(count, device=x.device)
    # A packed sequence is ordered by place, then from the longest sentence to the shortest:
    # sentences "a b" and "c d e" -> c a | d b | e, with batch sizes 2 2 1.
    order = (place * count + rank[row]).argsort()
    sizes = place.bincount().cpu()
    out = lstm(PackedSequence(x[order], sizes))[0].data
    return torch.empty_like(out).index_copy(0, order, out)


def _run_padded(lstm: nn.LSTM, x: Tensor, row: Tensor, place: Tensor, lengths: Tensor) -> Tensor:
    count, longest = lengths.numel(), int(lengths.max())
    # The backward direction reads each sentence from its own last token, so padding is last, too.
    places = [place, lengths[row] - 1 - place] if lstm.bidirectional else [place]
    start = x.new_zeros(1, count, lstm.hidden_size)
    for layer in range(lstm.num_layers):
        found = []
        for direction, step in enumerate(places):
            slot = step * count + row
            columns = x.new_zeros(longest * count, x.size(1)).index_copy(0, slot, x)
            columns = columns.view(longest, count, -1)
            weights: list[Tensor] = [*lstm.all_weights[layer * len(places) + direction]]
            out = torch.lstm(
                columns, (start, start), weights, True, 1, 0.0, lstm.training, False, False
            )[0]
            found.append(out.flatten(0, 1)[slot])
        x = torch.cat(found, dim=1)
        if layer + 1 < lstm.num_layers:
            x = F.dropout(x, lstm.dropout, lstm.training)
    return x
