"""The settings of JAKET on MetaQA: questions over a graph of films."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..training import TrainSettings
from .base import settings_of
from .jaket_text_task import TextTaskSettings


class MetaQARecipe(TextTaskSettings):
    """Settings of answering by entities; where the paper says something, the default is that.

    Attributes:
        data: ``metaqa``, or a folder as :class:`~graphkg.datasets.MetaQA` reads it.
        hops: of the questions; the candidates are within so many edges of the topic.
        share: of the triples that the graph and the candidates have (paper: 1 and 0.5).
        share_seed: which ones.
        learn_from: ``dev``, where the training questions are missing, or ``train``.
        held_out: share of the questions of dev that choose the best epoch, drawn by `share_seed`,
            with ``learn_from=dev``; 0 = the last epoch is taken. With ``train`` all of dev choose.
        valid_questions, test_questions: so many drawn ones are asked; ``None`` = all.
        add_inverse: also from film to person and back: else those that are only tails read nothing.
        answer_embedding: ``km`` or ``context``, see :class:`~graphkg.models.EntityAnswers`. Where
            no graph is read it is ``context``.
        answers: ``spread``: all answers are right, evenly; ``sampled``: one of them, drawn anew.
        train_candidates: most candidates of a question in training, answers first, then drawn ones;
            ``None`` = all.
        neighbourhood: of candidates in training: ``sampled`` (see `fan_outs`) or ``full``.
        question_length: most pieces of a question.
        train: see :class:`~graphkg.training.TrainSettings`; ``batch_size`` is questions, the groups
            of ``rates`` are ``encoder`` and ``knowledge`` (paper: silent).
    """

    data: str = "metaqa"
    hops: Literal[1, 2, 3] = 1
    share: float = Field(1.0, gt=0, le=1)
    share_seed: int = 0
    learn_from: Literal["dev", "train"] = "dev"
    held_out: float = Field(0.1, ge=0, lt=1)
    valid_questions: int | None = Field(1000, ge=1)
    test_questions: int | None = Field(None, ge=1)
    add_inverse: bool = True
    answer_embedding: Literal["km", "context"] = "km"
    answers: Literal["spread", "sampled"] = "spread"
    train_candidates: int | None = Field(128, ge=1)
    neighbourhood: Literal["sampled", "full"] = "sampled"
    question_length: int = Field(64, ge=8)
    train: TrainSettings = TrainSettings(
        epochs=5,
        batch_size=32,
        optimizer="adamw",
        rate=1e-3,
        rates={"encoder": 5e-5},
        weight_decay=0.01,
        clip=1.0,
        schedule="linear",
        warmup=0.1,
        monitor="hits@1",
    )

    @property
    def chooses(self) -> bool:
        """Whether questions are held back that choose the best epoch."""
        return self.learn_from == "train" or self.held_out > 0

    @property
    def compared(self) -> str:
        """The rows of entities that answers are compared by."""
        return self.answer_embedding if self.reads_graph else "context"


# In plain words, by hand, as the paper does; each holds the words of its label.
RELATIONS = {
    "directed_by": "a film was directed by a person",
    "written_by": "a film was written by a person",
    "starred_actors": "the starred actors of a film, who act in it",
    "release_year": "the release year of a film",
    "in_language": "a film is in language, the one that is spoken in it",
    "has_tags": "a film has tags, the words that it is described by",
    "has_genre": "a film has genre, such as comedy or drama",
    "has_imdb_rating": "a film has imdb rating, how good viewers find it",
    "has_imdb_votes": "a film has imdb votes, how many viewers rated it",
}

MINILM: dict[str, Any] = {"whiten": True}  # more hits on one hop and on two (docs/results.md)
HALF: dict[str, Any] = {**MINILM, "share": 0.5}
PRESETS: dict[str, dict[str, Any]] = {
    "metaqa-1hop": {"hops": 1, **MINILM},
    "metaqa-2hop": {"hops": 2, **MINILM},
    "metaqa-1hop-half": {"hops": 1, **HALF},
    "metaqa-2hop-half": {"hops": 2, **HALF},
    "metaqa-1hop-paper": {"hops": 1, "encoder": "hub:FacebookAI/roberta-base"},
    "metaqa-2hop-paper": {"hops": 2, "encoder": "hub:FacebookAI/roberta-base"},
}


def build_metaqa_recipe(
    preset: str | None = None, changes: dict[str, Any] | None = None
) -> MetaQARecipe:
    """Returns the settings of a preset with some changed, see :func:`.base.settings_of`."""
    return settings_of(MetaQARecipe, "settings of jaket's metaqa", PRESETS, preset, changes)
