"""Smaller graphs for a first try: the triples among some of the entities."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs import KnowledgeGraph
from ..graphs.knowledge import EDGE
from ..vocab import Vocabulary
from .triples import TripleData


def sample_entities(data: TripleData, count: int, seed: int = 0) -> TripleData:
    """Returns the triples among `count` entities that hang together.

    The entities are found layer by layer around a drawn one, along training triples in either
    direction, in a drawn order; where a component ends another is begun. All relations stay. Its
    figures are not comparable with those of the whole graph: there are fewer wrong answers.

    Args:
        data: the whole graph.
        count: entities to keep.
        seed: of the draws.

    Raises:
        InputError: more entities than there are, or fewer than 2.
    """
    total = len(data.entities)
    if not 2 <= count <= total:
        raise InputError(f"{count} of {total} entities were asked for: give from 2 to {total}")
    kept = _around(data.train[EDGE].edge_index, total, count, seed)
    return induced(data, kept, f"{data.name}, {count} entities drawn with seed {seed}")


def hold_out_entities(
    data: TripleData, share: float, seed: int = 0
) -> tuple[TripleData, TripleData]:
    """Returns the triples among the entities that are kept, and those among the others.

    Triples from one to the other are in neither, so that the second is an unseen graph: no entity
    of it occurs in the first.

    Args:
        data: the whole graph.
        share: of the entities that are held out, drawn uniformly.
        seed: of the draw.

    Raises:
        InputError: a share that leaves no entity on one side.
    """
    total = len(data.entities)
    count = round(share * total)
    if not 0 < count < total:
        raise InputError(
            f"{share} of {total} entities were to be held out, which are {count}: give a share "
            "that leaves some on both sides"
        )
    order = torch.randperm(total, generator=torch.Generator().manual_seed(seed))
    drawn = f"of {total} entities drawn with seed {seed}"
    return (
        induced(data, order[count:], f"{data.name}, {total - count} {drawn}"),
        induced(data, order[:count], f"{data.name}, the other {count} {drawn}"),
    )


def without_entities(data: TripleData, other: TripleData) -> TripleData:
    """Returns the triples among the entities that `other` lacks, by their labels.

    Args:
        data: the graph.
        other: another one, of the same kind of labels.

    Raises:
        InputError: no entity is left.
    """
    kept = [number for number, label in enumerate(data.entities) if label not in other.entities]
    if not kept:
        raise InputError(
            f"all {len(data.entities)} entities of {data.name} are in {other.name}, too, but those "
            "that it lacks were asked for: name another graph"
        )
    name = f"{data.name}, {len(kept)} entities that {other.name} lacks"
    return induced(data, torch.tensor(kept), name)


def induced(data: TripleData, entities: Tensor, name: str) -> TripleData:
    """Returns the triples among some entities, in the order of their ids; all relations stay.

    Args:
        data: the whole graph.
        entities: [n] distinct ids.
        name: of the new data.
    """
    kept = entities.sort().values
    place = torch.full((len(data.entities),), -1)
    place[kept] = torch.arange(kept.numel())
    labels = [data.entities.label(entity) for entity in kept.tolist()]
    texts = data.entities.descriptions
    vocabulary = Vocabulary(
        labels,
        descriptions={label: texts[label] for label in labels if label in texts},
        name="entity",
    )
    parts = {}
    for part, graph in data.parts.items():
        index = place[graph[EDGE].edge_index]
        inside = (index >= 0).all(0)
        parts[part] = KnowledgeGraph.from_ids(
            index[:, inside], graph[EDGE].edge_type[inside], vocabulary, data.relations
        )
    return replace(
        data,
        name=name,
        **parts,
        entity_names={x: data.entity_names[x] for x in labels if x in data.entity_names},
        entity_types={x: data.entity_types[x] for x in labels if x in data.entity_types},
        entity_extracts={x: data.entity_extracts[x] for x in labels if x in data.entity_extracts},
    )


def _around(edges: Tensor, total: int, count: int, seed: int) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    both = torch.cat([edges, edges.flip(0)], 1)
    seen = torch.zeros(total, dtype=torch.bool)
    found: list[Tensor] = []
    starts, missing = torch.randperm(total, generator=draw), count
    layer = starts[:0]
    while missing:
        if not layer.numel():
            layer = starts[~seen[starts]][:1]
        layer = layer[torch.randperm(layer.numel(), generator=draw)][:missing]
        seen[layer] = True
        found.append(layer)
        missing -= layer.numel()
        reached = both[1, torch.isin(both[0], layer)].unique()
        layer = reached[~seen[reached]]
    return torch.cat(found)
