"""The settings of QIDN: a fixed number of queries find the triples of a sentence."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..training import Settings, TrainSettings
from .base import settings_of
from .qidn_presets import PRESETS


class QIDNRecipe(Settings):
    """Settings of a QIDN run; where the paper says something, the default is what it says.

    Attributes:
        data: a known set (``webnlg-partial``, ``nyt-exact``, ``scierc``, ...) or a folder of
            sentences with triples, see :func:`~graphkg.datasets.extraction.read_extraction_data`.
        match: how triples are compared, which also chooses the best epoch: ``exact`` (strings),
            ``partial`` (mentions are last words) or ``strict`` (spans and kinds); ``None`` = as is
            the custom with the data.
        held_out: so many drawn sentences are for validation, for sets without a validation part;
            0 = none.
        held_out_of: the part that they are drawn from, whose rest is for training.
        encoder: ``minilm``, a folder, or ``hub:owner/name``.
        encoder_dropout: of the encoder's layers and attention; ``None`` = as it was trained.
        max_length: most word pieces of a sentence; what lies behind is not read.
        lower_case: words in lower case before they are cut into pieces.
        num_queries: most triples of a sentence that can be found (paper: 15).
        layers: of the decoder (paper: 5).
        model_dim: width behind the encoder; ``None`` = the encoder's.
        lstm_layers: of the BiLSTM over tokens (paper: 3); 0 = none.
        lstm_residual: add its input to its output (paper: no; presets with MiniLM: yes).
        heads, feedforward, activation, dropout, longest, length_dim, query_positions, auxiliary:
            see :class:`~graphkg.models.QIDN`.
        keys: what queries look at: ``span``, or ``token`` (ablation).
        branches: two branches of queries; false = one (ablation).
        hidden: which branch is hidden from which (ablation): ``none``, ``entity_to_relation``,
            ``relation_to_entity`` or ``both``.
        token_pooling: of a token's pieces: ``max`` or ``first``.
        temperature: of boundaries and contrast; 1 = as the paper prints it.
        learned_temperature: train it.
        match_weights: of relation, boundaries and types in the cost of a match.
        null_weight: of slots without a triple in the relation loss.
        relation_mean: over what the relation loss is a mean, all ``slots`` or, as the losses of
            boundaries are, the ``triples``.
        instance_weight: of the instance loss; 0 = without it (ablation).
        class_weight: of the class loss; 0 = without it (ablation).
        instance_bank: instances of batches before that the instance loss compares with.
        typed: learn the kinds of subject and object, where the data have kinds.
        pseudo_instances: entities in no triple have slots, too, so that mentions (NER) are learned.
        joint: choose the best span of at most `longest` tokens; false = each boundary alone.
        keep_untyped: keep triples whose subject or object was given no kind; no strict rule calls
            them right.
        train: see :class:`~graphkg.training.TrainSettings`; the groups of `rates` are ``encoder``
            and ``head``, all else.
    """

    data: str = "webnlg-partial"
    match: Literal["exact", "partial", "strict"] | None = None
    held_out: int = Field(0, ge=0)
    held_out_of: Literal["train", "valid"] = "train"
    encoder: str = "minilm"
    encoder_dropout: float | None = Field(None, ge=0, lt=1)
    max_length: int = Field(256, ge=8)
    lower_case: bool = False
    num_queries: int = Field(15, ge=1)
    layers: int = Field(5, ge=1)
    model_dim: int | None = Field(None, ge=1)
    lstm_layers: int = Field(3, ge=0)
    lstm_residual: bool = False
    heads: int = Field(8, ge=1)
    feedforward: int = Field(2048, ge=1)
    activation: Literal["relu", "gelu"] = "relu"
    dropout: float = Field(0.1, ge=0, lt=1)
    longest: int = Field(8, ge=1)
    length_dim: int = Field(150, ge=1)
    keys: Literal["span", "token"] = "span"
    branches: bool = True
    hidden: Literal["none", "entity_to_relation", "relation_to_entity", "both"] = "none"
    query_positions: bool = False
    token_pooling: Literal["max", "first"] = "max"
    temperature: float = Field(0.1, gt=0)
    learned_temperature: bool = False
    match_weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    null_weight: float = Field(1.0, ge=0)
    relation_mean: Literal["slots", "triples"] = "slots"
    instance_weight: float = Field(1.0, ge=0)
    class_weight: float = Field(1.0, ge=0)
    instance_bank: int = Field(0, ge=0)
    auxiliary: bool = False
    typed: bool = True
    pseudo_instances: bool = False
    joint: bool = False
    keep_untyped: bool = False
    train: TrainSettings = TrainSettings(
        epochs=100,
        batch_size=8,
        optimizer="adamw",
        rate=3e-5,
        rates={"encoder": 1e-5},
        weight_decay=0.01,
        clip=1.0,
        schedule="linear",
        warmup=0.1,
    )

    def model_options(self) -> dict[str, Any]:
        """Returns the arguments of :class:`~graphkg.models.QIDN` behind its first three."""
        return {name: getattr(self, name) for name in MODEL_OPTIONS}


MODEL_OPTIONS = (
    "num_queries",
    "layers",
    "model_dim",
    "lstm_layers",
    "lstm_residual",
    "heads",
    "feedforward",
    "activation",
    "dropout",
    "longest",
    "length_dim",
    "keys",
    "branches",
    "hidden",
    "query_positions",
    "token_pooling",
    "temperature",
    "learned_temperature",
    "match_weights",
    "null_weight",
    "relation_mean",
    "instance_weight",
    "class_weight",
    "instance_bank",
    "auxiliary",
)
"""Settings that :class:`~graphkg.models.QIDN` has under the same name."""


def build_qidn_recipe(
    preset: str | None = None, changes: dict[str, Any] | None = None
) -> QIDNRecipe:
    """Returns the settings of a preset with some changed, see :func:`.base.settings_of`."""
    return settings_of(QIDNRecipe, "settings of qidn", PRESETS, preset, changes)
