"""TextSystem: what LP-BERT and MTL-KGC share in use: texts, new entities, files."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ..datasets.triples import TripleData
from ..errors import InputError, nearest
from ..graphs import GraphTexts, KnowledgeGraph
from ..graphs.knowledge import EDGE
from ..nn.text_encoder import TextEncoder
from ..training.saving import read_weights, write_checksums, write_weights
from ..vocab import Vocabulary
from .base import write_recipe
from .encoders import fit_encoder, open_encoder, read_encoder, write_encoder
from .link_files import FILES, read_triple_files, write_triple_files
from .node_texts import NewEntity, entity_texts, read_texts, warn_of_texts
from .ranking_system import RankingSystem
from .text_settings import TextSettings


class TextSystem(RankingSystem):
    """A text model of a knowledge graph with the triples that it was trained on.

    Args:
        recipe: the settings.
        model: the model, which has ``encoder`` and ``texts``.
        triples: the data set.
        tokenizer: of the encoder.
        name: what proposed triples say that they come from.
    """

    system: str
    settings: type[TextSettings]
    unseen_rule = "candidates are all entities of the data set; all are read by their texts"

    def __init__(
        self, recipe: Any, model: Any, triples: TripleData, tokenizer: Any, name: str = "text"
    ):
        self.recipe, self.model, self.triples = recipe, model, triples
        self.tokenizer, self.name = tokenizer, name
        self.data = triples.protocol() | {"texts": dict(model.texts.counts)}
        self.training = {}
        self.fingerprint = ""

    @property
    def reads_texts(self) -> bool:
        """Yes: texts are all it reads."""
        return True

    @classmethod
    @abstractmethod
    def build_model(
        cls, recipe: Any, encoder: TextEncoder, texts: GraphTexts, triples: TripleData
    ) -> Any:
        """Builds the model around an encoder."""

    @classmethod
    def build(
        cls,
        recipe: Any,
        triples: TripleData,
        encoder: TextEncoder | None = None,
        tokenizer: Any = None,
    ) -> Any:
        """Builds an untrained system; `recipe.train.seed` draws the weights of new layers.

        Args:
            recipe: the settings.
            triples: the data set.
            encoder: the encoder; by default that of the settings.
            tokenizer: its tokenizer, likewise.

        Raises:
            InputError: an encoder that is not there, or a tokenizer of another.
        """
        torch.manual_seed(recipe.train.seed)
        encoder, tokenizer = open_encoder(recipe.encoder, recipe.pooling, encoder, tokenizer)
        system = cls._assembled(recipe, triples, encoder, tokenizer)
        warn_of_texts(system.model.texts, triples.name)
        return system

    @classmethod
    def _assembled(
        cls, recipe: Any, triples: TripleData, encoder: TextEncoder, tokenizer: Any
    ) -> Any:
        fit_encoder(encoder, tokenizer, recipe.max_length, recipe.dropout)
        texts = read_texts(triples, recipe, tokenizer)
        model = cls.build_model(recipe, encoder, texts, triples)
        return cls(recipe, model, triples, tokenizer)

    def with_entities(self, new: Sequence[NewEntity]) -> Any:
        """Returns the system over a graph with further entities, which are known by texts alone.

        The model's weights are shared. Their labels are their names.

        Raises:
            InputError: a name without a letter, or one that is a label already.
        """
        data = extended(self.triples, new)
        labels = data.entities.labels[len(self.triples.entities) :]
        texts, names = entity_texts(data, labels, self.recipe)
        model = self.model.with_texts(self.model.texts.with_entities(texts, names, self.tokenizer))
        system = type(self)(self.recipe, model, data, self.tokenizer, self.name)
        system.training, system.fingerprint = self.training, self.fingerprint
        return system

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with."""
        model = {"system": self.system, "encoder": self.recipe.encoder}
        return {**model, "run": self.name, "data": self.data, "training": self.training}

    def write(self, folder: Path) -> None:
        """Writes weights, the encoder's config and tokenizer, triples, checksums, the recipe."""
        folder.mkdir(parents=True, exist_ok=True)
        write_weights(self.model, folder)
        write_triple_files(self.triples, folder)
        names = write_encoder(self.model.encoder, self.tokenizer, folder)
        write_checksums(folder, ["model.safetensors", *FILES, *names])
        more = {"data": self.data, "training": self.training}
        write_recipe(folder, self.system, self.recipe, trained=True, **more)

    @classmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> Any:
        """Builds the system that :meth:`write` wrote."""
        settings = cls.settings.parse(recipe["settings"], f"{folder}/recipe.yaml")
        triples = read_triple_files(folder, recipe["data"]["name"])
        system = cls._assembled(settings, triples, *read_encoder(folder, settings.pooling))
        read_weights(system.model, folder)
        system.model.eval()
        system.name, system.data = folder.resolve().name, recipe["data"]
        return system

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.model!r})"


def extended(data: TripleData, new: Sequence[NewEntity]) -> TripleData:
    """Returns the data with further entities, of which no triple is known.

    Raises:
        InputError: a name without a letter, one that is a label already, or an unknown type.
    """
    entities = Vocabulary(data.entities, descriptions=data.entities.descriptions, name="entity")
    names, types = dict(data.entity_names), dict(data.entity_types)
    known = sorted({name for given in types.values() for name in given})
    for one in new:
        label = " ".join(one.name.split())
        if not label or label in entities:
            why = "is an entity already" if label else "is no name"
            raise InputError(f"a new entity was given the name {one.name!r}, which {why}")
        entities.add(label)
        names[label] = label
        if unknown := [name for name in one.types if name not in known]:
            raise InputError(
                f"the new entity {label!r} was given the type {unknown[0]!r}, which is not one of "
                f"the {len(known)} entity types of {data.name}{nearest(unknown[0], known)}"
            )
        if one.types:
            types[label] = tuple(one.types)
        if one.description:
            entities.descriptions[label] = one.description
    parts = {
        name: KnowledgeGraph.from_ids(
            graph[EDGE].edge_index, graph[EDGE].edge_type, entities, data.relations
        )
        for name, graph in data.parts.items()
    }
    return replace(data, **parts, entity_names=names, entity_types=types)
