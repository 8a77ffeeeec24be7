"""The settings of LP-BERT: two stages, the paper's losses or contrast."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..training import TrainSettings
from .base import settings_of
from .lp_bert_presets import PRESETS
from .text_settings import TextSettings

STAGE_1 = "pretrain."


class LPBERTRecipe(TextSettings):
    """Settings of an LP-BERT run.

    Attributes:
        pretraining: tasks of stage 1, among ``mlm``, ``mem``, ``mrm``; none = no stage 1.
        pretrain: training settings of stage 1; its best epoch has the lowest validation loss.
        head_norm: of stage 1's heads.
        pretrain_length: most pieces of a sequence in stage 1.
        loss, scorer, squash, alpha, gamma, distance, inbatch_labels, temperature,
        learned_temperature, margin, negatives, symmetric, pre_batch, towers: see
            :class:`~graphkg.models.LPBERT`.
        inverse_relations: train on (tail, reversed relation, head), too, and ask for heads by it.
        whole_queries: batches hold all answers of their queries, so that each query is encoded once
            an epoch; else triples are shuffled one by one.
        valid_subset: how many validation triples choose the best epoch, drawn once; ``None`` = all.
    """

    pooling: Literal["pooler", "cls", "mean"] = "mean"
    pretraining: tuple[Literal["mlm", "mem", "mrm"], ...] = ()
    pretrain: TrainSettings = TrainSettings(
        epochs=50,
        batch_size=32,
        optimizer="adamw",
        rate=1e-4,
        rates={"encoder": 5e-5},
        weight_decay=0.01,
        clip=0.0,
        schedule="linear",
        warmup=0.05,
        monitor="likelihood",
        patience=3,
    )
    head_norm: Literal["layer", "batch"] = "layer"
    pretrain_length: int = Field(152, ge=8)
    loss: Literal["paper", "contrast"] = "contrast"
    scorer: Literal["cosine", "concat"] = "cosine"
    squash: Literal["none", "half", "sigmoid"] = "none"
    alpha: float = Field(0.8, gt=0, lt=1)
    gamma: float = Field(2.0, ge=0)
    distance: Literal["per_pair", "batch_sum", "off"] = "per_pair"
    inbatch_labels: Literal["train_known", "identity"] = "train_known"
    inverse_relations: bool = True
    temperature: float = Field(0.05, gt=0)
    learned_temperature: bool = True
    margin: float = Field(0.02, ge=0)
    negatives: Literal["tails", "own_head", "batch"] = "own_head"
    symmetric: bool = True
    pre_batch: int = Field(0, ge=0)
    towers: Literal[1, 2] = 1
    whole_queries: bool = False
    valid_subset: int | None = Field(None, ge=1)
    train: TrainSettings = TrainSettings(
        epochs=30,
        batch_size=128,
        optimizer="adamw",
        rate=1e-3,
        rates={"encoder": 1e-4},
        weight_decay=0.01,
        clip=0.0,
        schedule="linear",
        warmup=0.05,
        monitor="mrr",
    )


def build_lp_bert_recipe(
    preset: str | None = None, changes: dict[str, Any] | None = None
) -> LPBERTRecipe:
    """Returns the settings of a preset with some changed.

    ``pretrain.<key>`` is a setting of stage 1, ``<key>`` or ``train.<key>`` one of stage 2; see
    :func:`.base.settings_of`.
    """
    first = {
        k.removeprefix(STAGE_1): v for k, v in (changes or {}).items() if k.startswith(STAGE_1)
    }
    changes = {k: v for k, v in (changes or {}).items() if not k.startswith(STAGE_1)}
    found = settings_of(LPBERTRecipe, "settings of lp-bert", PRESETS, preset, changes)
    # One seed, device and bar for both stages unless stage 1 has its own.
    shared = ("seed", "device", "precision", "progress")
    values = found.pretrain.model_dump() | {name: getattr(found.train, name) for name in shared}
    stage = TrainSettings.parse(values | first, "settings of lp-bert's pre-training")
    return found.model_copy(update={"pretrain": stage})
