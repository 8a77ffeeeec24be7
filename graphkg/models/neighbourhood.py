"""NeighbourhoodBonus: candidates near the given entity in the training graph score higher.

Letters: B queries, N entities.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import InputError
from ..graphs import KnowledgeGraph
from ..graphs.knowledge import EDGE
from .combined import weighted_sum
from .whole_rows import WholeRows, freeze, whole_scores


class Neighbourhood(nn.Module):
    """Which entities are within some hops of others, edges walked both ways.

    An entity is at distance 0 from itself, so it is always near.

    Args:
        graph: the training graph alone: with further splits, nearness would tell the answers.
        hops: how many, from 1.

    Raises:
        InputError: `hops` below 1.
    """

    adjacency: Tensor

    def __init__(self, graph: KnowledgeGraph, hops: int = 2):
        super().__init__()
        if hops < 1:
            raise InputError(f"hops={hops} was given: give 1 or more")
        self.hops, self.num_entities = hops, int(graph["entity"].num_nodes)
        self.register_buffer("adjacency", _adjacency(graph), persistent=False)

    def forward(self, entity: Tensor) -> Tensor:
        """Returns which entities are near given ones, [B] gives [B, N] bool.

        A hop is one product of the sparse adjacency with [N, B]: memory depends on no degree.
        """
        query = torch.arange(entity.numel(), device=entity.device)
        reached = torch.zeros(self.num_entities, entity.numel(), device=entity.device)
        reached[entity, query] = 1.0
        for _ in range(self.hops):
            reached = (torch.sparse.mm(self.adjacency, reached) > 0).to(reached.dtype)
        return reached.t() > 0

    def __repr__(self) -> str:
        return f"Neighbourhood({self.num_entities} entities, {self.hops} hops)"


class NeighbourhoodBonus(WholeRows):
    r"""A ranker whose candidates get a bonus near the entity that a query gives:

    .. math:: f(q, e) = s(q, e) + \alpha \, [\, d(\mathrm{given}(q), e) \le k \,]

    d is the distance in the training graph. SimKGC (Wang et al., 2022, Section 3.4) adds it to
    cosines when it is evaluated, with :math:`\alpha = 0.05` and, on WN18RR, :math:`k = 2`; its code
    gives none where more than 100,000 entities are near, this one always does.

    Args:
        ranker: s, a :class:`~graphkg.training.Ranker` or :class:`~graphkg.training.TiledRanker`,
            or with a ``frozen()`` that returns one.
        near: the neighbourhoods in the training graph, with k.
        weight: :math:`\alpha`, on the scale of s.

    Raises:
        InputError: neighbourhoods of other entities, or a weight below 0.
    """

    def __init__(self, ranker: Any, near: Neighbourhood, weight: float = 0.05):
        super().__init__()
        if near.num_entities != ranker.num_entities:
            raise InputError(
                f"the graph has {near.num_entities} entities and the ranker has "
                f"{ranker.num_entities}: give the graph that it was trained on"
            )
        if not (math.isfinite(weight) and weight >= 0):
            raise InputError(f"a bonus of {weight} was given: give a number from 0")
        self.ranker, self.near, self.weight = ranker, near, float(weight)
        self.num_entities: int = near.num_entities

    def rows(self, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns the scores with the bonus, [B] and [B] give [B, N] float64."""
        scores = whole_scores(self.ranker, side, entity, relation).double()
        if not self.weight:
            return scores
        return weighted_sum([(1.0, scores), (self.weight, self.near(entity).double())])

    def frozen(self) -> NeighbourhoodBonus:
        """Returns the ranker as it ranks now: what it ranks is frozen once, here."""
        return NeighbourhoodBonus(freeze(self.ranker), self.near, self.weight)

    def __repr__(self) -> str:
        return f"NeighbourhoodBonus({self.ranker!r}, {self.near!r}, weight {self.weight:g})"


def _adjacency(graph: KnowledgeGraph) -> Tensor:
    """Ones [N, N], sparse, at the edges, their inverses and the diagonal."""
    count = graph["entity"].num_nodes
    edges = graph[EDGE].edge_index
    itself = torch.arange(count, device=edges.device).expand(2, -1)
    places = torch.cat([edges, edges.flip(0), itself], 1).unique(dim=1)
    ones = torch.ones(places.size(1), device=edges.device)
    return torch.sparse_coo_tensor(places, ones, (count, count), check_invariants=True).coalesce()
