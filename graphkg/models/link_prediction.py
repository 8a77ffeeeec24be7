"""LinkPrediction: a link predictor with its tables, its losses and its rankings.

Letters: B queries or triples, N entities, R relations (2 R with their inverses), K negatives.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InputError
from ..graphs import KnowledgeGraph, Ragged, TripleIndex
from ..graphs.knowledge import EDGE
from ..link.base import LinkPredictor
from ..nn.link_losses import kvsall_bce, n3, one_vs_all_ce, sampled_ce, self_adversarial
from ..stores import EmbeddingStore
from .frozen_ranker import FrozenRanker

LOSSES = ("kvsall", "1vsall", "negative")


class LinkPrediction(nn.Module):
    r"""A link predictor g over the entities and relations of a knowledge graph.

    Every relation r has an inverse :math:`r^{-1}` with a row of its own, so that "which heads?" is
    asked as :math:`(t, r^{-1}, ?)` and every loss and ranking asks for tails alone.

    ============  ===================  =========================================================
    `loss`        a batch is           what it is
    ============  ===================  =========================================================
    ``kvsall``    queries [B, 2]       1-N binary cross entropy against all known tails (ConvE)
    ``1vsall``    triples [B, 3]       cross entropy over all entities (Lacroix et al., 2018)
    ``negative``  triples [B, 3]       K drawn tails, log-sigmoid (Sun et al., 2019, Eq. 5)
    ============  ===================  =========================================================

    Args:
        predictor: g.
        store: tables ``entity`` [N, D_v] and ``relation`` [2 R, D_r].
        graph: the training graph with inverses, see
            :meth:`~graphkg.graphs.KnowledgeGraph.with_inverses`.
        loss: see above.
        encoder: a graph network in front of g, as :class:`~graphkg.link.GAT`: what g reads are the
            entity rows after messages along the training edges. In training, edges that answer the
            batch's own queries, and their inverses, carry none.
        label_smoothing, smoothing_form: of ``kvsall``, see :func:`graphkg.nn.smooth_targets`.
        n3: weight of the cubed moduli of heads, relations and tails (Lacroix et al., 2018); not
            with ``kvsall``, which has no single tail.
        relation_weight: weight of predicting the relation from head and tail (Chen et al., 2021);
            likewise.
        candidates: how many entities, drawn anew for each batch, stand for all N in ``1vsall``; by
            default all are scored.
        negatives: K.
        shared: the K tails are drawn once a batch, so that scoring them is one matrix product.
        temperature: of the self-adversarial weights; 0 = all alike.
        filtered: drawn tails that training knows to be true do not count.
        entity_dropout, relation_dropout: on the rows of a query.

    Raises:
        InputError: sizes that do not fit each other, or an unknown choice.
    """

    edge_index: Tensor
    edge_type: Tensor

    def __init__(
        self,
        predictor: LinkPredictor,
        store: EmbeddingStore,
        graph: KnowledgeGraph,
        loss: str = "kvsall",
        *,
        encoder: nn.Module | None = None,
        label_smoothing: float = 0.0,
        smoothing_form: str = "conve",
        n3: float = 0.0,
        relation_weight: float = 0.0,
        candidates: int | None = None,
        negatives: int = 64,
        shared: bool = False,
        temperature: float = 1.0,
        filtered: bool = True,
        entity_dropout: float = 0.0,
        relation_dropout: float = 0.0,
    ):
        super().__init__()
        if loss not in LOSSES:
            raise InputError(f"loss {loss!r} is not one of {', '.join(LOSSES)}")
        if loss == "kvsall" and (n3 or relation_weight):
            raise InputError(
                f"n3={n3} and relation_weight={relation_weight} were given with loss='kvsall', but "
                "they need triples with one tail: take loss='1vsall' or 'negative'"
            )
        if candidates is not None and loss != "1vsall":
            raise InputError(
                f"candidates={candidates} was given with loss={loss!r}, but loss='1vsall' alone "
                "draws candidates: leave them out"
            )
        self.predictor, self.store, self.encoder = predictor, store, encoder
        self.loss, self.n3, self.relation_weight = loss, n3, relation_weight
        self.label_smoothing, self.smoothing_form = label_smoothing, smoothing_form
        self.candidates, self.negatives, self.shared = candidates, negatives, shared
        self.temperature, self.filtered = temperature, filtered
        self.entity_dropout = nn.Dropout(entity_dropout)
        self.relation_dropout = nn.Dropout(relation_dropout)
        self._check_sizes(graph)
        self.num_entities: int = graph["entity"].num_nodes
        self.num_relations: int = graph["relation"].num_nodes // 2
        self.register_buffer("edge_index", graph[EDGE].edge_index, persistent=False)
        self.register_buffer("edge_type", graph[EDGE].edge_type, persistent=False)
        self._known = TripleIndex(graph)

    def _check_sizes(self, graph: KnowledgeGraph) -> None:
        g, sizes = self.predictor, self.store.sizes
        for name, dim, count in (
            ("entity", g.entity_dim, graph["entity"].num_nodes),
            ("relation", g.relation_dim, graph["relation"].num_nodes),
        ):
            if name not in sizes or sizes[name] != (count, dim):
                raise InputError(
                    f"the table {name!r} is {list(sizes.get(name, ()))}, but {g!r} on this graph "
                    f"needs [{count}, {dim}]"
                )
        if graph["relation"].get("inverse") is None:
            raise InputError("the training graph has no inverse relations: give with_inverses()")
        if self.candidates is not None and not 1 < self.candidates <= graph["entity"].num_nodes:
            raise InputError(
                f"candidates={self.candidates} was given, but from 2 to all "
                f"{graph['entity'].num_nodes} entities can be drawn"
            )
        if g.num_objects not in (None, graph["entity"].num_nodes):
            raise InputError(
                f"{g!r} has a bias for {g.num_objects} objects, but the graph has "
                f"{graph['entity'].num_nodes} entities"
            )

    def examples(self) -> Tensor:
        """Returns what training goes through once an epoch, on the CPU.

        Distinct queries (h, r) [U, 2] with ``kvsall``, else all triples [E, 3]; both with inverses.
        """
        head, relation, tail = self.edge_index[0], self.edge_type, self.edge_index[1]
        if self.loss == "kvsall":
            return torch.stack([head, relation], 1).unique(dim=0).cpu()
        return torch.stack([head, relation, tail], 1).cpu()

    def losses(self, batch: Tensor) -> dict[str, Tensor]:
        """Returns the losses of a batch, already weighted: ``link``, ``n3``, ``relation``."""
        head, relation = batch[:, 0], batch[:, 1]
        entities = self.entity_rows(head, relation)
        # One look-up for both ends: each has a gradient as large as the table.
        h, *t = F.embedding(batch[:, ::2].t(), entities)
        h = self.entity_dropout(h)
        r = self.relation_dropout(self.store["relation"](relation))
        z = self.predictor.merge(h, r)
        if self.loss == "kvsall":
            return {"link": self.kvsall_loss(z, entities, head, relation)}
        tail_loss = self.negative_loss if self.loss == "negative" else self.one_vs_all_loss
        return {"link": tail_loss(z, t[0], entities, batch)} | self.extra_losses(
            h, r, t[0], relation
        )

    def kvsall_loss(self, z: Tensor, entities: Tensor, head: Tensor, relation: Tensor) -> Tensor:
        """1-N binary cross entropy; the labels are CSR rows on the device of the scores."""
        rows = self._index(head.device).known_tails(head, relation)
        assert isinstance(rows, Ragged)
        scores = self.predictor.score(z, entities)
        return kvsall_bce(scores, rows.row, rows.values, self.label_smoothing, self.smoothing_form)

    def one_vs_all_loss(self, z: Tensor, t: Tensor, entities: Tensor, batch: Tensor) -> Tensor:
        """Cross entropy of the true tail against all entities, or against drawn candidates."""
        tail = batch[:, 2]
        if self.candidates is None:
            return one_vs_all_ce(self.predictor.score(z, entities), tail)
        drawn = torch.randperm(self.num_entities, device=tail.device)[: self.candidates]
        scores = self.predictor.score(z, F.embedding(drawn, entities), drawn)
        same = tail.unsqueeze(1) == drawn
        return sampled_ce(self._own_scores(z, t, tail), scores, same, self.num_entities)

    def negative_loss(self, z: Tensor, t: Tensor, entities: Tensor, batch: Tensor) -> Tensor:
        """The true tail against K tails drawn uniformly, for each triple or for all together."""
        head, relation, tail = batch.unbind(1)
        size = (self.negatives,) if self.shared else (batch.size(0), self.negatives)
        drawn = torch.randint(self.num_entities, size, device=batch.device)
        score = self.predictor.score if self.shared else self.predictor.score_each
        scores, keep = score(z, F.embedding(drawn, entities), drawn), None
        if self.filtered:
            index = self._index(batch.device)
            keep = ~index.contains(head.unsqueeze(1), relation.unsqueeze(1), drawn)
        return self_adversarial(self._own_scores(z, t, tail), scores, self.temperature, keep)

    def _own_scores(self, z: Tensor, t: Tensor, tail: Tensor) -> Tensor:
        """Scores of each query's true tail, [B]."""
        return self.predictor.score_each(z, t.unsqueeze(1), tail.unsqueeze(1)).squeeze(1)

    def extra_losses(self, h: Tensor, r: Tensor, t: Tensor, relation: Tensor) -> dict[str, Tensor]:
        """N3's penalty and relation prediction, those with a weight."""
        found = {}
        if self.n3:
            rows = [h, t] if self.predictor.phases else [h, r, t]
            found["n3"] = self.n3 * n3(*map(self.predictor.factors, rows))
        if self.relation_weight:
            scores = self.predictor.score_relations(h, self.store["relation"](), t)
            found["relation"] = self.relation_weight * F.cross_entropy(scores, relation)
        return found

    def entity_rows(self, head: Tensor | None = None, relation: Tensor | None = None) -> Tensor:
        """Returns the rows that g reads, [N, D_v]: of the store, or after the encoder.

        Args:
            head: [B] of the queries of a training batch, whose edges carry no messages.
            relation: [B].
        """
        rows = self.store["entity"]()
        if self.encoder is None:
            return rows
        index, types = self.edge_index, self.edge_type
        if head is not None and relation is not None:
            shown = self._shown(head, relation)
            index, types = index[:, shown], types[shown]
        return self.encoder(rows, self.store["relation"](), index, types)

    def _shown(self, head: Tensor, relation: Tensor) -> Tensor:
        """Which edges neither answer a query nor are the inverse of one that does, [E]."""
        width = 2 * self.num_relations
        asked = head * width + relation
        inverse = (self.edge_type + self.num_relations) % width
        own = self.edge_index[0] * width + self.edge_type
        back = self.edge_index[1] * width + inverse
        return ~(torch.isin(own, asked) | torch.isin(back, asked))

    def _index(self, device: torch.device) -> TripleIndex:
        if self._known.device != device:
            self._known = self._known.to(device)
        return self._known

    def score_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns the scores of all entities as tails of (head, relation, ?), [B, N]."""
        frozen = self.frozen()
        return frozen.score_tile(frozen.merge("tail", head, relation), 0, self.num_entities)

    def score_heads(self, relation: Tensor, tail: Tensor) -> Tensor:
        """Returns the scores of all entities as heads of (?, relation, tail), [B, N]."""
        frozen = self.frozen()
        return frozen.score_tile(frozen.merge("head", tail, relation), 0, self.num_entities)

    def frozen(self) -> FrozenRanker:
        """Returns the model as it ranks now: entity rows are computed once, here."""
        return FrozenRanker(self.predictor, self.entity_rows(), self.store["relation"]())

    def groups(self) -> dict[str, Any]:
        """Parameter groups: ``tables`` (and biases of entities), ``predictor``, ``encoder``."""
        bias = [] if self.predictor.bias is None else [self.predictor.bias]
        rest = [p for name, p in self.predictor.named_parameters() if name != "bias"]
        encoder = [] if self.encoder is None else list(self.encoder.parameters())
        return {
            "tables": [*self.store.parameters(), *bias],
            "predictor": rest,
            "encoder": encoder,
        }

    def __repr__(self) -> str:
        front = "" if self.encoder is None else f", encoder={self.encoder!r}"
        return (
            f"LinkPrediction({self.predictor!r}, {self.num_entities} entities, {self.loss}{front})"
        )
