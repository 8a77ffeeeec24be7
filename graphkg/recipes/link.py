"""The settings of link prediction: any predictor on any set of triples."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..training import Settings, TrainSettings
from .base import settings_of
from .link_presets import PRESETS


class LinkRecipe(Settings):
    """Settings of a link prediction run; the defaults are those of ConvE's paper.

    Attributes:
        data: a known set (``wn18rr``, ``fb15k-237``, ``umls``, ...) or a folder of triples.
        model: the link predictor.
        encoder: ``gat`` puts a relational graph attention network in front of it.
        dim: width of an entity row.
        relation_dim: width of a relation row; ``None`` = what the predictor takes by nature.
        bias: whether each entity has a bias.
        loss: see :class:`~graphkg.models.LinkPrediction`.
        label_smoothing, smoothing_form: of ``kvsall``.
        n3, relation_weight: of ``1vsall`` and ``negative``.
        candidates: of ``1vsall``.
        negatives, shared, temperature, filtered: of ``negative``.
        margin, norm: of the distance models; `norm` is TransE's p.
        entity_dropout, relation_dropout: on the rows of a query.
        input_dropout, feature_dropout, hidden_dropout: inside ConvE, and in TuckER in its order.
        conve_width, conve_channels, conve_bias: columns of ConvE's stack, filters, their biases.
        gat_layers, gat_heads, gat_composition, gat_fan_out, gat_dropout: of the encoder; the
            fan-out limits the incoming edges of a node in training.
    """

    data: str = "umls"
    model: Literal["conve", "distmult", "complex", "transe", "rotate", "tucker"] = "conve"
    encoder: Literal["gat"] | None = None
    dim: int = Field(200, ge=1)
    relation_dim: int | None = Field(None, ge=1)
    bias: bool = True
    loss: Literal["kvsall", "1vsall", "negative"] = "kvsall"
    label_smoothing: float = Field(0.1, ge=0, lt=1)
    smoothing_form: Literal["conve", "standard"] = "conve"
    n3: float = Field(0.0, ge=0)
    relation_weight: float = Field(0.0, ge=0)
    candidates: int | None = Field(None, ge=2)
    negatives: int = Field(64, ge=1)
    shared: bool = False
    temperature: float = Field(1.0, ge=0)
    filtered: bool = True
    margin: float = 9.0
    norm: Literal[1, 2] = 1
    entity_dropout: float = Field(0.0, ge=0, lt=1)
    relation_dropout: float = Field(0.0, ge=0, lt=1)
    input_dropout: float = Field(0.2, ge=0, lt=1)
    feature_dropout: float = Field(0.2, ge=0, lt=1)
    hidden_dropout: float = Field(0.3, ge=0, lt=1)
    conve_width: int = Field(10, ge=1)
    conve_channels: int = Field(32, ge=1)
    conve_bias: bool = False
    gat_layers: int = Field(2, ge=1)
    gat_heads: int = Field(4, ge=1)
    gat_composition: Literal["add", "mult", "mlp"] = "mult"
    gat_fan_out: int | None = Field(None, ge=1)
    gat_dropout: float = Field(0.1, ge=0, lt=1)
    train: TrainSettings = TrainSettings(
        epochs=1000,
        batch_size=128,
        optimizer="adam",
        rate=0.003,
        decay=1.0,
        clip=0.0,
        monitor="mrr",
        patience=20,
    )


def build_link_recipe(
    preset: str | None = None, changes: dict[str, Any] | None = None
) -> LinkRecipe:
    """Returns the settings of a preset with some changed, see :func:`.base.settings_of`."""
    return settings_of(LinkRecipe, "settings of link", PRESETS, preset, changes)
