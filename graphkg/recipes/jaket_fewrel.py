"""The settings of JAKET on FewRel: few-shot relation classification."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..training import TrainSettings
from .base import settings_of
from .jaket_text_task import TextTaskSettings


class FewRelRecipe(TextTaskSettings):
    """Settings of PAIR on FewRel; where the paper says something, the default is what it says.

    Rows of relations are never read, since they tell what is asked (paper).

    Attributes:
        data: ``fewrel``, or a folder as :class:`~graphkg.datasets.FewRel` reads it.
        graph: the graph that mentions are linked to by the labels of its entities (Wikidata ids):
            a known set of triples, or a folder.
        ways, shots: N and K, in training as in evaluation (paper: silent on training).
        queries: Q of each relation in training.
        test_queries: Q in evaluation (FewRel's toolkit: 5).
        episodes: an epoch of training.
        valid_episodes: that choose the best epoch.
        test_episodes: that are scored (FewRel's toolkit: 1,000).
        valid_relations: so many of the 64 training relations are kept for choosing the epoch, so
            that those of ``val``, which are scored, choose nothing; 0 = the last epoch is taken.
            At least N otherwise.
        episode_seed: of the relations kept, and of all episodes that are scored.
        sentence_length: most pieces of a sentence, markers included.
        lower_case: words in lower case, for encoders that know case: the training half of FewRel
            is lower case in some copies.
        train: see :class:`~graphkg.training.TrainSettings`; ``batch_size`` is episodes (paper: 4),
            the groups of ``rates`` are ``encoder``, ``knowledge`` and ``head`` (paper: 2e-5).
    """

    data: str = "fewrel"
    graph: str = "codex-m"
    ways: int = Field(5, ge=2)
    shots: int = Field(1, ge=1)
    queries: int = Field(1, ge=1)
    test_queries: int = Field(5, ge=1)
    episodes: int = Field(2000, ge=1)
    valid_episodes: int = Field(200, ge=1)
    test_episodes: int = Field(1000, ge=2)
    valid_relations: int = Field(10, ge=0)
    episode_seed: int = 0
    sentence_length: int = Field(64, ge=12)
    lower_case: bool = False
    train: TrainSettings = TrainSettings(
        epochs=5,
        batch_size=4,
        optimizer="adamw",
        rate=2e-5,
        weight_decay=0.01,
        clip=1.0,
        schedule="linear",
        warmup=0.06,
        monitor="accuracy",
    )

    @property
    def chooses(self) -> bool:
        """Whether relations are held back that choose the best epoch."""
        return self.valid_relations > 0


SMALL: dict[str, Any] = {"encoder": "minilm", "add_inverse": True}
PRESETS: dict[str, dict[str, Any]] = {
    "fewrel": SMALL,
    "fewrel-5w5s": {**SMALL, "shots": 5},
    "fewrel-10w1s": {**SMALL, "ways": 10},
    "fewrel-paper": {"encoder": "hub:FacebookAI/roberta-base", "lower_case": True},
}


def build_fewrel_recipe(
    preset: str | None = None, changes: dict[str, Any] | None = None
) -> FewRelRecipe:
    """Returns the settings of a preset with some changed, see :func:`.base.settings_of`."""
    return settings_of(FewRelRecipe, "settings of jaket's fewrel", PRESETS, preset, changes)
