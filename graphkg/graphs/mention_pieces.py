"""The word pieces of mentions, along the edges piece -> token -> mention.

Letters: P pieces, T tokens, M mentions, L pairs of a piece and a mention.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from ..errors import InputError
from .ragged import Ragged
from .sentence import IN, OF


def mention_pieces(graph: HeteroData) -> Tensor:
    """Returns every (piece, mention) once, in the order of the mentions, then of the pieces.

    Args:
        graph: a sentence, a batch or a joint graph with pieces.

    Returns:
        [2, L]; a mention whose tokens have no piece, because they were cut, is in no pair.

    Raises:
        InputError: a graph without pieces.
    """
    check_pieces(graph)
    piece, token = graph[OF].edge_index
    member, mention = graph[IN].edge_index
    lengths = torch.bincount(member, minlength=int(graph["token"].num_nodes))
    of_token = Ragged.of_lengths(mention[member.argsort(stable=True)], lengths)
    found = of_token.gather(token)
    count = int(graph["piece"].num_nodes)
    pairs = (found.values * count + piece[found.row]).unique()
    return torch.stack([pairs % count, pairs // count])


def mention_ends(pairs: Tensor, num_mentions: int) -> tuple[Tensor, Tensor]:
    """Returns the first and the last piece of each mention, [M] and [M], -1 where it has none.

    Args:
        pairs: [2, L] of :func:`mention_pieces`.
        num_mentions: M.

    Example:
        >>> mention_ends(torch.tensor([[4, 5, 6, 2], [0, 0, 0, 2]]), 3)
        (tensor([ 4, -1,  2]), tensor([ 6, -1,  2]))
    """
    piece, mention = pairs
    counts = torch.bincount(mention, minlength=num_mentions)
    # A place behind the pairs, where a mention without pieces looks, holds -1.
    held, stop = torch.cat([piece, piece.new_full((1,), -1)]), counts.cumsum(0)
    nowhere = torch.full_like(stop, piece.numel())
    return (
        held[torch.where(counts > 0, stop - counts, nowhere)],
        held[torch.where(counts > 0, stop - 1, nowhere)],
    )


def check_pieces(graph: HeteroData) -> None:
    """Raises an InputError unless the sentences have word pieces."""
    if "piece" not in graph.node_types:
        raise InputError(
            "the sentences have no word pieces, but a transformer reads pieces: apply "
            "graphkg.transforms.ToPieces first"
        )
