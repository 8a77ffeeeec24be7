"""The batches of JAKET's pre-training: a piece of the graph and some texts, masked, each step.

Letters: N entities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import torch
from torch_geometric.data import Batch, HeteroData

from ..graphs import JointGraph, SentenceGraph, linked_entities
from ..graphs.knowledge import ASKED
from ..models import JAKETPretraining
from ..sampling import NeighborSampler, RandomWalks
from ..training.module import Validate
from ..transforms import EntityCandidates, MaskEdges, MaskText
from .jaket import JAKETRecipe
from .jaket_build import DIRECTION
from .jaket_data import PretrainingData

VALID_SEED = 13
Pair = tuple["HeteroData | None", "JointGraph | SentenceGraph | None"]


class PretrainingBatches:
    """A graph batch and a text batch a step; an epoch reads every text once.

    Roots are drawn by random walks, the neighbours of roots and of the texts' entities by
    :class:`~graphkg.sampling.NeighborSampler`, masks anew each time, all from torch's global
    generator, which :func:`~graphkg.training.fit` seeds each epoch. Without texts, an epoch has as
    many steps as it takes to draw N roots. With ``kg="off"`` texts are alone and unlinked.

    Args:
        recipe: the settings.
        data: graph and texts.
        tokenizer: of the encoder.
        num_pieces: of the encoder's vocabulary.
    """

    def __init__(self, recipe: JAKETRecipe, data: PretrainingData, tokenizer: Any, num_pieces: int):
        self.recipe, self.texts = recipe, data.texts.graphs
        self.size = recipe.train.batch_size
        self.linked = recipe.kg != "off"
        graph = data.graph
        self.sampler = NeighborSampler(graph, recipe.fan_outs, DIRECTION)
        self.walks = RandomWalks(self.sampler.adjacency, recipe.walk_length)
        self.roots = min(recipe.roots, self.sampler.adjacency.num_entities)
        self.mask_edges = MaskEdges(graph, recipe.edge_share, recipe.mask_target_edges)
        candidates = EntityCandidates(graph, recipe.neighbours, recipe.random)
        self.mask_text = MaskText(
            tokenizer,
            num_pieces,
            candidates if self.linked else None,
            recipe.token_share,
            recipe.mention_share,
            recipe.mask_mention_tokens,
        )

    def graph_batch(self) -> HeteroData | None:
        """Draws roots, their neighbourhood and what is asked about it."""
        if not self.linked:
            return None
        roots = self.walks.roots(self.roots)
        return self.mask_edges(self.sampler.sample(roots), roots.numel())

    def text_batch(self, texts: Sequence[SentenceGraph]) -> JointGraph | SentenceGraph:
        """Masks texts and joins them with the neighbourhood of the entities that are left."""
        masked = self.mask_text(Batch.from_data_list(list(texts)))
        if not self.linked:
            return masked
        return JointGraph.join(masked, self.sampler.sample(linked_entities(masked)))

    def __iter__(self) -> Iterator[Pair]:
        if not self.texts:
            for _ in range(len(self)):
                yield self.graph_batch(), None
            return
        for part in torch.randperm(len(self.texts)).split(self.size):
            yield self.graph_batch(), self.text_batch([self.texts[n] for n in part.tolist()])

    def __len__(self) -> int:
        if self.texts:
            return -(-len(self.texts) // self.size)
        return -(-self.sampler.adjacency.num_entities // self.roots)


def valid_batches(batches: PretrainingBatches, data: PretrainingData) -> list[Pair]:
    """Returns batches of what was held back, whose masks and neighbours are drawn once.

    Pieces of the graph hold the entities whose categories were held back, and validation triples
    as the facts that are asked about; no message holds these.
    """
    texts = data.valid_texts.graphs
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(VALID_SEED)
        parts = [texts[n : n + batches.size] for n in range(0, len(texts), batches.size)]
        joined = [batches.text_batch(part) for part in parts]
        pieces = list(_valid_pieces(batches, data)) if batches.linked else []
    return list(zip_longest(pieces, joined))


def _valid_pieces(batches: PretrainingBatches, data: PretrainingData) -> Iterator[HeteroData]:
    """Pieces around held-back categories and validation triples, in parts of about one step."""
    rows, category = data.valid_triples, data.valid_graph["entity"].get("category")
    none = torch.empty(0, dtype=torch.long)
    labelled = none if category is None else (category >= 0).nonzero().view(-1)
    count = max(1, -(-(2 * len(rows) + labelled.numel()) // batches.roots))
    labels = MaskEdges(data.valid_graph, 0.0)
    for facts, entities in zip(rows.tensor_split(count), labelled.tensor_split(count)):
        seeds = torch.cat([facts[:, [0, 2]].reshape(-1), entities]).unique()
        if not seeds.numel():
            continue
        piece = labels(batches.sampler.sample(seeds), seeds.numel())
        head, tail = (torch.searchsorted(seeds, facts[:, column].contiguous()) for column in (0, 2))
        piece[ASKED].edge_index = torch.stack([head, tail])
        piece[ASKED].edge_type = facts[:, 1]
        yield piece


def likelihood(pairs: Sequence[Pair]) -> Validate:
    """Minus the weighted loss on some batches, and each loss by name (a mean over its batches)."""

    def validate(model: JAKETPretraining) -> dict[str, float]:
        device = next(model.parameters()).device
        found: dict[str, list[float]] = {}
        for piece, text in pairs:
            moved = tuple(None if part is None else part.to(device) for part in (piece, text))
            for name, loss in model.losses(moved).items():  # type: ignore[arg-type]
                found.setdefault(name, []).append(float(loss))
        means = {name: sum(losses) / len(losses) for name, losses in found.items()}
        return {"likelihood": -sum(means.values()), **means}

    return validate
