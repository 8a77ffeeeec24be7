"""MetaQASystem: JAKET that answers questions by entities, in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..datasets.metaqa import MetaQA
from ..datasets.questions import Questions
from ..datasets.triples import TripleData
from ..errors import InputError
from ..graphs import Ragged
from ..metrics.answers import AnswerScores, score_answers
from ..models import AskedQuestions
from ..models.context import as_it_predicts
from ..nn.text_encoder import TextEncoder
from .jaket_linked import moved, started
from .jaket_metaqa import MetaQARecipe
from .jaket_metaqa_build import MetaQAParts, build_metaqa_parts, read_metaqa_parts
from .jaket_metaqa_data import read_metaqa, scored_questions
from .jaket_text_system import TextTaskSystem

SYSTEM = "jaket-metaqa"
BATCH = 64  # questions that are read together


class MetaQASystem(TextTaskSystem):
    """A trained EntityAnswers with the graph that it answers over.

    The split ``valid`` are the questions that chose the epoch, if any did.

    Args:
        recipe: the settings.
        parts: the model, its tokenizer and its graph.
        data: on what it was trained.
        name: of the run.
    """

    system = SYSTEM
    recipe: MetaQARecipe
    parts: MetaQAParts

    @classmethod
    def build(
        cls,
        recipe: MetaQARecipe,
        graph: TripleData,
        encoder: TextEncoder | None = None,
        tokenizer: Any = None,
    ) -> MetaQASystem:
        """Builds an untrained system, see :func:`.jaket_metaqa_build.build_metaqa_parts`."""
        recipe = started(recipe)
        return cls(recipe, build_metaqa_parts(recipe, graph, encoder, tokenizer), {})

    def evaluate(
        self, split: str = "test", data_path: str | Path | None = None, questions: int | None = None
    ) -> AnswerScores:
        """Scores hits@1 of the best candidate, with the rate that an oracle would have.

        Args:
            split: ``test`` or ``valid``.
            data_path: the folder of MetaQA; by default that of the settings.
            questions: how many; by default as the settings say.

        Raises:
            InputError: another split, missing data, data with other entities, no question.
        """
        return self.score(read_metaqa(self.recipe, data_path), split, questions)

    def score(
        self, data: MetaQA, split: str = "test", questions: int | None = None
    ) -> AnswerScores:
        """Scores questions of data that were read already, likewise."""
        self.check_split(split)
        entities = self.parts.graph.entities
        if data.entities.labels != entities.labels:
            raise InputError(
                f"{data!r} has {len(data.entities)} entities, but the {len(entities)} of this "
                "run's graph are others or in another order: give the data that it was trained on"
            )
        asked = scored_questions(self.recipe, data, split, questions)
        scores, found, right = self.ask(asked)
        kinds = sorted(set(asked.types) - {""})
        groups = {kind: torch.tensor([one == kind for one in asked.types]) for kind in kinds}
        protocol = {"questions": f"{asked.name}, {split}", **self.protocol()}
        return score_answers(scores, found.ptr, right, groups, protocol)

    def ask(self, questions: Questions) -> tuple[Tensor, Ragged, Tensor]:
        """Returns the scores [S] of all candidates, the candidates, and which are answers [S].

        The graph is read once, with all neighbours.

        Raises:
            InputError: no question, or a topic that is no entity of the graph.
        """
        if not len(questions):
            raise InputError("no questions were given, but at least one is to be answered")
        reader, model = self.parts.reader(questions), self.model
        device, found = next(model.parameters()).device, []
        with as_it_predicts(model):
            jaket, whole = model.model, self.parts.texts.whole
            read = jaket.knowledge is not None
            entities = jaket.read_graph(moved(whole, device)) if read else None
            for numbers in torch.arange(len(questions)).split(BATCH):
                batch = AskedQuestions(*(moved(part, device) for part in reader(numbers)))
                found.append((model(batch, entities).cpu(), *reader.candidates(numbers)))
        scores, candidates, right = zip(*found)
        return torch.cat(scores), Ragged.cat(candidates), torch.cat(right)

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with, beside the questions it was taken on."""
        recipe = self.recipe
        topic = "without the topic" if recipe.hops == 1 else "the topic too"
        return {
            **super().protocol(),
            "candidates": f"within {recipe.hops} edges, both ways, {topic}",
            "answer_embedding": recipe.compared,
            "answers_learned": recipe.answers,
        }

    @classmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> MetaQASystem:
        """Builds the system that :meth:`write` wrote."""
        settings = MetaQARecipe.parse(recipe["settings"], f"{folder}/recipe.yaml")
        parts = read_metaqa_parts(settings, folder)
        return cls(settings, parts, recipe["data"], folder.resolve().name)
