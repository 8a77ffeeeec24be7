"""LPBERT: link prediction between texts, a vector for (head, relation) and one for each tail.

Letters: n triples of a batch, m candidate entities of a batch, B queries, N entities, H channels.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import InputError, check_choices
from ..graphs import GraphTexts, Sequences, TripleIndex
from ..nn.bank import InstanceBank
from ..nn.contrast import DISTANCES, SQUASHES, distance_loss, focal_loss, info_nce, squashed
from ..nn.temperature import Temperature
from ..nn.text_encoder import TextEncoder
from .text_ranker import DirectRanker, TextRanker, encode_entities
from .text_scorer import TextScorer

LOSSES = ("paper", "contrast")
LABELS = ("train_known", "identity")
NEGATIVES = ("tails", "own_head", "batch")


class LPBERT(nn.Module):
    r"""Siamese text encoder with in-batch labels (Li et al., 2022, Section 3.3).

    .. math::
        u = \mathrm{enc}(\text{head} \mathbin{|} \text{relation}), \quad
        v = \mathrm{enc}(\text{tail})

    ``loss="paper"`` is :math:`L_1 + L_2` (Eq. 11, 12) over all n x n pairs of a batch.
    ``loss="contrast"`` is InfoNCE with margin and temperature (SimKGC), which ranks better.

    Args:
        encoder: of all texts.
        texts: of the graph, 2 R relation texts.
        index: triples of TRAIN with inverses: known answers are no negatives.
        loss: ``"paper"`` or ``"contrast"``.
        scorer: ``"cosine"``, or ``"concat"``, a linear layer on ``[u; v; u - v; u * v]``.
        squash: how Eq. 11 makes a probability of a score: ``"none"``, ``"half"``, ``"sigmoid"``.
        alpha: weight of positives in Eq. 11.
        gamma: exponent of Eq. 11.
        distance: form of Eq. 12, see :func:`~graphkg.nn.contrast.distance_loss`.
        inbatch_labels: Y is 1 for all triples known in TRAIN, or (``"identity"``) the diagonal.
        inverse: ask for heads through inverse relations; else by scoring every (head, relation)
            against the tail, as the paper does for WN18RR.
        temperature: of ``"contrast"``.
        learned_temperature: train it, from `temperature` on.
        margin: of ``"contrast"``.
        negatives: of ``"contrast"``: other tails of the batch, these and the query's own head, or
            all entities of the batch.
        symmetric: of ``"contrast"``: also asks for the query of each tail, as SimKGC does.
        pre_batch: tails of how many batches before are negatives, too.
        batch_size: n, which sizes the memory of `pre_batch`.
        towers: 1, or 2 for an encoder of its own for tails, with the same first weights.
        budget: places of one pass of the encoder, see :meth:`TextEncoder.vectors`.

    Raises:
        InputError: an unknown choice, or texts of another graph than the index.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        texts: GraphTexts,
        index: TripleIndex,
        loss: str = "paper",
        scorer: str = "cosine",
        squash: str = "none",
        alpha: float = 0.8,
        gamma: float = 2.0,
        distance: str = "per_pair",
        inbatch_labels: str = "train_known",
        inverse: bool = True,
        temperature: float = 0.05,
        learned_temperature: bool = True,
        margin: float = 0.02,
        negatives: str = "own_head",
        symmetric: bool = True,
        pre_batch: int = 0,
        batch_size: int = 64,
        towers: int = 1,
        budget: int | None = None,
    ):
        super().__init__()
        check_choices(
            "LPBERT", loss=(loss, LOSSES), squash=(squash, SQUASHES), distance=(distance, DISTANCES)
        )
        check_choices(
            "LPBERT", inbatch_labels=(inbatch_labels, LABELS), negatives=(negatives, NEGATIVES)
        )
        if (texts.num_entities, 2 * texts.num_relations) != (
            index.num_entities,
            index.num_relations,
        ):
            raise InputError(
                f"{texts!r} and {index!r} are of different graphs: index TRAIN with inverses"
            )
        self.encoder, self.texts = encoder, texts
        self.tail_encoder = copy.deepcopy(encoder) if towers == 2 else None
        self.scorer = TextScorer(scorer, encoder.dim)
        self.loss, self.squash, self.alpha, self.gamma = loss, squash, alpha, gamma
        self.distance, self.inbatch_labels, self.inverse = distance, inbatch_labels, inverse
        self.margin, self.negatives, self.symmetric = margin, negatives, symmetric
        self.budget = budget
        self._index = index
        if loss == "contrast":
            self.temperature = Temperature(temperature, learned_temperature)
        size = pre_batch * batch_size if loss == "contrast" else 0
        self.bank = InstanceBank(size, encoder.dim) if size else None

    @property
    def num_entities(self) -> int:
        """N."""
        return self.texts.num_entities

    @property
    def scorer_device(self) -> torch.device:
        """Where it computes."""
        return self.encoder.embedding.weight.device

    def query_vectors(self, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns u of (entity, relation, ?), [B] and [B] give [B, H]; each pair is read once."""
        width = len(self.texts.relation)
        key, place = (entity * width + relation).unique(return_inverse=True)
        return self._encode(self.encoder, self.texts.queries(key // width, key % width))[place]

    def query_rows(self, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns rows whose products with rows of entities are the scores of a ranking.

        With ``"contrast"`` the scores are the logits of its softmax: cosines over the temperature.
        """
        rows = self.scorer.query_rows(self.query_vectors(entity, relation))
        return rows / self.temperature() if self.loss == "contrast" else rows

    def entity_vectors(self, entity: Tensor) -> Tensor:
        """Returns v of distinct entities, [m] -> [m, H]."""
        return self._encode(self.tail_encoder or self.encoder, self.texts.entities(entity))

    def _encode(self, encoder: TextEncoder, given: Sequences) -> Tensor:
        return encoder.vectors(given.piece, given.ptr, given.segment, self.budget)

    def losses(self, batch: Tensor) -> dict[str, Tensor]:
        """Returns the losses of triples [n, 3]: ``focal`` and ``distance``, or ``contrast``."""
        head, relation, tail = batch.unbind(1)
        u = self.query_vectors(head, relation)
        if self.loss == "contrast":
            return {"contrast": self.contrast_loss(u, head, relation, tail)}
        distinct, place = tail.unique(return_inverse=True)
        v = self.entity_vectors(distinct)[place]
        labels = self.labels(head, relation, tail)
        return {
            "focal": self.focal_loss(u, v, labels),
            "distance": self.distance_loss(u, v, labels),
        }

    def labels(self, head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
        """Y, boolean [n, n]: which (h_i, r_i, t_j) hold."""
        if self.inbatch_labels == "identity":
            return torch.eye(len(head), dtype=torch.bool, device=head.device)
        return self._known(head, relation, tail)

    def focal_loss(self, u: Tensor, v: Tensor, labels: Tensor) -> Tensor:
        """Eq. 11 on the scores of all pairs."""
        scores = squashed(self.scorer(u, v), self.squash)
        return focal_loss(scores, labels, self.alpha, self.gamma)

    def distance_loss(self, u: Tensor, v: Tensor, labels: Tensor) -> Tensor:
        """Eq. 12 on the distances of all pairs."""
        return distance_loss(u, v, labels, self.distance)

    def contrast_loss(self, u: Tensor, head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
        """InfoNCE of every query over the candidates of the batch, and of every tail."""
        given = tail if self.negatives == "tails" else torch.cat([tail, head])
        candidates, place = given.unique(return_inverse=True)
        n = tail.numel()
        gold, own_head = place[:n], place[n:]
        rows = self.entity_vectors(candidates)
        scores = self.scorer(u, rows)
        known = self._known(head, relation, candidates)
        scale, own = 1 / self.temperature(), torch.arange(n, device=tail.device)
        there, left_out = scores, known
        if self.negatives == "own_head":
            allowed = torch.zeros_like(known)
            allowed[:, gold] = True
            allowed[own, own_head] = True
            left_out = known | ~allowed
        if self.bank is not None:
            more, known_before = self._remembered(u, head, relation)
            there = torch.cat([scores, more], 1)
            left_out = torch.cat([left_out, known_before], 1)
            if self.training:
                self.bank.remember(rows[gold], tail)
        loss = info_nce(there, gold, left_out, scale, self.margin)
        if not self.symmetric:
            return loss
        back, other = scores[:, gold].t(), known[:, gold].t()
        return loss + info_nce(back, own, other, scale, self.margin)

    def _remembered(self, u: Tensor, head: Tensor, relation: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of the tails of batches before, and which of them are no negatives."""
        assert self.bank is not None
        tails = self.bank.label
        known = self._known(head, relation, tails.clamp(min=0)) | (tails < 0)
        return self.scorer(u, self.bank.rows), known

    def _known(self, head: Tensor, relation: Tensor, candidates: Tensor) -> Tensor:
        """Which candidates [m] are answers in TRAIN to queries [n], boolean [n, m]."""
        if self._index.device != head.device:
            self._index = self._index.to(head.device)
        return self._index.contains(head.unsqueeze(1), relation.unsqueeze(1), candidates)

    def frozen(self) -> TextRanker | DirectRanker:
        """Returns the model as it ranks now: every entity is encoded once, here."""
        memory = encode_entities(self)
        return TextRanker(self, memory) if self.inverse else DirectRanker(self, memory)

    def score_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns the scores of all entities as tails of (head, relation, ?), [B, N]."""
        return self.frozen().score_tails(head, relation)

    def score_heads(self, relation: Tensor, tail: Tensor) -> Tensor:
        """Returns the scores of all entities as heads of (?, relation, tail), [B, N]."""
        return self.frozen().score_heads(relation, tail)

    def with_texts(self, texts: GraphTexts) -> LPBERT:
        """Returns the model with the same weights over the texts of further entities."""
        other = copy.copy(self)
        other.texts = texts
        return other

    def groups(self) -> dict[str, Any]:
        """Parameter groups: ``encoder``, and ``head``, the layers that are new."""
        both = [self.encoder, *([self.tail_encoder] if self.tail_encoder else [])]
        encoder = [p for part in both for p in part.parameters()]
        own = {id(p) for p in encoder}
        return {"encoder": encoder, "head": [p for p in self.parameters() if id(p) not in own]}

    def __repr__(self) -> str:
        towers = 2 if self.tail_encoder else 1
        return (
            f"LPBERT({self.encoder!r}, {self.num_entities} entities, {self.loss}, "
            f"{self.scorer.kind}, towers={towers})"
        )
