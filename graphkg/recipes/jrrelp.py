"""The settings of the JRRELP experiment: any extractor with any link predictor on a data set."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from ..training import Settings, TrainSettings
from .base import settings_of
from .relation_presets import PRESETS


class JRRELPRecipe(Settings):
    """Settings of a JRRELP run; the defaults are those of the paper with C-GCN on TACRED.

    Attributes:
        data: name of the data set (``semeval``, ``kbp37``, ``tacred``, ...) or a folder of JSONL.
        split_seed: of the validation split; ``None`` = the fixed list (SemEval).
        type_source: kinds of mentions where the data have none: ``ner`` (of the head word) or
            ``constant``.
        extractor: f: ``cgcn``, ``palstm`` or ``spanbert`` (a transformer).
        predictor: g.
        lower_case: look words up in lower case.
        minimum_count: rarest training word with a row of its own.
        vectors: take initial word rows from the word vectors (their width replaces `word_dim`).
        extra_words: so many of the most frequent words with a vector get a row, seen or not.
        freeze_vectors: rows that come from vectors are not trained.
        names: keep the words behind the masks, see :class:`~graphkg.transforms.Substitute`.
        word_dim, pos_dim, ner_dim, hidden: of C-GCN and PA-LSTM.
        relation_dim: D_r; ``None`` = what g needs, else 100 (C-GCN), `hidden` (PA-LSTM) or the
            encoder's width.
        gcn_layers, lstm, pooling, gcn_bias, no_adjacency, pooling_l2, prune_k,
            official_pad_pooling: of C-GCN.
        lstm_layers, attention, offset_dim: of PA-LSTM.
        encoder: the transformer: ``minilm``, a folder or ``hub:owner/name``.
        read: what the transformer's relation vector is: ``pooler``, ``cls``, ``mean`` or
            ``mentions``, see :class:`~graphkg.relation.SpanBERT`.
        piece_limit: most word pieces of a sentence.
        encoder_dropout: on what is read.
        conve_width, conve_channels, conve_bias, conve_input_dropout, conve_feature_dropout,
            conve_hidden_dropout: of ConvE; TuckER takes the dropouts in its order.
        margin, norm: of distance models as g.
        link_weight, coupling_weight: lambda (C-GCN 0.5); both 0 = the extractor alone.
        kg: what the link losses learn from: ``kinds`` (the training sentences' graph of kinds),
            ``shuffled`` (its objects dealt out anew: an ablation; not with `typed`) or ``off`` (no
            link losses).
        label_smoothing, smoothing_form, no_relation_kg, detach_relation_logits, freeze_kglp: see
            :class:`~graphkg.models.JRRELP` and :class:`~graphkg.models.KindGraph`.
        typed: predict only relations seen between the two kinds in training.
    """

    data: str = "semeval"
    split_seed: int | None = None
    type_source: Literal["ner", "constant"] = "ner"
    extractor: Literal["cgcn", "palstm", "spanbert"] = "cgcn"
    predictor: Literal["conve", "distmult", "complex", "transe", "rotate", "tucker"] = "conve"
    lower_case: bool = False
    minimum_count: int = Field(1, ge=1)
    vectors: bool = True
    extra_words: int = Field(0, ge=0)
    freeze_vectors: bool = False
    word_dim: int = 300
    pos_dim: int = 30
    ner_dim: int = 30
    hidden: int = 200
    relation_dim: int | None = Field(None, ge=1)
    names: bool = False
    word_dropout: float = 0.04
    input_dropout: float = 0.5
    lstm_dropout: float = 0.5
    gcn_dropout: float = 0.5
    gcn_layers: int = 2
    prune_k: int = Field(1, ge=-1)
    lstm: bool = True
    pooling: Literal["max", "avg", "sum"] = "max"
    gcn_bias: Literal["official", "paper"] = "official"
    no_adjacency: bool = False
    pooling_l2: float = 0.003
    official_pad_pooling: bool = False
    lstm_layers: int = Field(2, ge=1)
    attention: bool = True
    offset_dim: int = Field(30, ge=1)
    encoder: str | None = None
    read: Literal["pooler", "cls", "mean", "mentions"] = "pooler"
    piece_limit: int = Field(128, ge=4)
    encoder_dropout: float = Field(0.1, ge=0, lt=1)
    conve_width: int = Field(10, ge=1)
    conve_channels: int = Field(32, ge=1)
    conve_bias: bool = False
    conve_input_dropout: float = Field(0.2, ge=0, lt=1)
    conve_feature_dropout: float = Field(0.2, ge=0, lt=1)
    conve_hidden_dropout: float = Field(0.3, ge=0, lt=1)
    margin: float = 9.0
    norm: Literal[1, 2] = 1
    relation_loss: Literal["softmax", "bce", "threshold"] = "softmax"
    link_weight: float = Field(0.5, ge=0)
    coupling_weight: float = Field(0.5, ge=0)
    kg: Literal["kinds", "shuffled", "off"] = "kinds"
    label_smoothing: float = 0.1
    smoothing_form: Literal["conve", "standard"] = "conve"
    no_relation_kg: Literal["all", "observed", "exclude"] = "all"
    detach_relation_logits: bool = False
    freeze_kglp: bool = False
    typed: bool = False
    train: TrainSettings = TrainSettings(
        epochs=100, batch_size=50, optimizer="sgd", rate=0.3, decay=0.9, decay_after=5
    )

    @field_validator("kg", mode="before")
    @classmethod
    def _plain_off(cls, value: Any) -> Any:
        return "off" if value is False else value  # YAML reads off as false

    @model_validator(mode="after")
    def _check(self) -> JRRELPRecipe:
        if self.typed and self.kg == "shuffled":
            raise ValueError("typed reads the graph of kinds, which kg=shuffled deals out anew")
        return self


def build_recipe(preset: str | None = None, changes: dict[str, Any] | None = None) -> JRRELPRecipe:
    """Returns the settings of a preset with some changed, see :func:`.base.settings_of`."""
    return settings_of(JRRELPRecipe, "settings of jrrelp", PRESETS, preset, changes)
