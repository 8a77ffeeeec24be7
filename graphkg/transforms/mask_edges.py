"""MaskEdges: a piece of a knowledge graph with facts and categories that are asked about.

Letters: N entities, n of a piece, R relations, E edges, K facts asked about.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from ..errors import InputError
from ..graphs import KnowledgeGraph
from ..graphs.knowledge import ASKED, EDGE


class MaskEdges:
    """Draws what JAKET's knowledge module is to guess: relations of pairs, categories of entities.

    Of the facts of a piece that touch a seed, each is chosen with `share`. A fact is the same in
    both directions where the graph has inverse relations; it is asked about in the direction of
    the relation with the lower id. The paper is silent on the share and on masking.

    The result has ``(entity, asked, entity)`` edges [2, K] with their relations [K], edges without
    those facts (with `mask_target_edges`), and ``entity.label`` [n]: the category of each seed, -1
    where it is unknown and for every other entity.

    Args:
        graph: that pieces are drawn from; its ``entity.category`` [N] are the labels.
        share: of the facts.
        mask_target_edges: whether a fact that is asked about carries no message.
        leave_out: names of relations that would give a category away, as "instance of": they carry
            no message and are not asked about.
        generator: by default torch's global one.

    Raises:
        InputError: a share outside [0, 1], or a name in `leave_out` that the graph does not have.
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        share: float = 0.15,
        mask_target_edges: bool = True,
        leave_out: Sequence[str] = (),
        generator: torch.Generator | None = None,
    ):
        if not 0.0 <= share <= 1.0:
            raise InputError(f"MaskEdges(share={share}) was given, but a share lies in [0, 1]")
        self.share, self.mask_target_edges = share, mask_target_edges
        self.generator = generator
        self.heads = graph.heads
        count = int(graph["relation"].num_nodes)
        own = torch.arange(count)
        inverse = graph["relation"].get("inverse")
        self.inverse = own if inverse is None else inverse
        self.directed = inverse is None
        self.relation = torch.minimum(own, self.inverse)
        self.left_out = torch.zeros(count, dtype=torch.bool)
        ids = torch.tensor(graph.relations.ids(list(leave_out)), dtype=torch.long)
        self.left_out[ids] = True
        self.left_out[self.inverse[ids]] = True
        category = graph["entity"].get("category")
        nodes = int(graph["entity"].num_nodes)
        self.category = torch.full((nodes,), -1) if category is None else category

    def __call__(self, piece: KnowledgeGraph, seeds: int | None = None) -> KnowledgeGraph:
        """Returns a copy of a piece with what is asked about.

        Args:
            piece: the graph or a piece of it, whose ``n_id`` and ``e_id`` are those of the graph.
            seeds: how many of its first nodes are seeds; by default those that a sampler was given
                (``entity.batch_size``), or else all.
        """
        nodes, count = piece["entity"].get("n_id"), int(piece["entity"].num_nodes)
        nodes = torch.arange(count) if nodes is None else nodes
        seeds = piece["entity"].get("batch_size", count) if seeds is None else seeds
        keys = self._keys(piece, nodes)
        allowed = ~self.left_out[piece[EDGE].edge_type]
        facts = keys[allowed].unique()
        head, relation, tail = self._fact(facts, count)
        near = (head < seeds) | (tail < seeds)
        drawn = torch.rand(facts.numel(), generator=self.generator) < self.share
        asked = near & drawn
        kept = allowed & ~torch.isin(keys, facts[asked]) if self.mask_target_edges else allowed
        masked = HeteroData.edge_subgraph(piece, {EDGE: kept})
        masked[ASKED].edge_index = torch.stack([head[asked], tail[asked]])
        masked[ASKED].edge_type = relation[asked]
        label = torch.full((count,), -1)
        label[:seeds] = self.category[nodes[:seeds]]
        masked["entity"].label = label
        return masked

    def _keys(self, piece: KnowledgeGraph, nodes: Tensor) -> Tensor:
        """A number for the fact of each edge, [E]: the same for an edge and its inverse."""
        (head, tail), given = piece[EDGE].edge_index, piece[EDGE].edge_type
        edge = piece[EDGE].get("e_id")
        if edge is not None:  # messages may go against the triple, from its tail to its head
            turned = nodes[head] != self.heads[edge]
            head, tail = torch.where(turned, tail, head), torch.where(turned, head, tail)
        relation = self.relation[given]
        flipped = given > relation
        if not self.directed:  # a relation that is its own inverse has one direction, too
            flipped |= (self.inverse[given] == given) & (nodes[head] > nodes[tail])
        start, stop = torch.where(flipped, tail, head), torch.where(flipped, head, tail)
        return (start * self.relation.numel() + relation) * nodes.numel() + stop

    def _fact(self, keys: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Head, relation and tail of numbered facts."""
        rest, width = keys // max(count, 1), max(self.relation.numel(), 1)
        return rest // width, rest % width, keys % max(count, 1)

    def __repr__(self) -> str:
        return f"MaskEdges({self.share} of facts, {int(self.left_out.sum())} relations left out)"
