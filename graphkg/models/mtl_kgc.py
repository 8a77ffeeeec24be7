"""MTLKGC: a text encoder with heads for link prediction, relation prediction and ranking.

Letters: B items of a batch, M negatives, T triples, N entities, R relations, D channels.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InputError
from ..graphs import GraphTexts, Sequences
from ..nn.text_encoder import TextEncoder

TASKS = ("lp", "rp", "rr")
CHUNK = 4096  # sequences that are sorted by length together


class TaskBatch(NamedTuple):
    """A batch of one task.

    Attributes:
        task: ``"lp"``, ``"rp"`` or ``"rr"``.
        triples: [B, 3] true ones.
        negatives: [M, 3] corrupted ones, none with ``"rp"``.
        source: [M] the true triple that each was made from.
    """

    task: str
    triples: Tensor
    negatives: Tensor
    source: Tensor


class MTLKGC(nn.Module):
    r"""Multi-task learning for knowledge graph completion (Kim et al., 2020).

    One encoder reads ``[CLS] head [SEP] relation [SEP] tail [SEP]``, or for relation prediction
    ``[CLS] head [SEP] tail [SEP]``; C is its vector after dropout, and each task has a head with a
    bias, as in the released code. A step trains one task with a batch of its own. With the task
    ``lp`` alone it is KG-BERT (Yao et al., 2019).

    ======  ==========================  =======================================================
    task    head                        loss, a mean over the batch
    ======  ==========================  =======================================================
    ``lp``  :math:`W_{LP}`, 2 x D       two-way cross entropy of true and corrupted triples
    ``rp``  :math:`W_{RP}`, R x D       cross entropy over the relations
    ``rr``  :math:`W_{RR}`, 1 x D       margin ranking of a true and a corrupted triple
    ======  ==========================  =======================================================

    Triples are ranked by the logit :math:`s_1` of being true as it is, neither by the softmax nor
    by :math:`s_1 - s_0`, as in the released code.

    Args:
        encoder: the encoder that all tasks share.
        texts: the texts of the entities and relations.
        tasks: which tasks there are; only they have heads.
        dropout: on C.
        margin: of ``rr``.
        rp_names: relation prediction reads the names of entities alone, as the released code does
            on FB15k-237.
        budget: places of one pass of the encoder, see :meth:`TextEncoder.vectors`.

    Raises:
        InputError: no task, an unknown one or one twice.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        texts: GraphTexts,
        tasks: Sequence[str] = TASKS,
        *,
        dropout: float = 0.1,
        margin: float = 0.1,
        rp_names: bool = False,
        budget: int | None = None,
    ):
        super().__init__()
        if not tasks or set(tasks) - set(TASKS) or len(set(tasks)) < len(tasks):
            raise InputError(
                f"tasks={list(tasks)} were given: give one or more of {', '.join(TASKS)}, each once"
            )
        self.encoder, self.tasks = encoder, tuple(tasks)
        self.margin, self.rp_names, self.budget = margin, rp_names, budget
        self.dropout = nn.Dropout(dropout)
        sizes = {"lp": 2, "rp": texts.num_relations, "rr": 1}
        self.heads = nn.ModuleDict({task: nn.Linear(encoder.dim, sizes[task]) for task in tasks})
        self._read(texts)

    def _read(self, texts: GraphTexts) -> None:
        self.texts = texts
        self._distinct, self._text_of = texts.entity.distinct()

    def with_texts(self, texts: GraphTexts) -> MTLKGC:
        """Returns the model over other texts; the weights are shared."""
        model = copy.copy(self)
        model._read(texts)
        return model

    @property
    def num_entities(self) -> int:
        """N."""
        return self.texts.num_entities

    @property
    def num_relations(self) -> int:
        """R."""
        return self.texts.num_relations

    @property
    def distinct(self) -> Tensor:
        """The first entity of each different text, [U]: entities of one text are scored once."""
        return self._distinct

    def losses(self, batch: TaskBatch) -> dict[str, Tensor]:
        """Returns the loss of the batch's task by its name."""
        losses = {"lp": self.lp_loss, "rp": self.rp_loss, "rr": self.rr_loss}
        return {batch.task: losses[batch.task](batch)}

    def lp_loss(self, batch: TaskBatch) -> Tensor:
        r"""L_LP: :math:`-\sum_x y \log \hat y_1 + (1 - y) \log \hat y_0`, averaged."""
        logits = self.lp_logits(torch.cat([batch.triples, batch.negatives]))
        true = torch.zeros(len(logits), dtype=torch.long, device=logits.device)
        true[: len(batch.triples)] = 1
        return F.cross_entropy(logits, true)

    def rp_loss(self, batch: TaskBatch) -> Tensor:
        r"""L_RP: :math:`-\sum_x \log g(x)_r` of true triples, averaged."""
        head, relation, tail = batch.triples.unbind(1)
        return F.cross_entropy(self.rp_logits(head, tail), relation)

    def rr_loss(self, batch: TaskBatch) -> Tensor:
        r"""L_RR: :math:`\sum_{(x, x')} \max(0, h(x') - h(x) + \lambda)`, averaged over pairs."""
        h = self.rr_scores(torch.cat([batch.triples, batch.negatives]))
        true, corrupted = h[batch.source], h[len(batch.triples) :]
        return F.relu(corrupted - true + self.margin).sum() / max(corrupted.numel(), 1)

    def lp_logits(self, triples: Tensor) -> Tensor:
        """Returns (s0, s1) of triples [T, 3]: false and true, [T, 2]."""
        return self._head("lp")(self.vectors(self.texts.triples(triples)))

    def rp_logits(self, head: Tensor, tail: Tensor) -> Tensor:
        """Returns the logits of all relations between entities [B] and [B], [B, R]."""
        pairs = self.texts.name_pairs if self.rp_names else self.texts.pairs
        return self._head("rp")(self.vectors(pairs(head, tail)))

    def rr_scores(self, triples: Tensor) -> Tensor:
        """Returns h(x), the sigmoid of the third head, of triples [T, 3], [T]."""
        return self._head("rr")(self.vectors(self.texts.triples(triples))).squeeze(1).sigmoid()

    def vectors(self, sequences: Sequences) -> Tensor:
        """Returns C of each sequence, [B, D]."""
        given = sequences.piece, sequences.ptr, sequences.segment
        return self.dropout(self.encoder.vectors(*given, self.budget))

    def _head(self, task: str) -> nn.Module:
        if task not in self.heads:
            raise InputError(
                f"the task {task!r} was asked for, but the model has the tasks "
                f"{', '.join(self.tasks)}: train one with it"
            )
        return self.heads[task]

    @torch.no_grad()
    def score_triples(self, triples: Tensor) -> Tensor:
        """Returns s1 of triples [T, 3], [T]."""
        return torch.cat([self.lp_logits(part)[:, 1] for part in triples.split(CHUNK)])

    @torch.no_grad()
    def probabilities(self, triples: Tensor) -> Tensor:
        """Returns the probability that each of the triples [T, 3] is true, [T]."""
        parts = triples.split(CHUNK)
        return torch.cat([self.lp_logits(part).softmax(1)[:, 1] for part in parts])

    def score_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns s1 of all entities as tails of (head, relation, ?), [B] and [B] give [B, N].

        Each question is scored by itself, so that its scores do not depend on the others'.
        """
        return self._each(torch.stack([head, relation, head], 1), 2)

    def score_heads(self, relation: Tensor, tail: Tensor) -> Tensor:
        """Returns s1 of all entities as heads of (?, relation, tail), likewise."""
        return self._each(torch.stack([tail, relation, tail], 1), 0)

    def _each(self, asked: Tensor, column: int) -> Tensor:
        """Scores the triples [B, 3] with every entity in the place of `column`."""
        entity, text = (x.to(asked.device) for x in (self._distinct, self._text_of))
        rows = []
        for one in asked:
            triples = one.repeat(entity.numel(), 1)
            triples[:, column] = entity
            rows.append(self.score_triples(triples)[text])
        return torch.stack(rows)

    @torch.no_grad()
    def rank_relations(self, head: Tensor, tail: Tensor) -> Tensor:
        """Returns the logits by which the relations between [B] and [B] are ranked, [B, R]."""
        parts = zip(head.split(CHUNK), tail.split(CHUNK))
        return torch.cat([self.rp_logits(*part) for part in parts])

    def groups(self) -> dict[str, Any]:
        """Parameter groups: ``encoder`` and ``head``."""
        return {
            "encoder": list(self.encoder.parameters()),
            "head": list(self.heads.parameters()),
        }

    def __repr__(self) -> str:
        return (
            f"MTLKGC({self.encoder!r}, {self.num_entities} entities, {self.num_relations} "
            f"relations, tasks={'+'.join(self.tasks)})"
        )
