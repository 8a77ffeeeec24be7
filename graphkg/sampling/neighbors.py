"""NeighborSampler: pieces of a knowledge graph around some entities, a few neighbours a hop.

Letters: N entities, S seeds, n entities of a piece, E edges of a piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch_geometric.loader.utils import filter_hetero_data
from torch_geometric.sampler import (
    BaseSampler,
    EdgeSamplerInput,
    HeteroSamplerOutput,
    NodeSamplerInput,
)

from ..errors import InputError
from ..graphs import KnowledgeGraph
from ..graphs.adjacency import Adjacency, Direction
from ..graphs.knowledge import EDGE
from .draws import distinct


class NeighborSampler(BaseSampler):
    """Draws, hop by hop, at most so many neighbours of each entity, without replacement.

    It stands behind PyG's ``NodeLoader(graph, sampler, ("entity", seeds))`` and may be called by
    itself (:meth:`sample`). An entity draws once: where a later hop reaches it again, no further
    edges into it are drawn. With `fan_outs` above every degree the piece has all edges on the way.

    Args:
        graph: the whole graph. If it is itself a piece, the ids of its pieces are those of the
            whole graph.
        fan_outs: neighbours a hop; -1 or ``None`` takes all. JAKET has (10, 10).
        direction: which edges an entity reads, see
            :func:`~graphkg.graphs.adjacency.message_edges`; ``"out"`` is JAKET's.
        seed: an entity then has the same neighbours in each piece, and with equal fan-outs a
            batch of seeds reads what its members read one by one. By default each call draws
            anew, from torch's global generator.

    Raises:
        InputError: no hop, a fan-out that is not a number from 1, another direction.
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        fan_outs: Sequence[int | None] = (10, 10),
        direction: Direction = "in",
        seed: int | None = None,
    ):
        wrong = [x for x in fan_outs if x is not None and x != -1 and x < 1]
        if not fan_outs or wrong:
            raise InputError(
                f"NeighborSampler(fan_outs={list(fan_outs)}) was given, but each hop takes 1 or "
                "more neighbours, or -1 for all: give one number a hop"
            )
        self.fan_outs = [None if x == -1 else x for x in fan_outs]
        self.graph, self.direction, self.seed = graph, direction, seed
        self.adjacency = Adjacency.of(graph, direction)
        # The local number of each entity while a piece is drawn, -1 for all in between.
        self._place = torch.full_like(self.adjacency.ptr[1:], -1)

    def sample(self, seeds: Tensor, generator: torch.Generator | None = None) -> KnowledgeGraph:
        """Returns the piece around `seeds`, with everything the graph knows of its parts.

        ``entity.n_id`` [n] are global ids, the seeds first, ``entity.batch_size`` is S;
        ``edge_index`` [2, E] is local and sorted by its second row, ``e_id`` [E] are the edges'
        numbers in the graph. Messages go from ``edge_index[0]`` to ``edge_index[1]``, the entity
        that reads: with ``"out"`` that is the head of the triple ``e_id``. All relations are there.

        Args:
            seeds: [S] distinct entities.
            generator: draws, whatever `seed` is; by default see `seed`.

        Raises:
            InputError: an entity that the graph lacks, or one that is given twice.
        """
        found = self._output(seeds, (), generator)
        piece = filter_hetero_data(self.graph, found.node, found.row, found.col, found.edge)
        for part in ("entity", "relation"):
            piece[part].setdefault("n_id", found.node[part])
        piece[EDGE].setdefault("e_id", found.edge[EDGE])
        piece["entity"].batch_size = seeds.numel()
        piece["entity"].input_id = torch.arange(seeds.numel(), device=seeds.device)
        return piece

    def sample_from_nodes(self, index: NodeSamplerInput, **kwargs: Any) -> HeteroSamplerOutput:
        """Draws for a ``NodeLoader``, whose input nodes are of the type ``entity``."""
        if index.input_type != "entity":
            raise InputError(
                f"seeds of the type {index.input_type!r} were given, but neighbours are drawn of "
                "entities: NodeLoader(graph, sampler, input_nodes=('entity', ids))"
            )
        return self._output(index.node, (index.input_id, index.time))

    def sample_from_edges(
        self, index: EdgeSamplerInput, neg_sampling: Any = None
    ) -> HeteroSamplerOutput:
        """Draws around both ends of given edges, for a ``LinkLoader`` without negatives.

        The edges themselves are not kept out of the piece.

        Raises:
            InputError: negatives asked for; :func:`~graphkg.sampling.corrupt` draws filtered ones.
        """
        if neg_sampling is not None:
            raise InputError(
                f"neg_sampling={neg_sampling} was given, but a NeighborSampler draws no negatives: "
                "leave it out, and draw them with graphkg.sampling.corrupt"
            )
        ends = torch.stack([index.row, index.col])
        nodes, local = ends.unique(return_inverse=True)
        return self._output(nodes, (index.input_id, local, index.label, index.time))

    def _output(
        self, seeds: Tensor, metadata: tuple[Any, ...], generator: torch.Generator | None = None
    ) -> HeteroSamplerOutput:
        found = self._draw(seeds, self._salt(generator))
        relations = torch.arange(self.graph["relation"].num_nodes, device=found.node.device)
        return HeteroSamplerOutput(
            node={"entity": found.node, "relation": relations},
            row={EDGE: found.source},
            col={EDGE: found.target},
            edge={EDGE: found.edge},
            batch=None,
            num_sampled_nodes={"entity": found.nodes},
            num_sampled_edges={EDGE: found.edges},
            metadata=metadata,
        )

    def _salt(self, generator: torch.Generator | None) -> int:
        if generator is None and self.seed is not None:
            return self.seed
        return int(torch.randint(2**62, (), generator=generator))

    def _draw(self, seeds: Tensor, salt: int) -> _Drawn:
        seeds = seeds.to(self._place.device)
        self.adjacency.check(seeds, "seed")
        values, times = seeds.unique(return_counts=True)
        if values.numel() < seeds.numel():
            raise InputError(
                f"the seed {int(values[times > 1][0])} is given twice, but the entities of a "
                "piece are distinct: give seeds.unique()"
            )
        layers, sources, edges, degrees = [seeds], list[Tensor](), list[Tensor](), list[Tensor]()
        count = seeds.numel()
        try:
            self._place[seeds] = torch.arange(count, device=seeds.device)
            for fan_out in self.fan_outs:
                places, degree = self._chosen(layers[-1], fan_out, salt)
                neighbour = self.adjacency.neighbour[places]
                new = neighbour[self._place[neighbour] < 0].unique()
                self._place[new] = torch.arange(count, count + new.numel(), device=seeds.device)
                count += new.numel()
                sources.append(self._place[neighbour])
                edges.append(self.adjacency.edge[places])
                degrees.append(degree)
                layers.append(new)
        finally:
            for layer in layers:
                self._place[layer] = -1
        degree = torch.cat(degrees)
        return _Drawn(
            torch.cat(layers),
            torch.cat(sources),
            torch.arange(degree.numel(), device=degree.device).repeat_interleave(degree),
            torch.cat(edges),
            [layer.numel() for layer in layers],
            [edge.numel() for edge in edges],
        )

    def _chosen(self, entity: Tensor, fan_out: int | None, salt: int) -> tuple[Tensor, Tensor]:
        """The places of the drawn edges of each entity, one after the other, and how many."""
        start, degree = self.adjacency.ptr[entity], self.adjacency.degree(entity)
        kept = degree if fan_out is None else degree.clamp(max=fan_out)
        end = kept.cumsum(0)
        # All have their first edges; those with more than `fan_out` then draw theirs.
        shift = (start - (end - kept)).repeat_interleave(kept)
        places = torch.arange(shift.numel(), device=entity.device) + shift
        if fan_out is None:
            return places, kept
        many = (degree > fan_out).nonzero().view(-1)
        if many.numel():
            drawn = distinct(degree[many], fan_out, salt, entity[many])
            column = torch.arange(fan_out, device=entity.device).unsqueeze(1)
            places[(end - kept)[many] + column] = start[many] + drawn
        return places, kept

    def __getstate__(self) -> dict[str, Any]:
        # The scratch table is -1 throughout: it is made anew where the sampler arrives.
        return {name: value for name, value in self.__dict__.items() if name != "_place"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._place = torch.full_like(self.adjacency.ptr[1:], -1)

    def __repr__(self) -> str:
        hops = " x ".join("all" if x is None else str(x) for x in self.fan_outs)
        return (
            f"NeighborSampler({self.adjacency.num_entities} entities, "
            f"{self.adjacency.edge.numel()} edges, {hops}, direction={self.direction!r})"
        )


class _Drawn(NamedTuple):
    """A piece in ids: entities, edges from `source` to `target` (local), and sizes by hop."""

    node: Tensor
    source: Tensor
    target: Tensor
    edge: Tensor
    nodes: list[int]
    edges: list[int]
