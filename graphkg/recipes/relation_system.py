"""RelationSystem: a relation extractor in use: prepares sentences, predicts, scores, saves."""

from __future__ import annotations

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
from ..models import Predicted
from ..training.batches import LengthBatches
from .base import System, write_recipe
from .jrrelp import JRRELPRecipe
from .relation_build import Parts, build_parts, read_parts, write_parts
from .relation_data import RelationData
from .relation_scores import SINGLE, RelationScores, score_labels, score_pairs


class RelationSystem(System):
    """A relation extractor, alone or with a link predictor, in use: a TripleExtractor.

    Args:
        recipe: the settings.
        parts: the joint model (at test time only its extractor runs), vocabularies and inputs.
        negative: the label that stands for no relation.
        data: name and sizes of the training data, the protocol of every number.
        name: what extracted triples say that they come from.
    """

    def __init__(
        self,
        recipe: JRRELPRecipe,
        parts: Parts,
        negative: str | None,
        data: dict[str, Any],
        name: str = "jrrelp",
    ):
        self.recipe, self.parts = recipe, parts
        self.model, self.vocabularies, self.inputs = parts.model, parts.vocabularies, parts.inputs
        self.negative, self.data, self.name = negative, data, name
        self.training = {}
        self.fingerprint = ""

    @classmethod
    def build(
        cls, recipe: JRRELPRecipe, data: RelationData, vectors: WordVectors | None
    ) -> RelationSystem:
        """Builds an untrained system for `data`; `recipe.train.seed` draws its weights."""
        parts = build_parts(recipe, data, vectors)
        return cls(recipe, parts, data.negative, data.protocol())

    def prepare(self, graphs: Iterable[SentenceGraph]) -> list[SentenceGraph]:
        """Returns one masked and encoded graph for each mention pair, in order."""
        return self.inputs.prepare(graphs)

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
        batch = self.inputs.batch(graphs).to(device)
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
        possible = seen.any(2) | (self.recipe.kg == "shuffled")
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

    def chosen(self, predicted: Predicted) -> list[list[int]]:
        """Returns the relations that count as the answer to each pair, by the data's metric."""
        if self.data["metric"] in SINGLE:
            return [[best] for best in predicted.best.tolist()]
        return [row.nonzero().view(-1).tolist() for row in predicted.holds]

    def evaluate(
        self, graphs: Sequence[SentenceGraph], predicted: Predicted | None = None
    ) -> RelationScores:
        """Scores the labelled pairs of `graphs` by the metric of the training data.

        Args:
            graphs: the sentences.
            predicted: what :meth:`predict` gave for them, if they were asked already.
        """
        metric, labels = self.data["metric"], self.vocabularies.relation.labels
        rows = self.chosen(self.predict(graphs) if predicted is None else predicted)
        found = [[labels[relation] for relation in row] for row in rows]
        if metric in SINGLE:
            best = [row[0] for row in found]
            return score_labels(metric, graphs, best, self.negative, self.protocol())
        return score_pairs(graphs, [set(row) for row in found], self.negative, self.protocol())

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with."""
        return {"system": "jrrelp", "model": self.name, **self.data, "training": self.training}

    def write(self, folder: Path) -> None:
        """Writes weights (word rows as float16), vocabularies, checksums and, last, the recipe."""
        write_parts(self.parts, folder)
        more = {"data": self.data, "negative": self.negative, "training": self.training}
        write_recipe(folder, "jrrelp", self.recipe, trained=True, **more)

    @classmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> RelationSystem:
        """Builds the system that :meth:`write` wrote."""
        settings = JRRELPRecipe.parse(recipe["settings"], f"{folder}/recipe.yaml")
        parts = read_parts(settings, folder, recipe["negative"])
        name = folder.resolve().name
        return cls(settings, parts, recipe["negative"], recipe["data"], name)

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
