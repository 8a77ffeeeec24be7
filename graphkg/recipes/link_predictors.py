"""From settings to a model: the predictor, its tables and the encoder in front of it."""

from __future__ import annotations

from collections.abc import Callable

import torch

from ..graphs import KnowledgeGraph
from ..link import GAT, ComplEx, ConvE, DistMult, LinkPredictor, RotatE, TransE, TuckER
from ..models.link_prediction import LinkPrediction
from ..stores import EmbeddingStore, LearnedTable
from .link import LinkRecipe

KINDS: dict[str, type[LinkPredictor]] = {
    "conve": ConvE,
    "distmult": DistMult,
    "complex": ComplEx,
    "transe": TransE,
    "rotate": RotatE,
    "tucker": TuckER,
}


def build_link_model(recipe: LinkRecipe, graph: KnowledgeGraph) -> LinkPrediction:
    """Builds an untrained model for a training graph with inverses; the caller seeds torch."""
    num_entities, num_relations = graph["entity"].num_nodes, graph["relation"].num_nodes
    predictor = build_predictor(recipe, num_entities)
    entities, relations = predictor.draw_rows(num_entities, num_relations)
    store = EmbeddingStore(
        entity=LearnedTable(num_entities, predictor.entity_dim, weight=entities),
        relation=LearnedTable(num_relations, predictor.relation_dim, weight=relations),
    )
    return LinkPrediction(
        predictor,
        store,
        graph,
        recipe.loss,
        encoder=build_encoder(recipe, predictor.relation_dim),
        label_smoothing=recipe.label_smoothing,
        smoothing_form=recipe.smoothing_form,
        n3=recipe.n3,
        relation_weight=recipe.relation_weight,
        candidates=recipe.candidates,
        negatives=recipe.negatives,
        shared=recipe.shared,
        temperature=recipe.temperature,
        filtered=recipe.filtered,
        entity_dropout=recipe.entity_dropout,
        relation_dropout=recipe.relation_dropout,
    )


def build_encoder(recipe: LinkRecipe, relation_dim: int) -> torch.nn.Module | None:
    """Returns the graph network in front of the predictor, or ``None``."""
    if recipe.encoder is None:
        return None
    return GAT(
        recipe.dim,
        relation_dim,
        layers=recipe.gat_layers,
        heads=recipe.gat_heads,
        composition=recipe.gat_composition,
        dropout=recipe.gat_dropout,
        fan_out=recipe.gat_fan_out,
    )


def build_predictor(recipe: LinkRecipe, num_entities: int) -> LinkPredictor:
    """Returns the link predictor that the settings name."""
    count = num_entities if recipe.bias else None

    def conve(dim: int, relation_dim: int) -> LinkPredictor:
        return ConvE(
            dim,
            relation_dim,
            width=recipe.conve_width,
            channels=recipe.conve_channels,
            input_dropout=recipe.input_dropout,
            feature_dropout=recipe.feature_dropout,
            hidden_dropout=recipe.hidden_dropout,
            conv_bias=recipe.conve_bias,
            num_objects=count,
        )

    def transe(dim: int, relation_dim: int) -> LinkPredictor:
        return TransE(dim, relation_dim, p=recipe.norm, margin=recipe.margin, num_objects=count)

    def rotate(dim: int, relation_dim: int) -> LinkPredictor:
        return RotatE(dim, relation_dim, margin=recipe.margin, num_objects=count)

    def tucker(dim: int, relation_dim: int) -> LinkPredictor:
        dropouts = recipe.input_dropout, recipe.feature_dropout, recipe.hidden_dropout
        return TuckER(dim, relation_dim, *dropouts, num_objects=count)

    make: dict[str, Callable[[int, int], LinkPredictor]] = {
        "conve": conve,
        "distmult": lambda dim, other: DistMult(dim, other, num_objects=count),
        "complex": lambda dim, other: ComplEx(dim, other, num_objects=count),
        "transe": transe,
        "rotate": rotate,
        "tucker": tucker,
    }
    natural = KINDS[recipe.model].relation_dim_of(recipe.dim)
    return make[recipe.model](recipe.dim, recipe.relation_dim or natural)
