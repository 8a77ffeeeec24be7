"""The settings of MTL-KGC and KG-BERT."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from ..training import TrainSettings
from .base import settings_of
from .mtl_kgc_presets import PRESETS
from .text_settings import TextSettings


class MTLKGCRecipe(TextSettings):
    """Settings of an MTL-KGC run; the defaults are those of the paper and its released code.

    The text of a relation is the same in training and in evaluation (the released code trains on
    raw relation ids), and the longest part is cut first in both.

    Attributes:
        tasks: which of ``lp``, ``rp``, ``rr``; also as ``lp,rp``. ``lp`` alone is KG-BERT.
        head_dropout: on the vector that the heads read.
        margin: of ``rr``.
        num_negatives: of ``lp``, for each true triple and side (the released code's 10).
        sides: ``both`` corrupts the head and the tail of each triple, ``random`` one of them,
            drawn each epoch (KG-BERT).
        rp_names: ``rp`` reads names without descriptions.
        select_on_dev: rank validation triples after each epoch and keep the best; by default the
            last epoch is taken.
        eval_subset: how many triples are ranked in a validation and at the end of a training,
            drawn once; ``None`` = all, 0 = none at the end.
    """

    tasks: tuple[Literal["lp", "rp", "rr"], ...] = ("lp", "rp", "rr")
    head_dropout: float = Field(0.1, ge=0, lt=1)
    margin: float = Field(0.1, ge=0)
    num_negatives: int = Field(10, ge=1)
    sides: Literal["both", "random"] = "both"
    rp_names: bool = False
    select_on_dev: bool = False
    eval_subset: int | None = Field(None, ge=0)
    train: TrainSettings = TrainSettings(
        epochs=3,
        batch_size=32,
        optimizer="adamw",
        rate=2e-5,
        weight_decay=0.01,
        clip=1.0,
        decay=1.0,
        monitor="mrr",
    )

    @field_validator("tasks", mode="before")
    @classmethod
    def _split(cls, given: Any) -> Any:
        return given.replace("+", ",").split(",") if isinstance(given, str) else given

    @field_validator("tasks")
    @classmethod
    def _once(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not given or len(set(given)) < len(given):
            raise ValueError("name at least one task, each once")
        return given


def build_mtl_kgc_recipe(
    preset: str | None = None, changes: dict[str, Any] | None = None
) -> MTLKGCRecipe:
    """Returns the settings of a preset with some changed, see :func:`.base.settings_of`."""
    return settings_of(MTLKGCRecipe, "settings of mtl-kgc", PRESETS, preset, changes)
