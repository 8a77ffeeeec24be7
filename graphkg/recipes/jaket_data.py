"""What JAKET is pre-trained on: a graph with categories, its texts, and what validates."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..datasets.categories import with_categories
from ..datasets.triple_samples import hold_out_entities, without_entities
from ..datasets.triples import TripleData, read_triple_data
from ..errors import InputError
from ..graphs import KnowledgeGraph
from ..graphs.knowledge import EDGE
from ..vocab import Vocabulary
from .jaket import JAKETRecipe
from .jaket_build import changed_graph, with_all_relations, with_longest_texts
from .jaket_texts import LinkedTexts, Text, link_texts, matcher_of, own_texts, read_texts

INSTANCE_OF = "instance of"


@dataclass(frozen=True)
class PretrainingData:
    """Data of a pre-training.

    Attributes:
        triples: the entities that are learned, with the texts that describe them.
        graph: the training triples as they are read, with inverse relations if these are added;
            ``entity.category`` are the categories that are learned.
        valid_graph: the same graph with the categories that are held back.
        valid_triples: head, relation, tail, [E, 3], which are in no graph.
        categories: of the entities; ``None`` where no entity has any.
        texts: that are learned from.
        valid_texts: that are held back.
    """

    triples: TripleData
    graph: KnowledgeGraph
    valid_graph: KnowledgeGraph
    valid_triples: Tensor
    categories: Vocabulary | None
    texts: LinkedTexts
    valid_texts: LinkedTexts

    def protocol(self) -> dict[str, Any]:
        """What a run says of its data."""
        return {
            **self.triples.protocol(),
            "categories": 0 if self.categories is None else len(self.categories),
            "texts": dict(self.texts.counts),
            "valid_texts": dict(self.valid_texts.counts),
        }


def read_jaket_graph(recipe: Any, path: str | Path | None = None) -> tuple[TripleData, TripleData]:
    """Reads the data that settings name; returns what is kept and what is held out of it.

    Args:
        recipe: has ``data``, ``held_out``, ``held_out_seed`` and ``leave_out``.
        path: where the data set lies; by default below ``$GRAPHKG_DATA``.

    Returns:
        The graph to be pre-trained on and the unseen one; the whole graph twice without
        ``held_out``.
    """
    return held_out(read_triple_data(recipe.data, path), recipe)


def held_out(data: TripleData, recipe: Any) -> tuple[TripleData, TripleData]:
    """Splits data as the settings say, see :func:`read_jaket_graph`."""
    data = without_relations(data, recipe.leave_out)
    if not recipe.held_out:
        return data, data
    return hold_out_entities(data, recipe.held_out, recipe.held_out_seed)


def unseen_graph(data: TripleData, recipe: Any) -> TripleData:
    """Returns the graph whose entities are classified.

    Args:
        data: the whole graph.
        recipe: has `unseen` and what :func:`read_jaket_graph` reads.

    Raises:
        InputError: an unseen graph that cannot be read, or all of whose entities `data` has.
    """
    if recipe.unseen is None:
        return held_out(data, recipe)[1]
    other = read_triple_data(recipe.unseen)
    return without_entities(without_relations(other, recipe.leave_out), data)


def without_relations(data: TripleData, names: tuple[str, ...] | None) -> TripleData:
    """Returns the data without the triples of some relations.

    Args:
        data: the whole graph; all relations stay.
        names: labels or names of relations; ``None`` = those named "instance of".

    Raises:
        InputError: a relation that the graph lacks.
    """
    if names is None:
        labels = [label for label in data.relations if data.name_of(label) == INSTANCE_OF]
    else:
        labels = [data.find_relation(name) for name in names]
    if not labels:
        return data
    ids = torch.tensor(data.relations.ids(labels))
    parts = {}
    for part, graph in data.parts.items():
        kept = ~torch.isin(graph[EDGE].edge_type, ids)
        parts[part] = KnowledgeGraph.from_ids(
            graph[EDGE].edge_index[:, kept],
            graph[EDGE].edge_type[kept],
            data.entities,
            data.relations,
        )
    return replace(data, **parts)


def prepare_pretraining(recipe: JAKETRecipe, data: TripleData, tokenizer: Any) -> PretrainingData:
    """Makes graphs and texts ready; ``valid_share`` of texts and categories is held back.

    Args:
        recipe: the settings.
        data: the whole graph; what is held out is left aside here.
        tokenizer: of the encoder.

    Raises:
        InputError: a relation to be left out that the graph lacks, texts that cannot be read, or
            nothing to learn from.
    """
    kept = with_longest_texts(held_out(data, recipe)[0])
    draw = torch.Generator().manual_seed(recipe.train.seed)
    texts = own_texts(kept) if recipe.texts is None else read_texts(recipe.texts)
    if recipe.kg == "off" and not texts:
        raise InputError(
            f"kg=off was asked for, but {data.name} has no texts, so there is nothing to learn "
            "from: give texts=FILE"
        )
    order = torch.randperm(len(texts), generator=draw).tolist()
    count = round(recipe.valid_share * len(texts))
    matcher = matcher_of(kept)

    def linked(numbers: list[int]) -> LinkedTexts:
        chosen: list[Text] = [texts[number] for number in sorted(numbers)]
        return link_texts(chosen, matcher, tokenizer, recipe.text_length)

    graph, categories = kept.train, None
    if kept.entity_types:
        graph, categories = with_categories(graph, kept.entity_types)
    graph = with_all_relations(changed_graph(graph, recipe.kg, recipe.train.seed), recipe)
    learned, held = _categories(graph, recipe.valid_share, draw)
    valid = kept.valid.heads, kept.valid[EDGE].edge_type, kept.valid.tails
    return PretrainingData(
        kept,
        learned,
        held,
        torch.stack(valid, 1),
        categories,
        linked(order[count:]),
        linked(order[:count]),
    )


def _categories(
    graph: KnowledgeGraph, share: float, draw: torch.Generator
) -> tuple[KnowledgeGraph, KnowledgeGraph]:
    """The graph with the categories that are learned, and with those that are held back."""
    category = graph["entity"].get("category")
    if category is None:
        return graph, graph
    labelled = (category >= 0).nonzero().view(-1)
    order = labelled[torch.randperm(labelled.numel(), generator=draw)]
    back = torch.zeros_like(category, dtype=torch.bool)
    back[order[: round(share * order.numel())]] = True
    return _labelled(graph, category, ~back), _labelled(graph, category, back)


def _labelled(graph: KnowledgeGraph, category: Tensor, kept: Tensor) -> KnowledgeGraph:
    graph = copy.copy(graph)
    graph["entity"].category = category.masked_fill(~kept, -1)
    return graph
