"""The mention pairs of a sentence: one graph a pair, or the only pair of a graph."""

from __future__ import annotations

from ..errors import InputError
from ..graphs.sentence import REL, SentenceGraph


def split_pairs(graph: SentenceGraph) -> list[SentenceGraph]:
    """Returns one graph for each mention pair, in order of first appearance, sharing tensors.

    Edges that join the same subject and object are the several relations of one pair, and stay
    together.
    """
    places: dict[tuple[int, int], list[int]] = {}
    for number, (subject, object_, _) in enumerate(graph.pairs):
        places.setdefault((subject, object_), []).append(number)
    labels, types = graph.labels.relations, graph[REL].edge_type
    pieces = []
    for pair, numbers in places.items():
        piece = graph.with_pairs([(*pair, labels[number]) for number in numbers])
        piece[REL].edge_type = types[numbers]
        pieces.append(piece)
    return pieces


def only_pair(graph: SentenceGraph, purpose: str) -> tuple[int, int]:
    """Returns subject and object of the graph's one mention pair.

    Raises:
        InputError: the graph has no pair, or pairs of different mentions.
    """
    pairs = set(zip(*graph[REL].edge_index.tolist()))
    if len(pairs) != 1:
        where = f"sentence {graph.key!r}" if graph.key else repr(graph)
        raise InputError(
            f"{where} has {len(pairs)} mention pairs, but {purpose} needs exactly one: "
            "make one graph a pair with graphkg.transforms.split_pairs"
        )
    return pairs.pop()
