"""The settings of JAKET's entity classification on an unseen graph."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..training import TrainSettings
from .base import settings_of
from .jaket import JAKETTaskSettings
from .jaket_presets import CLASSIFICATION


class ClassificationRecipe(JAKETTaskSettings):
    """Settings of an entity classification.

    With ``init`` the data, what is held out of them and the settings of the model are those of the
    pre-training, so that its unseen entities are classified.

    Attributes:
        data: a known set with entity types (``codex-s``), or a folder of triples with types.
        held_out: share of the entities that make the unseen graph; 0 = all entities of the data.
        held_out_seed: draws them.
        unseen: other data, a known set or a folder, whose entities that `data` lack make the unseen
            graph in place of those held out (``codex-m``: 15,016 that CoDEx-S has not).
        leave_out: relations that would give a category away; ``None`` = "instance of".
        pooling: what a description's vector is with ``start=encoder``.
        shares: of the labelled entities, for training and validation; the rest is for the test
            (paper: 0.2 and 0.2).
        fraction: of the training entities that is used (paper: 1, 0.2 and 0.05).
        split_seed: draws training, validation and test.
        neighbourhood: in training: ``full``: every step reads the whole graph, or ``sampled``, for
            large graphs, see `fan_outs`; scores come of all neighbours.
        fan_outs: neighbours a hop with ``sampled`` (paper, of the pre-training: 10 and 10).
        train: see :class:`~graphkg.training.TrainSettings`; the groups of ``rates`` are ``encoder``
            (``start=encoder`` alone) and ``knowledge``.
    """

    data: str = "codex-s"
    held_out: float = Field(0.0, ge=0, lt=1)
    held_out_seed: int = 0
    unseen: str | None = None
    leave_out: tuple[str, ...] | None = None
    pooling: Literal["pooler", "cls", "mean"] = "cls"
    shares: tuple[float, float] = (0.2, 0.2)
    fraction: float = Field(1.0, gt=0, le=1)
    split_seed: int = 0
    neighbourhood: Literal["full", "sampled"] = "full"
    fan_outs: tuple[int, ...] = (10, 10)
    train: TrainSettings = TrainSettings(
        epochs=60,
        batch_size=16,
        optimizer="adamw",
        rate=1e-3,
        rates={"encoder": 5e-5, "knowledge": 1e-3},
        weight_decay=0.01,
        clip=1.0,
        schedule="linear",
        warmup=0.1,
        monitor="accuracy",
    )


def build_classification_recipe(
    preset: str | None = None, changes: dict[str, Any] | None = None
) -> ClassificationRecipe:
    """Returns the settings of a preset with some changed, see :func:`.base.settings_of`."""
    where = "settings of jaket's entity classification"
    return settings_of(ClassificationRecipe, where, CLASSIFICATION, preset, changes)
