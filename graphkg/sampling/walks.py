"""Random walks: the entities around which a step of JAKET's pre-training looks at the graph.

Letters: N entities, B walks, L steps a walk.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs.adjacency import Adjacency

ROUNDS = 16


class RandomWalks:
    """Short walks from drawn entities; the entities on them are roots (JAKET: Yu et al., 2020).

    The paper does not say how long a walk is; here it has 2 steps, and others begin until there
    are enough roots.

    Args:
        adjacency: what a step goes along, such as ``sampler.adjacency``.
        length: L.

    Raises:
        InputError: a graph without entities, or `length` below 1.
    """

    def __init__(self, adjacency: Adjacency, length: int = 2):
        if length < 1 or not adjacency.num_entities:
            raise InputError(
                f"RandomWalks(length={length}) over {adjacency.num_entities} entities was asked "
                "for: give a graph with entities and 1 step or more"
            )
        self.adjacency, self.length = adjacency, length

    def walk(self, start: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Returns the entities on a walk from each start, [B] gives [B, L + 1].

        A step takes each edge equally often; an entity without any is not left.

        Raises:
            InputError: an entity that the graph lacks.
        """
        self.adjacency.check(start, "start")
        path = [start]
        for _ in range(self.length):
            here = path[-1].clone()
            degree = self.adjacency.degree(here)
            chance = torch.rand(here.shape, generator=generator, dtype=torch.float64)
            place = self.adjacency.ptr[here] + (chance.to(here.device) * degree).long()
            goes = degree > 0
            here[goes] = self.adjacency.neighbour[place[goes]]
            path.append(here)
        return torch.stack(path, 1)

    def roots(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Returns `count` distinct entities in the order in which walks meet them.

        Walks begin at entities drawn uniformly. If many walks bring few new entities, the rest is
        drawn from those that were not met.

        Args:
            count: how many, at most N.
            generator: by default torch's global one.

        Raises:
            InputError: more roots than entities.
        """
        total, device = self.adjacency.num_entities, self.adjacency.ptr.device
        if not 0 <= count <= total:
            raise InputError(
                f"{count} roots were asked for, but the graph has {total} entities: ask for at "
                "most as many"
            )
        found = torch.empty(0, dtype=torch.long, device=device)
        for _ in range(ROUNDS):
            missing = count - found.numel()
            if not missing:
                break
            size = (-(-missing // (self.length + 1)),)
            start = torch.randint(total, size, generator=generator).to(device)
            met = torch.cat([found, self.walk(start, generator).view(-1)])
            found = _first(met)[:count]
        if found.numel() < count:
            others = torch.ones(total, dtype=torch.bool, device=device)
            others[found] = False
            left = others.nonzero().view(-1)
            drawn = torch.randperm(left.numel(), generator=generator)[: count - found.numel()]
            found = torch.cat([found, left[drawn.to(device)]])
        return found

    def __repr__(self) -> str:
        return f"RandomWalks({self.adjacency.num_entities} entities, {self.length} steps)"


def _first(values: Tensor) -> Tensor:
    """The distinct values in the order of their first appearance."""
    distinct, group = values.unique(return_inverse=True)
    place = torch.arange(values.numel(), device=values.device)
    first = torch.full_like(distinct, values.numel()).scatter_reduce(0, group, place, "amin")
    return values[first.sort().values]
