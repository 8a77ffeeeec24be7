"""JAKET built from settings: its model, the graph that it reads, the texts of the graph's nodes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ..datasets.triples import TripleData
from ..errors import InputError
from ..graphs import Descriptions, KnowledgeGraph
from ..graphs.adjacency import Direction, message_edges
from ..graphs.knowledge import EDGE
from ..models import JAKET
from ..nn import KnowledgeModule
from ..nn.text_encoder import TextEncoder
from ..stores import RefreshSchedule
from ..vocab import Vocabulary
from .base import load, run_settings
from .encoders import fit_encoder, open_encoder
from .jaket import JAKETRecipe, JAKETSettings, JAKETTaskSettings
from .node_texts import relation_text, short_name

POOLING = "cls"  # pieces are read one by one: a pooler would be weights without a loss
DIRECTION: Direction = "out"  # N_v = {(r, u) : (v, r, u) in T}


@dataclass(frozen=True)
class NodeDescriptions:
    """The descriptions of a graph's nodes: of its entities, and of its relations if they are read.

    Relations are those of the graph with inverse relations where ``add_inverse`` is set.
    """

    entities: Descriptions
    relations: Descriptions | None = None


def with_longest_texts(data: TripleData) -> TripleData:
    """Returns the data with the extract in place of the description of each entity that has one."""
    old = data.entities
    texts = {**old.descriptions, **data.entity_extracts}
    entities = Vocabulary(old, descriptions=texts, name=old.name)
    parts = {
        part: KnowledgeGraph.from_ids(
            graph[EDGE].edge_index, graph[EDGE].edge_type, entities, data.relations
        )
        for part, graph in data.parts.items()
    }
    return replace(data, **parts, entity_extracts={})


def describe_nodes(data: TripleData, settings: JAKETSettings, tokenizer: Any) -> NodeDescriptions:
    """Tokenises the descriptions of entities and relations; names stand where there are none."""
    labels, limit = data.entities.labels, settings.description_limit
    names = [short_name(data, label) for label in labels]
    texts = [data.entities.descriptions.get(label, "") for label in labels]
    entities = Descriptions.from_texts(names, texts, tokenizer, limit)
    relations = [relation_text(data, label) for label in data.relations]
    told = [data.relations.descriptions.get(label, "") for label in data.relations]
    if settings.add_inverse:
        relations += [f"inverse of {name}" for name in relations]
        told += [text and f"inverse of {text}" for text in told]
    return NodeDescriptions(entities, Descriptions.from_texts(relations, told, tokenizer, limit))


def changed_graph(graph: KnowledgeGraph, kg: str, seed: int) -> KnowledgeGraph:
    """Returns the graph itself (``on``), without edges (``off``) or with shuffled tails."""
    if kg == "on":
        return graph
    index, kind = graph[EDGE].edge_index, graph[EDGE].edge_type
    if kg == "off":
        index, kind = index[:, :0], kind[:0]
    else:
        order = torch.randperm(kind.numel(), generator=torch.Generator().manual_seed(seed))
        index = torch.stack([index[0], index[1, order]])
    changed = copy.copy(graph)
    changed[EDGE].edge_index, changed[EDGE].edge_type = index, kind
    return changed


def with_all_relations(graph: KnowledgeGraph, settings: JAKETSettings) -> KnowledgeGraph:
    """Returns the graph with the inverse relations, if the settings add them."""
    return graph.with_inverses() if settings.add_inverse else graph


def message_graph(graph: KnowledgeGraph, settings: JAKETSettings) -> KnowledgeGraph:
    """Returns the whole graph with edges as messages go: from an entity to those that read it."""
    whole = copy.copy(with_all_relations(graph, settings))
    whole[EDGE].edge_index = message_edges(whole, DIRECTION)[0]
    return whole


def build_jaket(
    settings: JAKETSettings,
    encoder: TextEncoder,
    tokenizer: Any,
    nodes: NodeDescriptions | None = None,
    knowledge: bool = True,
    seed: int = 0,
    **options: Any,
) -> JAKET:
    """Builds a model around an encoder; torch's global generator draws the new weights.

    Args:
        settings: the settings of the model.
        encoder: the whole encoder.
        tokenizer: of the encoder.
        nodes: the graph's descriptions.
        knowledge: whether there is a knowledge module.
        seed: of random rows.
        options: further arguments of :class:`~graphkg.models.JAKET`.

    Raises:
        InputError: an encoder that cannot be split, or that does not fit the settings.
    """
    fit_encoder(encoder, tokenizer, settings.description_limit, settings.encoder_dropout)
    layers = int(getattr(encoder.model.config, "num_hidden_layers", 2))
    at = settings.split_at or max(1, layers // 2)
    module = None
    if knowledge:
        module = KnowledgeModule(
            encoder.dim,
            layers=settings.knowledge_layers,
            heads=settings.knowledge_heads,
            composition=settings.composition,
            dropout=settings.knowledge_dropout,
            share_attention=settings.share_attention,
        )
    return JAKET(
        encoder,
        at,
        nodes.entities if nodes else None,
        module,
        nodes.relations if nodes else None,
        merge_layernorm=settings.merge_layernorm,
        budget=settings.budget,
        seed=seed,
        whiten=settings.whiten,
        **options,
    )


def pretraining_options(recipe: JAKETRecipe) -> dict[str, Any]:
    """Returns the options of a model that is being pre-trained: its memory and when it changes."""
    schedule = RefreshSchedule(
        recipe.refresh_initial,
        recipe.refresh_growth,
        recipe.refresh_repeats,
        recipe.refresh_maximum,
    )
    return {"memory": recipe.memory, "momentum": recipe.momentum, "schedule": schedule}


def start_settings(settings: JAKETTaskSettings) -> Any:
    """Returns the settings of a task with the model's part taken from the run it begins with.

    Raises:
        InputError: ``start=jaket`` without a run, or a run with another start.
    """
    if (settings.start == "jaket") != (settings.init is not None):
        raise InputError(
            f"start={settings.start} and init={settings.init} were given, but start=jaket needs "
            "the folder of a pre-training in init=RUN, and only it takes one"
        )
    if settings.init is None:
        return settings
    run = run_settings(settings.init, "jaket", JAKETRecipe)
    shared = {name: getattr(run, name) for name in JAKETSettings.model_fields}
    return settings.model_copy(update=shared)


def start_model(
    settings: JAKETTaskSettings,
    describe: Callable[[Any], NodeDescriptions | None],
    seed: int,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> tuple[JAKET, Any]:
    """Returns the model that a task begins with, and its tokenizer.

    Its memory is filled once, when it is first asked for, and does not change any more.

    Args:
        settings: from :func:`start_settings`.
        describe: tokenizer -> the descriptions of the graph of the task.
        seed: of new weights and random rows.
        encoder: the encoder; by default that of the settings. Not with ``start=jaket``.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: an encoder or a run that is not there or does not fit.
    """
    torch.manual_seed(seed)
    if settings.init is not None:
        system = load(Path(settings.init))
        nodes = describe(system.tokenizer)
        if nodes is None:
            return system.model, system.tokenizer
        model = system.model.with_descriptions(nodes.entities, nodes.relations, memory="encoder")
        return model, system.tokenizer
    encoder, tokenizer = open_encoder(settings.encoder, POOLING, encoder, tokenizer)
    return new_model(settings, describe(tokenizer), seed, encoder, tokenizer), tokenizer


def new_model(
    settings: JAKETTaskSettings,
    nodes: NodeDescriptions | None,
    seed: int,
    encoder: TextEncoder,
    tokenizer: Any,
) -> JAKET:
    """Builds the model of a task around an encoder, as its start says; also to be read back."""
    knowledge = settings.start != "encoder"
    memory = "random" if settings.start == "random" else "encoder"
    return build_jaket(settings, encoder, tokenizer, nodes, knowledge, seed, memory=memory)
