"""QIDNSystem: QIDN in use: finds triples in sentences, is scored, is saved and loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch_geometric.data import Batch
from torch_geometric.loader import DataLoader

from ..datasets.extraction import ExtractionData
from ..errors import InputError
from ..graphs import Mention, SentenceGraph, Triple
from ..metrics.extraction_scores import ExtractionScores
from ..models import Extraction, named_entities, named_triples
from ..nn.text_encoder import TextEncoder
from ..training.batches import LengthBatches
from .base import System, write_recipe
from .qidn import QIDNRecipe
from .qidn_build import QIDNParts, build_qidn_parts, read_qidn_parts, write_qidn_parts
from .qidn_scores import score_found

PIECES = 2048
"""Word pieces of a batch that is read, padding included, about."""


@dataclass(frozen=True)
class FoundSentence:
    """What was found in a sentence.

    Attributes:
        triples: the most probable first.
        entities: mentions with a kind, also those in no triple where the model learned them; none
            of a model without kinds.
    """

    triples: list[Triple]
    entities: list[Mention]


class QIDNSystem(System):
    """A QIDN in use: a TripleExtractor that needs no mentions.

    Args:
        recipe: the settings.
        parts: the model, its vocabularies and its tokenizer.
        data: name, rule and sizes of the training data.
        name: what extracted triples say that they come from.
    """

    def __init__(
        self, recipe: QIDNRecipe, parts: QIDNParts, data: dict[str, Any], name: str = "qidn"
    ):
        self.recipe, self.parts = recipe, parts
        self.model, self.vocabularies = parts.model, parts.vocabularies
        self.data, self.name = data, name
        self.training = {}
        self.fingerprint = ""

    @classmethod
    def build(
        cls,
        recipe: QIDNRecipe,
        data: ExtractionData,
        encoder: TextEncoder | None = None,
        tokenizer: Any = None,
    ) -> QIDNSystem:
        """Builds an untrained system for `data`, see :func:`.qidn_build.build_qidn_parts`.

        Raises:
            InputError: settings that do not fit the encoder or the data.
        """
        match = recipe.match or data.match
        if match == "strict" and (data.kinds is None or not recipe.typed):
            raise InputError(
                f"match=strict compares kinds, but {data.name} is learned without kinds: set "
                "match=exact, or learn kinds from data that have them"
            )
        parts = build_qidn_parts(recipe, data, encoder, tokenizer)
        return cls(recipe, parts, {"match": match, **data.protocol("train")})

    @property
    def match(self) -> str:
        """The rule by which triples are compared: ``exact``, ``partial`` or ``strict``."""
        return self.data["match"]

    def batches(self, graphs: Sequence[SentenceGraph]) -> DataLoader:
        """Returns the training batches of labelled sentences, shuffled, of similar lengths."""
        examples = self.parts.examples(graphs)
        lengths = [int(graph["token"].num_nodes) for graph in examples]
        sampler = LengthBatches(lengths, self.recipe.train.batch_size)
        return DataLoader(examples, batch_sampler=sampler)

    def predict(
        self, graphs: SentenceGraph | Sequence[SentenceGraph], pieces: int = PIECES
    ) -> list[FoundSentence]:
        """Finds the triples and entities of each sentence; only its words are read.

        Args:
            graphs: the sentences.
            pieces: word pieces of a batch, padding included; sentences of similar length are read
                together, and a longer one alone.
        """
        graphs = [graphs] if isinstance(graphs, SentenceGraph) else list(graphs)
        found = [FoundSentence([], []) for _ in graphs]
        asked = [number for number, graph in enumerate(graphs) if graph.words]
        inputs = dict(zip(asked, self.parts.inputs([graphs[number] for number in asked])))
        lengths = {number: int(one["piece"].num_nodes) for number, one in inputs.items()}
        for part in by_length(lengths, pieces):
            for number, one in zip(part, self._read([inputs[number] for number in part])):
                found[number] = one
        return found

    def ask(self, inputs: Sequence[SentenceGraph]) -> Extraction:
        """Returns what the model says of one batch of prepared sentences, in ids.

        Args:
            inputs: sentences with pieces, as ``parts.inputs`` gives them; each has a word.
        """
        device = next(self.model.parameters()).device
        batch = Batch.from_data_list(list(inputs)).to(device)
        return self.model.predict(batch, self.recipe.joint, not self.recipe.keep_untyped)

    def _read(self, inputs: Sequence[SentenceGraph]) -> list[FoundSentence]:
        said = self.ask(inputs)
        relations, kinds = self.vocabularies.relation, self.vocabularies.kind
        typed = kinds if self.model.num_types else None
        triples = named_triples(said.triples, inputs, relations, typed)
        entities = named_entities(said.entities, inputs, kinds)
        return [FoundSentence(*pair) for pair in zip(triples, entities)]

    def extract(self, graphs: SentenceGraph | Sequence[SentenceGraph]) -> list[list[Triple]]:
        """Returns the triples of each sentence, with places in its text and scores in [0, 1]."""
        return [found.triples for found in self.predict(graphs)]

    def evaluate(
        self,
        data: ExtractionData | Sequence[SentenceGraph],
        split: str = "test",
        found: Sequence[FoundSentence] | None = None,
    ) -> ExtractionScores:
        """Scores what is found in labelled sentences by the rule of the training data.

        Args:
            data: a data set, or sentences with mentions and triples.
            split: of a data set: ``train``, ``valid`` or ``test``.
            found: what :meth:`predict` gave for them, if they were asked already.

        Raises:
            InputError: no such split, or no sentence.
        """
        protocol = self.protocol()
        if isinstance(data, ExtractionData):
            protocol = {**data.protocol(split), **protocol}
            data = data.part(split)
        graphs = list(data)
        relations = self.vocabularies.relation.labels
        typed = self.model.num_types > 0
        said = self.predict(graphs) if found is None else found
        pairs = [(one.triples, one.entities) for one in said]
        return score_found(graphs, pairs, self.match, typed, relations, protocol)

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with, beside the data that it was taken on."""
        recipe = self.recipe
        learned = "all" if recipe.pseudo_instances else "those in triples"
        return {
            "system": "qidn",
            "model": self.name,
            "encoder": recipe.encoder,
            "queries": recipe.num_queries,
            "joint": recipe.joint,
            "keep_untyped": recipe.keep_untyped,
            "mentions_learned": learned if self.model.num_types else "none",
            "trained_on": self.data,
            "training": self.training,
        }

    def write(self, folder: Path) -> None:
        """Writes weights, vocabularies, encoder config and tokenizer, checksums, the recipe."""
        write_qidn_parts(self.parts, folder)
        more = {"data": self.data, "num_types": self.model.num_types, "training": self.training}
        write_recipe(folder, "qidn", self.recipe, trained=True, **more)

    @classmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> QIDNSystem:
        """Builds the system that :meth:`write` wrote."""
        settings = QIDNRecipe.parse(recipe["settings"], f"{folder}/recipe.yaml")
        parts = read_qidn_parts(settings, folder, recipe["num_types"])
        return cls(settings, parts, recipe["data"], folder.resolve().name)

    def __repr__(self) -> str:
        return f"QIDNSystem({self.name!r}, {self.model!r})"


def by_length(lengths: dict[int, int], budget: int) -> Iterator[list[int]]:
    """Yields numbers of similar lengths together, shortest first.

    Args:
        lengths: of each number.
        budget: most places of a part, each number having the length of the longest.
    """
    part: list[int] = []
    for number in sorted(lengths, key=lambda one: lengths[one]):
        if part and (len(part) + 1) * lengths[number] > budget:
            yield part
            part = []
        part.append(number)
    if part:
        yield part
