"""Adjacency: the neighbours of every entity in rows, built once.

Letters: N entities, E edges, M message edges, B starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from ..errors import InputError, check_choices
from .knowledge import EDGE, KnowledgeGraph
from .ragged import Ragged

Direction = Literal["in", "out", "both"]
DIRECTIONS = ("in", "out", "both")


def message_edges(graph: KnowledgeGraph, direction: Direction = "in") -> tuple[Tensor, Tensor]:
    """Returns the edges along which an entity hears its neighbours, and what they are.

    Args:
        graph: with N entities and E edges.
        direction: which edges an entity v reads. ``"in"``: those into it, from u of (u, r, v).
            ``"out"``: those out of it, from u of (v, r, u), as JAKET does (Yu et al., 2020:
            N_v = {(r, u) : (v, r, u) in T}). ``"both"``: either, so that an edge counts twice;
            where an inverse is a relation of its own, take ``graph.with_inverses()`` instead.

    Returns:
        [2, M] neighbour -> reader, and [M] the number of each edge in `graph`.

    Raises:
        InputError: another direction.
    """
    check_choices("message_edges", direction=(direction, DIRECTIONS))
    index = graph[EDGE].edge_index
    edge = torch.arange(index.size(1), device=index.device)
    if direction == "both":
        return torch.cat([index, index.flip(0)], 1), edge.repeat(2)
    return (index if direction == "in" else index.flip(0)), edge


@dataclass(frozen=True, repr=False)
class Adjacency:
    """The neighbours that each entity reads, in CSR rows: those of v in ``ptr[v]:ptr[v + 1]``.

    Attributes:
        ptr: [N + 1].
        neighbour: [M] entities; one stands there as often as it has edges.
        edge: [M] the numbers of their edges in the graph; rising within a row and direction.
    """

    ptr: Tensor
    neighbour: Tensor
    edge: Tensor

    @classmethod
    def of(cls, graph: KnowledgeGraph, direction: Direction = "in") -> Adjacency:
        """Sorts the edges of a graph by the entity that reads them, see :func:`message_edges`."""
        (source, target), _ = message_edges(graph, direction)
        count, edges = int(graph["entity"].num_nodes), graph[EDGE].edge_index.size(1)
        # Ids below 2 ** 31 sort faster as 32-bit numbers.
        order = (target.int() if count < 2**31 else target).sort(stable=True).indices
        degree = torch.bincount(target, minlength=count)
        ptr = torch.cat([degree.new_zeros(1), degree.cumsum(0)])
        neighbour = source.index_select(0, order)
        return cls(ptr, neighbour, order.remainder_(edges) if direction == "both" else order)

    @property
    def num_entities(self) -> int:
        """N."""
        return self.ptr.numel() - 1

    def degree(self, entity: Tensor) -> Tensor:
        """How many edges each of the given entities reads, [*] to [*]."""
        return self.ptr[entity + 1] - self.ptr[entity]

    def check(self, entity: Tensor, what: str) -> None:
        """Raises unless `entity` [n] are ids of this graph."""
        wrong = ((entity < 0) | (entity >= self.num_entities)).nonzero().view(-1)
        if wrong.numel():
            raise InputError(
                f"{what} {int(wrong[0])} is entity {int(entity[wrong[0]])}, but the graph has "
                f"{self.num_entities} (0-{self.num_entities - 1})"
            )

    def within(self, start: Tensor, hops: int) -> Ragged:
        """Returns the distinct entities that are at most `hops` edges away from each start.

        A start is 0 edges away from itself.

        Args:
            start: [B] entities.
            hops: from 0.

        Returns:
            B rows of rising ids.

        Raises:
            InputError: an entity that the graph lacks.
        """
        self.check(start, "start")
        count, rows = self.num_entities, Ragged(self.neighbour, self.ptr)
        # A pair (row b, entity e) is the number b * N + e; pairs are kept sorted.
        found = frontier = torch.arange(start.numel(), device=start.device) * count + start
        for _ in range(hops):
            steps = rows.gather(frontier % count)
            pairs = ((frontier // count)[steps.row] * count + steps.values).unique()
            frontier = pairs[~torch.isin(pairs, found, assume_unique=True)]
            found = torch.cat([found, frontier]).sort().values
        lengths = torch.bincount(found // count, minlength=start.numel())
        return Ragged.of_lengths(found % count, lengths)

    def __repr__(self) -> str:
        return f"Adjacency({self.num_entities} entities, {self.edge.numel()} edges)"
