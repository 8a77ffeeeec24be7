"""JAKETSystem: a pre-trained JAKET in use: reads entities and texts, also of another graph.

Letters: B entities, P pieces of a text, D channels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Batch

from ..datasets.triples import TripleData
from ..errors import InputError
from ..graphs import JointGraph, SentenceGraph, linked_entities
from ..linking import NameMatcher
from ..models import JAKET
from ..models.context import as_it_predicts
from ..nn.text_encoder import TextEncoder
from ..sampling import NeighborSampler
from ..training.saving import read_weights, write_checksums, write_weights
from .base import System, write_recipe
from .encoders import open_encoder, read_encoder, write_encoder
from .jaket import JAKETRecipe
from .jaket_build import (
    DIRECTION,
    POOLING,
    build_jaket,
    changed_graph,
    describe_nodes,
    pretraining_options,
    with_all_relations,
    with_longest_texts,
)
from .jaket_texts import Text, link_texts, matcher_of
from .link_files import FILES, read_triple_files, write_triple_files

CHUNKS = 16
"""Chunks of texts that are read together."""


@dataclass(frozen=True)
class ReadText:
    """A chunk of a text as the model read it.

    Attributes:
        graph: its words, pieces and linked mentions.
        rows: [P, D] the last hidden states of its pieces, the special ones included.
    """

    graph: SentenceGraph
    rows: Tensor

    @property
    def vector(self) -> Tensor:
        """The first output, [D]."""
        return self.rows[0]


class JAKETSystem(System):
    """A JAKET over a graph.

    Its memory is no part of a saved run: LM1 fills it anew, without momentum, when it is first
    asked for. So a system has the same memory right after its training and after it was loaded.

    Args:
        recipe: the settings.
        model: the model; its descriptions are of the entities of `triples`.
        triples: the graph; descriptions of its entities are the texts that are read.
        tokenizer: of the encoder.
        data: what the run says of its data.
        name: of the run.
    """

    def __init__(
        self,
        recipe: JAKETRecipe,
        model: JAKET,
        triples: TripleData,
        tokenizer: Any,
        data: dict[str, Any],
        name: str = "jaket",
    ):
        self.recipe, self.model, self.triples = recipe, model, triples
        self.tokenizer, self.data, self.name = tokenizer, data, name
        self.training = {}
        self.fingerprint = ""

    @classmethod
    def build(
        cls,
        recipe: JAKETRecipe,
        triples: TripleData,
        encoder: TextEncoder | None = None,
        tokenizer: Any = None,
    ) -> JAKETSystem:
        """Builds a system with untrained new layers, which `recipe.train.seed` draws.

        Args:
            recipe: the settings.
            triples: the graph.
            encoder: the encoder; by default that of the settings.
            tokenizer: its tokenizer, likewise.

        Raises:
            InputError: an encoder that is not there or does not fit the settings.
        """
        torch.manual_seed(recipe.train.seed)
        encoder, tokenizer = open_encoder(recipe.encoder, POOLING, encoder, tokenizer)
        triples = with_longest_texts(triples)
        return cls._assembled(recipe, triples, encoder, tokenizer, triples.protocol())

    @classmethod
    def _assembled(
        cls,
        recipe: JAKETRecipe,
        triples: TripleData,
        encoder: TextEncoder,
        tokenizer: Any,
        data: dict[str, Any],
    ) -> JAKETSystem:
        if recipe.text_length > encoder.max_length:
            raise InputError(
                f"text_length={recipe.text_length} was asked for, but the encoder reads at most "
                f"{encoder.max_length} pieces"
            )
        nodes = describe_nodes(triples, recipe, tokenizer)
        if not recipe.use_relations_in_pretraining:
            nodes = replace(nodes, relations=None)
        options, seed = pretraining_options(recipe), recipe.train.seed
        model = build_jaket(recipe, encoder, tokenizer, nodes, seed=seed, **options)
        return cls(recipe, model, triples, tokenizer, data)

    def at_rest(self) -> JAKETSystem:
        """Returns the system with a memory that is filled once; to be called after training."""
        old = self.model
        memory = "encoder" if old.memory == "off" else old.memory
        model = old.with_descriptions(old.descriptions, old.relations, memory=memory)
        model.eval()
        return self._with(model, self.triples, self.data)

    def with_graph(self, triples: TripleData) -> JAKETSystem:
        """Returns the system over another graph, whose entities and relations need no training.

        The weights are shared; memories are made for the new graph, once.
        """
        triples = with_longest_texts(triples)
        nodes = describe_nodes(triples, self.recipe, self.tokenizer)
        relations = nodes.relations if self.model.relations is not None else None
        model = self.at_rest().model.with_descriptions(nodes.entities, relations)
        return self._with(model, triples, triples.protocol())

    def _with(self, model: JAKET, triples: TripleData, data: dict[str, Any]) -> JAKETSystem:
        other = JAKETSystem(self.recipe, model, triples, self.tokenizer, data, self.name)
        other.training, other.fingerprint = self.training, self.fingerprint
        return other

    @cached_property
    def sampler(self) -> NeighborSampler:
        """All neighbours of entities, as many hops as the knowledge module has layers."""
        recipe = self.recipe
        graph = changed_graph(self.triples.train, recipe.kg, recipe.train.seed)
        hops = [-1] * recipe.knowledge_layers
        return NeighborSampler(with_all_relations(graph, recipe), hops, DIRECTION)

    @cached_property
    def matcher(self) -> NameMatcher:
        """Finds the names of the graph's entities in texts."""
        return matcher_of(self.triples)

    def vectors(self, entities: Iterable[str] | None = None) -> Tensor:
        """Returns E^KM of entities over their whole neighbourhood, [B, D].

        Args:
            entities: labels or readable names; by default all, in the order of their ids.

        Raises:
            InputError: an entity that the graph lacks.
        """
        ids, place = self._ids(entities).unique(return_inverse=True)
        with as_it_predicts(self.model):
            piece = self.sampler.sample(ids).to(self._device)
            return self.model.read_graph(piece)[place.to(self._device)].cpu()

    def contexts(self, entities: Iterable[str] | None = None) -> Tensor:
        """Returns E^(0) of entities, what their descriptions alone say, [B, D]; likewise."""
        with as_it_predicts(self.model):
            return self.model.context(self._ids(entities).to(self._device)).cpu()

    def read_texts(self, texts: str | Sequence[str]) -> list[ReadText]:
        """Reads texts with the entities that they name; a long one comes in several chunks.

        A chunk's ``graph.key`` is ``<number of the text>#<number of the chunk>``; entities of
        ``graph.mentions`` are ids of the graph.
        """
        given = [texts] if isinstance(texts, str) else texts
        keyed = [Text(str(number), text) for number, text in enumerate(given)]
        limit = self.recipe.text_length
        graphs = link_texts(keyed, self.matcher, self.tokenizer, limit).graphs
        found: list[ReadText] = []
        with as_it_predicts(self.model):
            for start in range(0, len(graphs), CHUNKS):
                part = graphs[start : start + CHUNKS]
                batch = Batch.from_data_list(list(part))
                near = self.sampler.sample(linked_entities(batch))
                rows = self.model.read_text(JointGraph.join(batch, near).to(self._device)).cpu()
                lengths = [int(graph["piece"].num_nodes) for graph in part]
                found += [ReadText(*pair) for pair in zip(part, rows.split(lengths))]
        return found

    def evaluate(self, data: Any = None) -> Any:
        """Raises an InputError: a pre-training is scored by what is trained from it."""
        raise InputError(
            f"{self.name} is a pre-training, which no test set scores: train a task that begins "
            "with it (graphkg train jaket --task entity-classification --set start=jaket --set "
            "init=RUN); its losses are in log.jsonl"
        )

    def write(self, folder: Path) -> None:
        """Writes weights, the encoder's config and tokenizer, the graph, checksums, the recipe."""
        folder.mkdir(parents=True, exist_ok=True)
        write_weights(self.model, folder)
        write_triple_files(self.triples, folder)
        names = write_encoder(self.model.lower, self.tokenizer, folder)
        write_checksums(folder, ["model.safetensors", *FILES, *names])
        more = {"data": self.data, "training": self.training}
        write_recipe(folder, "jaket", self.recipe, trained=True, **more)

    @classmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> JAKETSystem:
        """Builds the system that :meth:`write` wrote."""
        settings = JAKETRecipe.parse(recipe["settings"], f"{folder}/recipe.yaml")
        triples = read_triple_files(folder, recipe["data"]["name"])
        parts = read_encoder(folder, POOLING)
        system = cls._assembled(settings, triples, *parts, recipe["data"]).at_rest()
        read_weights(system.model, folder)
        system.name = folder.resolve().name
        return system

    def _ids(self, entities: Iterable[str] | None) -> Tensor:
        known = self.triples.entities
        if entities is None:
            return torch.arange(len(known))
        given = [entities] if isinstance(entities, str) else entities
        return torch.tensor([known[self.triples.find_entity(x)] for x in given], dtype=torch.long)

    @property
    def _device(self) -> torch.device:
        return next(self.model.parameters()).device

    def __repr__(self) -> str:
        return f"JAKETSystem({self.name!r}, {self.model!r})"
