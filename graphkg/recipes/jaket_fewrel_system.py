"""FewRelSystem: JAKET for few-shot relation classification in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from ..datasets.fewshot import FewRel, FewRelSplit
from ..datasets.triples import TripleData
from ..metrics.episodes import EpisodeScores, episode_accuracy
from ..models import EpisodeBatch
from ..models.context import as_it_predicts
from ..nn.text_encoder import TextEncoder
from ..sampling import EpisodeSampler
from .jaket_fewrel import FewRelRecipe
from .jaket_fewrel_build import FewRelParts, build_fewrel_parts, read_fewrel_parts
from .jaket_fewrel_data import read_fewrel, scored_part
from .jaket_fewrel_episodes import EpisodeReader
from .jaket_linked import moved, started
from .jaket_text_system import TextTaskSystem

SYSTEM = "jaket-fewrel"


class FewRelSystem(TextTaskSystem):
    """A trained PAIR: tells which of N relations a sentence states, from K examples of each.

    The split ``test`` are the relations of FewRel's ``val``, since its own test is not public;
    ``valid`` are training relations that were kept for choosing the epoch, if any were.

    Args:
        recipe: the settings.
        parts: the model, its tokenizer and its graph.
        data: on what it was trained.
        name: of the run.
    """

    system = SYSTEM
    recipe: FewRelRecipe
    parts: FewRelParts

    @classmethod
    def build(
        cls,
        recipe: FewRelRecipe,
        graph: TripleData | None,
        encoder: TextEncoder | None = None,
        tokenizer: Any = None,
    ) -> FewRelSystem:
        """Builds an untrained system, see :func:`.jaket_fewrel_build.build_fewrel_parts`."""
        recipe = started(recipe)
        parts = build_fewrel_parts(recipe, graph, encoder, tokenizer)
        return cls(recipe, parts, {"graph": None if graph is None else graph.protocol()})

    def evaluate(
        self,
        split: str = "test",
        data_path: str | Path | None = None,
        episodes: int | None = None,
        ways: int | None = None,
        shots: int | None = None,
    ) -> EpisodeScores:
        """Scores episodes that are the same for every run of these settings.

        Args:
            split: ``test`` or ``valid``.
            data_path: the folder of FewRel; by default that of the settings.
            episodes: how many; by default those of the settings.
            ways: N, which may differ from that of training; by default the same.
            shots: K, likewise.

        Raises:
            InputError: another split, missing data, or a part without enough relations.
        """
        return self.score(read_fewrel(self.recipe, data_path), split, episodes, ways, shots)

    def score(
        self,
        data: FewRel,
        split: str = "test",
        episodes: int | None = None,
        ways: int | None = None,
        shots: int | None = None,
    ) -> EpisodeScores:
        """Scores episodes of data that were read already, likewise."""
        self.check_split(split)
        part, by_relation = scored_part(self.recipe, data, split)
        recipe = self.recipe
        count = episodes or (recipe.test_episodes if split == "test" else recipe.valid_episodes)
        sizes = ways or recipe.ways, shots or recipe.shots, recipe.test_queries
        sampler = EpisodeSampler(by_relation, *sizes, recipe.episode_seed)
        reader = self.parts.reader(part, recipe.lower_case)
        target, predicted = self._answers(sampler, reader, count)
        return episode_accuracy(target, predicted, self._protocol(split, part, sampler, reader))

    def _answers(
        self, sampler: EpisodeSampler, reader: EpisodeReader, count: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Right and predicted ways of the first `count` episodes, [count, N, Q] twice."""
        device = next(self.model.parameters()).device
        found = []
        with as_it_predicts(self.model):
            texts, jaket = self.parts.texts, self.model.model
            entities = None if texts is None else jaket.read_graph(moved(texts.whole, device))
            for number in torch.arange(count).split(1):
                batch = reader(sampler.draw(number), with_all=True)
                given = EpisodeBatch(*(moved(part, device) for part in batch))
                found.append(self.model(given, entities).argmax(1).cpu())
        target = sampler.draw(torch.arange(count)).target
        return target, torch.stack(found).view_as(target)

    def _protocol(
        self, split: str, part: FewRelSplit, sampler: EpisodeSampler, reader: EpisodeReader
    ) -> dict[str, Any]:
        named = "val" if split == "test" else "relations of train kept for choosing the epoch"
        linked = reader.sentences.linked if self.parts.graph is not None else 0.0
        return {
            "data": "FewRel 1.0",
            "split": f"{named}, {len(sampler.labels)} relations",
            "episodes": sampler.protocol(),
            "none_class": False,
            "mentions_linked": round(linked, 4),
            **self.protocol(),
        }

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with, beside its episodes."""
        return {**super().protocol(), "relation_rows": False}

    @classmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> FewRelSystem:
        """Builds the system that :meth:`write` wrote."""
        settings = FewRelRecipe.parse(recipe["settings"], f"{folder}/recipe.yaml")
        graph = recipe["data"]["graph"]
        parts = read_fewrel_parts(settings, folder, graph and graph["name"])
        return cls(settings, parts, recipe["data"], folder.resolve().name)
