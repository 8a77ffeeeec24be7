"""EntityCandidates: entities among which a masked one is to be found.

Letters: m masked mentions, N entities, C candidates of each.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..graphs import KnowledgeGraph, Ragged, message_edges


class EntityCandidates:
    """Draws the candidates for masked mentions (JAKET): the entity, neighbours, random entities.

    The paper gives no numbers. Neighbours are drawn without replacement along edges of either
    direction, random entities uniformly; an entity that is there already is left out.

    Args:
        graph: where neighbours are looked up.
        neighbours: at most so many of each entity.
        random: so many are drawn for each.
        generator: by default torch's global one.
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        neighbours: int = 10,
        random: int = 50,
        generator: torch.Generator | None = None,
    ):
        self.neighbours, self.random, self.generator = neighbours, random, generator
        self.num_entities = int(graph["entity"].num_nodes)
        both, _ = message_edges(graph, "both")
        width = max(self.num_entities, 1)
        keys = (both[0] * width + both[1])[both[0] != both[1]].unique()
        lengths = torch.bincount(keys // width, minlength=self.num_entities)
        self.known = Ragged.of_lengths(keys % width, lengths)

    @property
    def width(self) -> int:
        """C."""
        return 1 + self.neighbours + self.random

    def __call__(self, gold: Tensor) -> Tensor:
        """Returns the candidates of entities [m], [m, C]: the entity first, -1 where none is."""
        random = torch.randint(
            max(self.num_entities, 1), (gold.numel(), self.random), generator=self.generator
        )
        found = torch.cat([gold.unsqueeze(1), self._near(gold), random], 1)
        ranked, order = found.sort(dim=1, stable=True)
        again = torch.zeros_like(found, dtype=torch.bool)
        again.scatter_(1, order[:, 1:], ranked[:, 1:] == ranked[:, :-1])
        return found.masked_fill(again, -1)

    def _near(self, gold: Tensor) -> Tensor:
        """Some neighbours of each entity, [m, neighbours]."""
        rows = self.known.gather(gold)
        key = torch.rand(rows.values.numel(), generator=self.generator).double()
        order = (rows.row + key).argsort()
        row = rows.row[order]
        rank = torch.arange(row.numel()) - rows.ptr[row]
        kept = rank < self.neighbours
        near = gold.new_full((gold.numel(), self.neighbours), -1)
        near[row[kept], rank[kept]] = rows.values[order[kept]]
        return near

    def __repr__(self) -> str:
        sizes = f"neighbours={self.neighbours}, random={self.random}"
        return f"EntityCandidates({self.num_entities} entities, {sizes})"
