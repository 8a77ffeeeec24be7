"""Categories of entities, and the split of labelled entities for classifying them.

Letters: N entities.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs import KnowledgeGraph
from ..vocab import Vocabulary


def with_categories(
    graph: KnowledgeGraph,
    types: Mapping[str, Sequence[str]],
    categories: Vocabulary | None = None,
) -> tuple[KnowledgeGraph, Vocabulary]:
    """Returns a copy of a graph whose entities have a category.

    An entity of several types has the first one (JAKET: Yu et al., 2020, predicts one label).

    Args:
        graph: the whole graph, with names.
        types: entity label -> its types, such as ``CoDExS().entity_types``.
        categories: those that may be; by default all that occur, the most frequent first.

    Returns:
        The graph with ``entity.category`` [N], -1 where there is no type or one that `categories`
        lack, and the categories.

    Raises:
        InputError: no entity of the graph has a category.
    """
    first = [next(iter(types.get(label, ())), None) for label in graph.entities]
    if categories is None:
        categories = Vocabulary.count((x for x in first if x is not None), name="category")
    ids = [categories[x] if x is not None and x in categories else -1 for x in first]
    if all(number < 0 for number in ids):
        raise InputError(
            f"none of the {len(ids)} entities has a category: give the types of entities by their "
            "labels, as TripleData.entity_types has them"
        )
    graph = copy.copy(graph)
    graph["entity"].category = torch.tensor(ids)
    return graph, categories


@dataclass(frozen=True, repr=False)
class LabelSplit:
    """Which labelled entities are learnt from, and which are classified.

    Attributes:
        train, valid, test: rising entity ids.
        protocol: how they were drawn, in plain values.
    """

    train: Tensor
    valid: Tensor
    test: Tensor
    protocol: Mapping[str, Any]

    def __repr__(self) -> str:
        sizes = " + ".join(str(part.numel()) for part in (self.train, self.valid, self.test))
        return f"LabelSplit({sizes} entities, seed {self.protocol['seed']})"


def split_labelled(
    category: Tensor,
    seed: int = 0,
    fraction: float = 1.0,
    shares: tuple[float, float] = (0.2, 0.2),
) -> LabelSplit:
    """Splits the labelled entities, as JAKET's entity classification does (20 / 20 / 60 %).

    Args:
        category: [N], -1 = without a label.
        seed: of the draw; validation and test depend on it and on `shares` alone.
        fraction: how much of the training part is used (paper: 1, 0.2 and 0.05); a smaller part
            is contained in a larger one.
        shares: of training and of validation; the rest is the test.

    Raises:
        InputError: shares or a fraction that are none, or a part without an entity.
    """
    if not (0 < fraction <= 1 and min(shares) > 0 and sum(shares) < 1):
        raise InputError(
            f"fraction={fraction} and shares={shares} were given, but a fraction lies in (0, 1] "
            "and shares of training and validation are above 0 and leave some for the test"
        )
    labelled = (category >= 0).nonzero().view(-1)
    count = labelled.numel()
    sizes = [round(share * count) for share in shares]
    if min(*sizes, count - sum(sizes)) < 1:
        raise InputError(
            f"{count} labelled entities cannot be split by {shares}: a part would be empty; give "
            "more of them"
        )
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    train, valid, test = labelled[order].split([*sizes, count - sum(sizes)])
    used = train[: max(1, round(fraction * sizes[0]))]
    protocol = {
        "entities": category.numel(),
        "labelled": count,
        "train": used.numel(),
        "valid": valid.numel(),
        "test": test.numel(),
        "fraction": fraction,
        "shares": list(shares),
        "seed": seed,
    }
    return LabelSplit(used.sort().values, valid.sort().values, test.sort().values, protocol)
