"""EntityClassificationSystem: categories of the entities of an unseen graph.

Letters: B entities, C categories.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..datasets.categories import LabelSplit, split_labelled, with_categories
from ..datasets.triples import TripleData
from ..errors import InputError
from ..metrics.categories import CategoryScores, category_accuracy
from ..models import DescriptionReader, EntityClassifier, GraphReader
from ..models.context import as_it_predicts
from ..nn.text_encoder import TextEncoder
from ..training.saving import read_weights, write_checksums, write_weights
from ..vocab import Vocabulary
from .base import write_recipe
from .encoders import fit_encoder, open_encoder, read_encoder, write_encoder
from .jaket_build import (
    POOLING,
    changed_graph,
    describe_nodes,
    message_graph,
    new_model,
    start_model,
    with_longest_texts,
)
from .jaket_classification import ClassificationRecipe
from .jaket_tasks import TaskSystem
from .link_files import FILES, read_triple_files, write_triple_files

NAME = "jaket-entity-classification"
CHUNK = 256


class Category(NamedTuple):
    """The most probable category of an entity."""

    entity: str
    category: str
    probability: float


class EntityClassificationSystem(TaskSystem):
    """A classifier of entities with its graph, categories and split.

    Args:
        recipe: the settings; with ``init`` those of the model are the run's.
        model: the classifier.
        triples: the unseen graph.
        categories: of its entities.
        tokenizer: of the encoder.
        data: what the run says of its data and of the run that it began with.
        name: of the run.
    """

    splits = ("valid", "test", "train")
    reads_data = False

    def __init__(
        self,
        recipe: ClassificationRecipe,
        model: EntityClassifier,
        triples: TripleData,
        categories: Vocabulary,
        tokenizer: Any,
        data: dict[str, Any],
        name: str = NAME,
    ):
        self.recipe, self.model, self.triples = recipe, model, triples
        self.categories, self.tokenizer = categories, tokenizer
        self.data, self.name = data, name
        self.training = {}
        self.fingerprint = ""

    @classmethod
    def build(
        cls,
        recipe: ClassificationRecipe,
        triples: TripleData,
        encoder: TextEncoder | None = None,
        tokenizer: Any = None,
        began: dict[str, Any] | None = None,
    ) -> EntityClassificationSystem:
        """Builds an untrained classifier; `recipe.train.seed` draws the weights of new layers.

        Args:
            recipe: the settings, from :func:`.jaket_build.start_settings`.
            triples: the unseen graph; all its triples are read.
            encoder: the encoder; by default that of the settings or of the run.
            tokenizer: its tokenizer, likewise.
            began: what is known of the run that it begins with.

        Raises:
            InputError: settings that do not fit, or entities without categories.
        """
        triples = with_longest_texts(triples)
        torch.manual_seed(recipe.train.seed)
        seed = recipe.train.seed
        if recipe.start == "encoder":
            encoder, tokenizer = open_encoder(recipe.encoder, recipe.pooling, encoder, tokenizer)
            reader: Any = _description_reader(recipe, triples, encoder, tokenizer)
        else:
            model, tokenizer = start_model(
                recipe, lambda cut: describe_nodes(triples, recipe, cut), seed, encoder, tokenizer
            )
            reader = GraphReader(model, _messages(recipe, triples))
        data = {**triples.protocol(), "began_with": began or {}}
        return cls._around(recipe, reader, triples, tokenizer, data)

    @classmethod
    def _around(
        cls,
        recipe: ClassificationRecipe,
        reader: Any,
        triples: TripleData,
        tokenizer: Any,
        data: dict[str, Any],
    ) -> EntityClassificationSystem:
        graph, categories = with_categories(triples.whole(), triples.entity_types)
        model = EntityClassifier(reader, graph["entity"].category, len(categories))
        return cls(recipe, model, triples, categories, tokenizer, data)

    def split(self) -> LabelSplit:
        """Returns which labelled entities are learned from, and which are classified."""
        recipe = self.recipe
        return split_labelled(
            self.model.category, recipe.split_seed, recipe.fraction, recipe.shares
        )

    def scores(self, entities: Tensor) -> Tensor:
        """Returns the scores of all categories for entities given by id, [B] -> [B, C]."""
        device = self.model.head.weight.device
        with as_it_predicts(self.model):
            parts = (self.model(part.to(device)).cpu() for part in entities.split(self._chunk))
            return torch.cat([torch.empty(0, len(self.categories)), *parts])

    @property
    def _chunk(self) -> int:
        """Entities of a pass; each pass over a graph reads all of it."""
        return CHUNK if self.recipe.start == "encoder" else max(1, len(self.triples.entities))

    def predict(self, entities: str | Sequence[str]) -> list[Category]:
        """Returns the most probable category of entities, given by labels or readable names.

        Raises:
            InputError: an entity that the graph lacks.
        """
        given = [entities] if isinstance(entities, str) else entities
        labels = [self.triples.find_entity(one) for one in given]
        ids = torch.tensor(self.triples.entities.ids(labels), dtype=torch.long)
        best = self.scores(ids).softmax(1).max(1)
        named = zip(labels, best.indices.tolist(), best.values.tolist())
        return [Category(label, self.categories.label(c), p) for label, c, p in named]

    def evaluate(self, split: str = "test", data_path: str | Path | None = None) -> CategoryScores:
        """Scores the entities of a split; the graph is that of the run.

        Args:
            split: ``test``, ``valid`` or ``train``.
            data_path: must not be given, since the run folder holds the graph.

        Raises:
            InputError: another split, or a folder of data.
        """
        self.check_split(split)
        if data_path is not None:
            raise InputError(
                f"data at {data_path} were given, but {self.name} classifies the entities of the "
                "graph in its run folder: leave them out"
            )
        parts = self.split()
        entities, gold = getattr(parts, split), self.model.category
        return category_accuracy(
            gold[entities],
            self.scores(entities).argmax(1),
            gold[parts.train],
            len(self.categories),
            {**self.protocol(), "split": split, "labels": dict(parts.protocol)},
        )

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with."""
        recipe = self.recipe
        return {
            "system": NAME,
            "run": self.name,
            "start": recipe.start,
            "kg": recipe.kg if recipe.start != "encoder" else "not read",
            "encoder": recipe.encoder,
            "graph": "transductive: all entities and triples, labels of training alone",
            "neighbourhood": "all",
            "neighbourhood_in_training": recipe.neighbourhood,
            "data": self.data,
            "training": self.training,
        }

    def write(self, folder: Path) -> None:
        """Writes weights, the encoder's config and tokenizer, the graph, checksums, the recipe."""
        folder.mkdir(parents=True, exist_ok=True)
        write_weights(self.model, folder)
        write_triple_files(self.triples, folder)
        reader: Any = self.model.reader
        encoder = reader.encoder if self.recipe.start == "encoder" else reader.model.lower
        names = write_encoder(encoder, self.tokenizer, folder)
        write_checksums(folder, ["model.safetensors", *FILES, *names])
        more = {"data": self.data, "training": self.training}
        write_recipe(folder, NAME, self.recipe, trained=True, **more)

    @classmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> EntityClassificationSystem:
        """Builds the system that :meth:`write` wrote; its memory is filled anew."""
        settings = ClassificationRecipe.parse(recipe["settings"], f"{folder}/recipe.yaml")
        triples = read_triple_files(folder, recipe["data"]["name"])
        pooling = settings.pooling if settings.start == "encoder" else POOLING
        encoder, tokenizer = read_encoder(folder, pooling)
        if settings.start == "encoder":
            reader: Any = _description_reader(settings, triples, encoder, tokenizer)
        else:
            nodes = describe_nodes(triples, settings, tokenizer)
            model = new_model(settings, nodes, settings.train.seed, encoder, tokenizer)
            reader = GraphReader(model, _messages(settings, triples))
        system = cls._around(settings, reader, triples, tokenizer, recipe["data"])
        read_weights(system.model, folder)
        system.model.eval()
        system.name = folder.resolve().name
        return system

    def __repr__(self) -> str:
        return f"EntityClassificationSystem({self.name!r}, {self.model!r})"


def _description_reader(
    recipe: ClassificationRecipe, triples: TripleData, encoder: TextEncoder, tokenizer: Any
) -> DescriptionReader:
    fit_encoder(encoder, tokenizer, recipe.description_limit, recipe.encoder_dropout)
    nodes = describe_nodes(triples, recipe, tokenizer)
    return DescriptionReader(encoder, nodes.entities, recipe.budget)


def _messages(recipe: ClassificationRecipe, triples: TripleData) -> Any:
    """The unseen graph as messages go along it."""
    graph = changed_graph(triples.whole(), recipe.kg, recipe.train.seed)
    return message_graph(graph, recipe)
