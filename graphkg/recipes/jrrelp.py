"""The settings of the JRRELP experiment: C-GCN with ConvE on a data set, and its presets."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..training import Settings, TrainSettings
from .base import settings_of


class JRRELPRecipe(Settings):
    """Settings of a JRRELP run; the defaults are those of the paper with C-GCN on TACRED.

    Attributes:
        data: name of the data set (``semeval``, ``redocred``, ``fewrel``).
        split_seed: of the validation split; ``None`` = the fixed list (SemEval).
        lower_case: look words up in lower case.
        minimum_count: rarest training word with a row of its own.
        vectors: take initial word rows from the word vectors (their width replaces `word_dim`).
        extra_words: so many of the most frequent words with a vector get a row, seen or not.
        freeze_vectors: rows that come from vectors are not trained.
        names: keep the words behind the masks, see :class:`~graphkg.transforms.Substitute`.
        prune_k: see :class:`~graphkg.transforms.PruneTree`.
        pooling_l2: on the pooled sentence (C-GCN).
        typed: predict only relations seen between the two kinds in training.
        link_weight, coupling_weight: lambda (C-GCN 0.5); both 0 = C-GCN alone.
    """

    data: str = "semeval"
    split_seed: int | None = None
    lower_case: bool = False
    minimum_count: int = Field(1, ge=1)
    vectors: bool = True
    extra_words: int = Field(0, ge=0)
    freeze_vectors: bool = False
    word_dim: int = 300
    pos_dim: int = 30
    ner_dim: int = 30
    hidden: int = 200
    gcn_layers: int = 2
    relation_dim: int = 100
    names: bool = False
    prune_k: int = Field(1, ge=-1)
    lstm: bool = True
    pooling: Literal["max", "avg", "sum"] = "max"
    gcn_bias: Literal["official", "paper"] = "official"
    input_dropout: float = 0.5
    lstm_dropout: float = 0.5
    gcn_dropout: float = 0.5
    word_dropout: float = 0.04
    pooling_l2: float = 0.003
    conve_channels: int = 32
    relation_loss: Literal["softmax", "bce", "threshold"] = "softmax"
    link_weight: float = Field(0.5, ge=0)
    coupling_weight: float = Field(0.5, ge=0)
    label_smoothing: float = 0.1
    smoothing_form: Literal["conve", "standard"] = "conve"
    no_relation_kg: Literal["all", "observed", "exclude"] = "all"
    typed: bool = False
    train: TrainSettings = TrainSettings(
        epochs=100, batch_size=50, optimizer="sgd", rate=0.3, decay=0.9, decay_after=5
    )


PRESETS: dict[str, dict[str, Any]] = {
    "semeval-cgcn": {"data": "semeval", "lower_case": True},
    "redocred-cgcn": {
        "data": "redocred",
        "lower_case": True,
        "minimum_count": 2,
        "extra_words": 50_000,
        "freeze_vectors": True,
        "names": True,
        "hidden": 128,
        "relation_loss": "threshold",
        "typed": True,
        "input_dropout": 0.3,
        "lstm_dropout": 0.3,
        "gcn_dropout": 0.3,
        "pooling_l2": 0.0,
        "no_relation_kg": "exclude",
        "train": {
            "epochs": 12,
            "batch_size": 64,
            "optimizer": "adam",
            "rate": 0.002,
            "decay": 0.7,
            "decay_after": 4,
            "patience": 4,
        },
    },
    "fewrel-cgcn": {"data": "fewrel", "lower_case": True},
}


def build_recipe(preset: str | None = None, changes: dict[str, Any] | None = None) -> JRRELPRecipe:
    """Returns the settings of a preset with some changed, see :func:`.base.settings_of`."""
    return settings_of(JRRELPRecipe, "settings of jrrelp", PRESETS, preset, changes)
