"""JAKETPretraining: what JAKET learns from a graph and from texts before any task.

Letters: n entities of a piece of a graph, K pairs, P pieces, M mentions, C candidates, D channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.data import HeteroData

from ..errors import InputError, nearest
from ..graphs import JointGraph, SentenceGraph
from ..graphs.knowledge import ASKED
from ..graphs.mention_pieces import mention_ends, mention_pieces
from ..nn.entity_head import EntityHead, RelationHead
from ..nn.vocabulary_head import VocabularyHead, masked_loss
from ..stores import MemoryTable
from .jaket import JAKET

LOSSES = ("category", "relation", "token", "entity")

Batch = tuple[HeteroData | None, JointGraph | SentenceGraph | None]


class JAKETPretraining(nn.Module):
    r"""JAKET with the heads of its four tasks (Yu et al., 2020, Section 3.4).

    .. math:: L = w_c L_c + w_r L_r + w_t L_t + w_e L_e

    the category of an entity and the relation of a pair, from :math:`E^{KM}`; the masked piece and
    the entity of a masked mention, from :math:`Z^{LM}`. Each is a mean over what is asked about in
    the batch, 0 where nothing is. What is asked about was drawn by
    :class:`~graphkg.transforms.MaskEdges` and :class:`~graphkg.transforms.MaskText`.

    Args:
        model: what is pre-trained.
        num_categories: of entities; without any there is no loss ``category``.
        num_relations: without inverse ones; without any there is no loss ``relation``.
        weights: of the losses ``category``, ``relation``, ``token`` and ``entity``, 1 each by
            default (the paper names none); 0 leaves a loss out.

    Raises:
        InputError: the weight of an unknown loss, or a negative one.
    """

    def __init__(
        self,
        model: JAKET,
        num_categories: int = 0,
        num_relations: int = 0,
        weights: Mapping[str, float] | None = None,
    ):
        super().__init__()
        given = dict(weights or {})
        for name, weight in given.items():
            if name not in LOSSES:
                raise InputError(
                    f"a weight of the loss {name!r} was given{nearest(name, list(LOSSES))}, but "
                    f"the losses are {', '.join(LOSSES)}"
                )
            if weight < 0:
                raise InputError(f"the loss {name!r} has weight {weight}, but it is at least 0")
        self.model, dim = model, model.dim
        self.weights = {name: float(given.get(name, 1.0)) for name in LOSSES}
        self.heads = nn.ModuleDict()
        if num_categories and self.weights["category"]:
            self.heads["category"] = nn.Linear(dim, num_categories)
        if num_relations and self.weights["relation"]:
            self.heads["relation"] = RelationHead(dim, num_relations)
        if self.weights["token"]:
            self.heads["token"] = _vocabulary_head(model.lower.embedding, dim)
        if self.weights["entity"]:
            self.heads["entity"] = EntityHead(dim)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Returns the weighted losses of a piece of a graph and a batch of texts; either may lack.

        Raises:
            InputError: a piece or a text that nothing was drawn for.
        """
        piece, text = batch
        found: dict[str, Tensor] = {}
        if piece is not None:
            found |= self.graph_losses(piece)
        if text is not None:
            found |= self.text_losses(text)
        return {name: self.weights[name] * loss for name, loss in found.items()}

    def graph_losses(self, piece: HeteroData) -> dict[str, Tensor]:
        """Returns ``category`` and ``relation``, as far as there are heads."""
        _check_drawn("label" in piece["entity"], "graph", "MaskEdges")
        rows, found = self.model.read_graph(piece), {}
        if "category" in self.heads:
            found["category"] = self.category_loss(rows, piece["entity"].label)
        if "relation" in self.heads:
            asked = piece[ASKED]
            found["relation"] = self.relation_loss(rows, asked.edge_index, asked.edge_type)
        return found

    def text_losses(self, text: JointGraph | SentenceGraph) -> dict[str, Tensor]:
        """Returns ``token``, and ``entity`` if mentions were masked, as far as there are heads."""
        _check_drawn("piece" in text.node_types and "label" in text["piece"], "text", "MaskText")
        rows, found = self.model.read_text(text), {}
        if "token" in self.heads:
            found["token"] = self.token_loss(rows, text["piece"].label)
        if "entity" in self.heads and "candidate" in text["mention"]:
            means, candidates = self._asked_mentions(rows, text)
            found["entity"] = self.entity_loss(means, candidates)
        return found

    def category_loss(self, rows: Tensor, label: Tensor) -> Tensor:
        """L_c: cross entropy of the categories [n] of entities [n, D]; -1 is not asked about."""
        return masked_loss(self.heads["category"], rows, label, ignored=-1)

    def relation_loss(self, rows: Tensor, pair: Tensor, relation: Tensor) -> Tensor:
        """L_r: cross entropy of the relations [K] of pairs [2, K] of entities [n, D]."""
        if not relation.numel():
            return rows.sum() * 0.0
        scores = self.heads["relation"](rows[pair[0]], rows[pair[1]])
        return F.cross_entropy(scores, relation)

    def token_loss(self, rows: Tensor, label: Tensor) -> Tensor:
        """L_t: cross entropy of the pieces [P] that stood in place of [P, D]."""
        return masked_loss(self.heads["token"], rows, label)

    def entity_loss(self, means: Tensor, candidates: Tensor) -> Tensor:
        """L_e: cross entropy of the first candidate [M, C] of mentions [M, D]; -1 is none.

        The candidates' rows are constants.
        """
        if not candidates.size(0):
            return means.sum() * 0.0
        entity, place = candidates.clamp(min=0).unique(return_inverse=True)
        with torch.no_grad():
            rows = self.model.context(entity)
        scores = self.heads["entity"](means, rows[place])
        scores = scores.masked_fill(candidates < 0, -torch.inf)
        return F.cross_entropy(scores, candidates.new_zeros(candidates.size(0)))

    def _asked_mentions(self, rows: Tensor, text: HeteroData) -> tuple[Tensor, Tensor]:
        """(Z_s + Z_o) / 2 of the masked mentions, [M, D], and their candidates, [M, C]."""
        candidates = text["mention"].candidate
        asked = candidates[:, 0] >= 0
        first, last = mention_ends(mention_pieces(text), candidates.size(0))
        return (rows[first[asked]] + rows[last[asked]]) / 2, candidates[asked]

    def after_step(self, step: int) -> None:
        """Refreshes the memories if they are due."""
        self.model.after_step(step)

    def memories(self) -> dict[str, MemoryTable]:
        """The tables that checkpoints keep beside the weights."""
        return self.model.memories()

    def groups(self) -> dict[str, Any]:
        """Parameter groups: ``encoder``, and ``knowledge`` with the heads."""
        groups = self.model.groups()
        return {**groups, "knowledge": [*groups["knowledge"], *self.heads.parameters()]}

    def __repr__(self) -> str:
        weights = ", ".join(f"{name}={self.weights[name]:g}" for name in self.heads)
        return f"JAKETPretraining({self.model!r}, {weights})"


def _vocabulary_head(embedding: nn.Embedding, dim: int) -> VocabularyHead:
    """A head that begins with the encoder's own rows of the pieces, which it does not share."""
    head = VocabularyHead(dim, embedding.num_embeddings)
    if embedding.weight.shape == head.decoder.weight.shape:
        head.decoder.weight.data.copy_(embedding.weight.data)
    return head


def _check_drawn(drawn: bool, what: str, transform: str) -> None:
    if not drawn:
        raise InputError(
            f"the {what} of the batch says nothing of what is asked about: apply "
            f"graphkg.transforms.{transform} first"
        )
