"""RelationSystem: a relation extractor in use: prepares sentences, predicts, scores, saves."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch_geometric.loader import DataLoader

from ..datasets.vectors import WordVectors
from ..errors import InputError
from ..graphs import SentenceGraph, Triple
from ..graphs.sentence import REL
from ..models import JRRELP, KindGraph
from ..models.jrrelp import Predicted
from ..training.batches import LengthBatches
from ..training.saving import (
    CHECKSUMS,
    check_checksums,
    new_folder,
    read_weights,
    sha256,
    weight_shapes,
    write_checksums,
    write_weights,
)
from ..transforms import ExpandPairs, PruneTree, Substitute, split_pairs
from ..vocab import Vocabularies
from .base import write_recipe
from .jrrelp import JRRELPRecipe
from .relation_data import RelationData
from .relation_model import build_model
from .relation_scores import RelationScores, score_pairs, score_semeval
from .relation_vocabularies import build_vocabularies, lower_words, word_rows

TOKEN = "store.tables.token."


class RelationSystem:
    """JRRELP with C-GCN and ConvE, its vocabularies and settings: a TripleExtractor.

    Args:
        recipe: the settings.
        model: the joint model; at test time only its extractor runs.
        vocabularies: of words, tags, kinds and relations.
        negative: the label that stands for no relation.
        data: name and sizes of the training data, the protocol of every number.
        name: what extracted triples say that they come from.
    """

    def __init__(
        self,
        recipe: JRRELPRecipe,
        model: JRRELP,
        vocabularies: Vocabularies,
        negative: str | None,
        data: dict[str, Any],
        name: str = "jrrelp",
    ):
        self.recipe, self.model, self.vocabularies = recipe, model, vocabularies
        self.negative, self.data, self.name = negative, data, name
        self.training: dict[str, Any] = {}
        self.fingerprint = ""
        self.prune = PruneTree(recipe.prune_k)
        self.expand = ExpandPairs(vocabularies, recipe.prune_k, names=recipe.names)

    @classmethod
    def build(
        cls, recipe: JRRELPRecipe, data: RelationData, vectors: WordVectors | None
    ) -> RelationSystem:
        """Builds an untrained system for `data`; `recipe.train.seed` draws its weights."""
        torch.manual_seed(recipe.train.seed)
        lowered = [lower_words(g) for g in data.train] if recipe.lower_case else data.train
        vocabularies = build_vocabularies(
            lowered, data.relations, vectors, recipe.minimum_count, recipe.extra_words
        )
        kinds = KindGraph.from_sentences(
            lowered, vocabularies, data.negative, recipe.no_relation_kg
        )
        dim = vectors.dim if vectors else recipe.word_dim
        rows, new = word_rows(vocabularies.word, vectors, dim)
        trained = new if recipe.freeze_vectors else None
        model = build_model(recipe, vocabularies, kinds, rows, trained)
        return cls(recipe, model, vocabularies, data.negative, data.protocol())

    def prepare(self, graphs: Iterable[SentenceGraph]) -> list[SentenceGraph]:
        """Returns one masked, pruned and encoded graph for each mention pair, in order."""
        mask, prepared = Substitute(self.recipe.names), []
        for graph in graphs:
            graph = lower_words(graph) if self.recipe.lower_case else graph
            pieces = [mask(piece).encode(self.vocabularies) for piece in split_pairs(graph)]
            prepared += self.prune.many(pieces)
        return prepared

    def batches(self, graphs: Iterable[SentenceGraph]) -> DataLoader:
        """Returns the training batches of all mention pairs, shuffled, of similar lengths."""
        pairs = self.prepare(graphs)
        lengths = [int(pair["token"].num_nodes) for pair in pairs]
        sampler = LengthBatches(lengths, self.recipe.train.batch_size)
        return DataLoader(pairs, batch_sampler=sampler)

    def predict(self, graphs: Sequence[SentenceGraph], size: int = 256) -> Predicted:
        """Predicts the relations of every mention pair of the sentences, in order.

        Relations never seen between the two kinds in training are left out if the recipe says
        ``typed``. Sentences of similar length are encoded together, about `size` pairs a batch.

        Raises:
            InputError: no sentence has a mention pair.
        """
        graphs = [piece for graph in graphs for piece in _pieces(graph, size)]
        counts = torch.tensor([_count_pairs(graph) for graph in graphs])
        asked = [n for n in range(len(graphs)) if counts[n]]
        if not asked:
            raise InputError(f"none of {len(graphs)} sentences has a mention pair: give some pairs")
        asked.sort(key=lambda n: int(graphs[n]["token"].num_nodes))
        load = counts[asked].cumsum(0).div(size, rounding_mode="floor")
        sizes = load.unique_consecutive(return_counts=True)[1].tolist()
        parts = torch.tensor(asked, dtype=torch.long).split(sizes)
        found = [self._predict_batch([graphs[n] for n in part.tolist()]) for part in parts]
        first = counts.cumsum(0) - counts
        back = torch.cat([torch.arange(int(counts[n])) + first[n] for n in asked]).argsort()
        columns = zip(*((p.logits, p.probabilities, p.holds, p.best) for p in found))
        return Predicted(*(torch.cat(column).cpu()[back] for column in columns))

    def _predict_batch(self, graphs: list[SentenceGraph]) -> Predicted:
        device = next(self.model.parameters()).device
        lowered = [lower_words(g) for g in graphs] if self.recipe.lower_case else graphs
        batch = self.expand(lowered).to(device)
        found = self.model.predict(batch)
        if not self.recipe.typed:
            return found
        holds = found.holds & self.allowed(batch)
        if self.model.no_relation is not None:
            holds[:, self.model.no_relation] |= ~holds.any(1)
        best = found.probabilities.masked_fill(~holds, -1.0).argmax(1)
        return Predicted(found.logits, found.probabilities, holds, best)

    def allowed(self, batch: SentenceGraph) -> Tensor:
        """Returns which relations training saw between the kinds of each pair, [B, R]."""
        first = batch[REL].edge_index[:, _first_edges(batch)]
        subject, object_ = batch["mention"].kind[first]
        return self._seen.to(subject.device)[subject, object_]

    @cached_property
    def _seen(self) -> Tensor:
        """[S, S, R], true where training stated (subject kind, relation, object kind)."""
        known, kinds = self.model.get_buffer("known"), self.vocabularies.kind
        seen = torch.zeros(len(kinds), len(kinds), known.size(1), dtype=torch.bool)
        masks = [word.removeprefix("OBJ-") for word in self._object_masks()]
        for column, kind in enumerate(masks):
            seen[:, kinds[kind]] = known[:, :, column].cpu()
        return seen

    def _object_masks(self) -> list[str]:
        words = self.vocabularies.word
        rows = self.model.store["object"].get_buffer("rows")
        return [words.label(row) for row in rows.tolist()]

    def extract(self, graphs: SentenceGraph | Sequence[SentenceGraph]) -> list[list[Triple]]:
        """Returns the triples of each sentence: all ordered pairs of its mentions in one pass.

        Pairs of overlapping mentions, and of kinds that no training triple joined, are not asked.
        """
        graphs = [graphs] if isinstance(graphs, SentenceGraph) else list(graphs)
        seen = self._seen.clone()
        if self.model.no_relation is not None:
            seen[:, :, self.model.no_relation] = False
        possible = seen.any(2)
        asked = [graph.with_pairs(self._candidates(graph, possible)) for graph in graphs]
        found: list[list[Triple]] = [[] for _ in graphs]
        places = [
            (n, subject, object_) for n, g in enumerate(asked) for subject, object_, _ in g.pairs
        ]
        if not places:
            return found
        predicted = self.predict([graph for graph in asked if graph.pairs])
        rows, labels = predicted.holds.nonzero().tolist(), self.vocabularies.relation.labels
        mentions = [graph.mentions for graph in graphs]
        for row, relation in rows:
            if relation == self.model.no_relation:
                continue
            number, subject, object_ = places[row]
            score = float(predicted.probabilities[row, relation])
            ends = mentions[number][subject], mentions[number][object_]
            found[number].append(Triple(ends[0], labels[relation], ends[1], score))
        return found

    def _candidates(self, graph: SentenceGraph, possible: Tensor) -> list[tuple[int, int, None]]:
        start, end = graph["mention"].span.unbind(1)
        before = end.unsqueeze(1) <= start
        kind = torch.tensor(self.vocabularies.kind.ids(graph.labels.kinds), dtype=torch.long)
        asked = (before | before.t()) & possible[kind][:, kind]
        return [(subject, object_, None) for subject, object_ in asked.nonzero().tolist()]

    def evaluate(self, graphs: Sequence[SentenceGraph]) -> RelationScores:
        """Scores the labelled pairs of `graphs` by the metric of the training data."""
        predicted = self.predict(graphs)
        labels = self.vocabularies.relation.labels
        if self.data["metric"] == "semeval":
            best = [labels[n] for n in predicted.best.tolist()]
            return score_semeval(graphs, best, self.protocol())
        holds = predicted.holds
        found = [{labels[r] for r in row.nonzero().view(-1).tolist()} for row in holds]
        return score_pairs(graphs, found, self.negative, self.protocol())

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with."""
        return {"system": "jrrelp", "model": self.name, **self.data, "training": self.training}

    def save_pretrained(self, folder: str | Path) -> None:
        """Writes the system into a new folder: word rows as float16, all else as trained."""
        with new_folder(folder) as beside:
            self.write(beside)

    def write(self, folder: Path) -> None:
        """Writes weights, vocabularies, checksums and, last, the recipe into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = [name for name in self.model.state_dict() if name.startswith(TOKEN)]
        write_weights(self.model, folder, half=rows)
        self.vocabularies.save(folder / "vocabularies")
        parts = ["model.safetensors", *(f"vocabularies/{p}" for p in _names(folder))]
        write_checksums(folder, parts)
        more = {"data": self.data, "negative": self.negative, "training": self.training}
        write_recipe(folder, "jrrelp", self.recipe, trained=True, **more)

    @classmethod
    def read(cls, folder: Path, recipe: dict[str, Any]) -> RelationSystem:
        """Builds the system that :meth:`write` wrote."""
        check_checksums(folder)
        settings = JRRELPRecipe.parse(recipe["settings"], f"{folder}/recipe.yaml")
        vocabularies = Vocabularies.load(folder / "vocabularies")
        shapes = weight_shapes(folder)
        kinds = KindGraph(
            torch.zeros(shapes["subject_rows"], dtype=torch.long),
            torch.zeros(shapes["store.tables.object.rows"], dtype=torch.long),
            torch.zeros(shapes["known"], dtype=torch.bool),
            torch.ones(shapes["counted"], dtype=torch.bool),
            None if recipe["negative"] is None else vocabularies.relation[recipe["negative"]],
        )
        learned, dim = shapes[f"{TOKEN}weight"]
        rows = torch.zeros(len(vocabularies.word), dim)
        trained = learned if f"{TOKEN}fixed" in shapes else None
        model = build_model(settings, vocabularies, kinds, rows, trained)
        read_weights(model, folder)
        model.eval()
        name = folder.resolve().name
        system = cls(settings, model, vocabularies, recipe["negative"], recipe["data"], name)
        system.training = recipe["training"]
        system.fingerprint = sha256(folder / CHECKSUMS)
        return system

    @classmethod
    def from_pretrained(cls, folder: str | Path = "default") -> RelationSystem:
        """Loads a run folder, a bundled model or ``hub:owner/name``, see :func:`load`."""
        from .base import load

        return load(folder)

    def __repr__(self) -> str:
        return f"RelationSystem({self.name!r}, {self.model!r})"


def _pieces(graph: SentenceGraph, size: int) -> list[SentenceGraph]:
    """Cuts a sentence with more than `size` pairs, so that memory does not grow with its pairs."""
    if _count_pairs(graph) <= size:
        return [graph]
    pairs = [(s, o, None) for s, o in dict.fromkeys(pair[:2] for pair in graph.pairs)]
    return [graph.with_pairs(pairs[i : i + size]) for i in range(0, len(pairs), size)]


def _count_pairs(graph: SentenceGraph) -> int:
    return len({(subject, object_) for subject, object_, _ in graph.pairs})


def _first_edges(batch: SentenceGraph) -> Tensor:
    """Returns the first relation edge of each sentence of a batch, [B]."""
    sentence = batch["mention"].batch[batch[REL].edge_index[0]]
    counts = torch.bincount(sentence, minlength=batch.num_graphs)
    return counts.cumsum(0) - counts


def _names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder / "vocabularies"))
