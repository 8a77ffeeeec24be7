"""JRRELP: relation extraction and link prediction that share their embeddings.

Letters: B sentences, Q link examples, n candidate objects, R relations, D_v and D_r widths.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InputError
from ..graphs import SentenceGraph
from ..link.base import LinkPredictor
from ..nn.losses import adaptive_threshold_loss, smoothed_bce
from ..relation.base import Pairs, RelationExtractor
from ..stores import EmbeddingStore
from .decisions import Predicted, decide
from .kinds import KindGraph
from .link_examples import EntityGraph, LinkExamples, stated_examples

RELATION_LOSSES = ("softmax", "bce", "threshold")


class JRRELP(nn.Module):
    r"""Joint relation extraction and link prediction (Stoica, Platanios and Póczos, 2020).

    An extractor f reads :math:`\hat r` from a sentence, a link predictor g answers
    (subject kind, relation, ?) over the object masks, and both use the same store: relation rows
    are f's classifier and g's input, mask rows are f's words and g's entities.

    .. math::
        L = L_{RE} + \lambda_{KGLP} L_{KGLP} + \lambda_{COUP} L_{COUP}

    Losses are means, as in the released code. A loss of weight 0 is not computed and draws no
    random numbers, so that weights of 0 are exactly the extractor alone.

    If a pair has several relations, each is a link example of its own, with the pair's
    :math:`\hat r` in the coupling loss.

    Args:
        extractor: f; its tables, and ``token``, are in the store.
        predictor: g; ``None`` only if both weights are 0.
        store: ``token`` (words and masks, D_v), ``relation`` (R, D_r) and ``object``, a view on
            the ``OBJ-`` rows of ``token``.
        link_weight: of the link loss (C-GCN 0.5, PA-LSTM 1, SpanBERT 0.01).
        coupling_weight: of the coupling loss, likewise.
        kinds: rows of the masks and known objects of the training sentences. Without it they come
            from each batch alone: the subject's mask is its first word, and the known objects of a
            question are those that the batch states.
        entities: a given knowledge graph in place of that over kinds; the store then has a table
            ``entity`` of its entities, and ``object`` is a view on all of that table's rows.
        relation_loss: ``"softmax"`` (one relation a pair), ``"bce"`` or ``"threshold"`` (several;
            ATLOP's loss, with `no_relation` as the threshold).
        no_relation: id of the negative relation; by default that of `kinds`.
        label_smoothing: of the link losses; 0.1 with C-GCN, 0 with PA-LSTM and SpanBERT.
        smoothing_form: ``"conve"`` or ``"standard"``, see :func:`graphkg.nn.smooth_targets`.
        detach_relation_logits: train the relation rows by the link loss alone and leave out the
            classifier's bias (released code with PA-LSTM).
        freeze_kglp: leave g as it was drawn (released code with SpanBERT).

    Raises:
        InputError: sizes of f, g and the store that do not fit each other, or an unknown choice.
    """

    subject_rows: Tensor | None
    known: Tensor | None
    counted: Tensor | None

    def __init__(
        self,
        extractor: RelationExtractor,
        predictor: LinkPredictor | None,
        store: EmbeddingStore,
        link_weight: float = 0.5,
        coupling_weight: float = 0.5,
        *,
        kinds: KindGraph | None = None,
        entities: EntityGraph | None = None,
        relation_loss: str = "softmax",
        no_relation: int | None = None,
        label_smoothing: float = 0.1,
        smoothing_form: str = "conve",
        detach_relation_logits: bool = False,
        freeze_kglp: bool = False,
    ):
        super().__init__()
        if no_relation is None and kinds is not None:
            no_relation = kinds.no_relation
        if relation_loss not in RELATION_LOSSES:
            raise InputError(f"relation_loss {relation_loss!r} is not one of {RELATION_LOSSES}")
        if relation_loss == "threshold" and no_relation is None:
            raise InputError("relation_loss='threshold' needs the id of no_relation: give it")
        if kinds is not None and entities is not None:
            raise InputError("a graph of kinds and one of entities were given: give one of them")
        self.extractor, self.predictor, self.store = extractor, predictor, store
        self.entities = entities
        self.link_weight, self.coupling_weight = link_weight, coupling_weight
        self.relation_loss_form, self.no_relation = relation_loss, no_relation
        self.label_smoothing, self.smoothing_form = label_smoothing, smoothing_form
        self.detach_relation_logits = detach_relation_logits
        for name in ("subject_rows", "known", "counted"):
            self.register_buffer(name, None if kinds is None else getattr(kinds, name).clone())
        self._check_sizes()
        if freeze_kglp and predictor is not None:
            predictor.requires_grad_(False)

    def losses(self, batch: SentenceGraph) -> dict[str, Tensor]:
        """Returns ``relation``, ``link`` and ``coupling``, weighted, and f's ``penalty`` if any."""
        pairs = Pairs.of(batch)
        if bool((pairs.relation < 0).any()):
            raise InputError("a pair without a relation was given in training: label or drop it")
        encoded = self.extractor.encode(batch, self.store)
        losses = {"relation": self.relation_loss(encoded.relation, pairs)}
        penalty = self.extractor.penalty(encoded)
        if penalty is not None:
            losses["penalty"] = penalty
        if self.link_weight or self.coupling_weight:
            asked = self.link_examples(batch, pairs)
        if self.link_weight:
            losses["link"] = self.link_weight * self.link_loss(asked)
        if self.coupling_weight:
            losses["coupling"] = self.coupling_weight * self.coupling_loss(encoded.relation, asked)
        return losses

    def relation_loss(self, r_hat: Tensor, pairs: Pairs) -> Tensor:
        r"""L_RE: :math:`\mathrm{CE}(R \hat r + b, r)`, or a loss for several relations a pair."""
        logits = self._logits(r_hat)
        if self.relation_loss_form == "softmax":
            return F.cross_entropy(logits[pairs.sentence], pairs.relation)
        targets = pairs.targets(self.extractor.num_relations)
        if self.relation_loss_form == "bce":
            return F.binary_cross_entropy_with_logits(logits, targets)
        assert self.no_relation is not None
        return adaptive_threshold_loss(logits, targets, self.no_relation)

    def link_loss(self, asked: LinkExamples) -> Tensor:
        r"""Eq. 11, L_KGLP: :math:`\mathrm{BCE}(O, \sigma(V_o\, g(v_s, R_r) + b))`."""
        return self._answer_loss(asked, self.store["relation"](asked.relation))

    def coupling_loss(self, r_hat: Tensor, asked: LinkExamples) -> Tensor:
        r"""Eq. 12-13, L_COUP: :math:`\mathrm{BCE}(O, \sigma(V_o\, g(v_s, \hat r) + b))`.

        Eq. 13 prints b inside g; it is added after :math:`V_o z`, as in the released code.
        """
        return self._answer_loss(asked, r_hat[asked.sentence])

    def _answer_loss(self, asked: LinkExamples, relation: Tensor) -> Tensor:
        assert self.predictor is not None
        z = self.predictor.merge(asked.head, relation)
        logits = self.predictor.score(z, asked.objects)
        return smoothed_bce(
            logits, asked.known, self.label_smoothing, self.smoothing_form, asked.rows
        )

    def link_examples(self, batch: SentenceGraph, pairs: Pairs) -> LinkExamples:
        """Returns the question of each labelled edge and its known objects."""
        if self.entities is not None:
            return self.entities.examples(batch, pairs, self.store)
        if self.known is None or self.subject_rows is None or self.counted is None:
            return stated_examples(batch, pairs, self.store)
        sentence, relation = pairs.sentence, pairs.relation
        kind = batch["mention"].kind[pairs.subject[sentence]]
        head, objects = self.store["token"](self.subject_rows[kind]), self.store["object"]()
        known, counted = self.known[kind, relation], self.counted[relation]
        return LinkExamples(sentence, relation, head, objects, known, counted)

    @torch.no_grad()
    def predict(self, batch: SentenceGraph) -> Predicted:
        """Predicts the relations of each sentence's pair by f alone, with dropout off."""
        was_training = self.training
        self.eval()
        try:
            logits = self._logits(self.extractor(batch, self.store))
        finally:
            self.train(was_training)
        return decide(logits, self.relation_loss_form, self.no_relation)

    def _logits(self, r_hat: Tensor) -> Tensor:
        return self.extractor.logits(r_hat, self.store, detach=self.detach_relation_logits)

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Returns the trained parameters by group; one that two parts share is named once."""
        parts = self.extractor.groups()
        if self.predictor is not None:
            parts["predictor"] = list(self.predictor.parameters())
        parts["store"] = list(self.store.parameters())
        seen: set[int] = set()
        groups: dict[str, list[nn.Parameter]] = {}
        for name, parameters in parts.items():
            fresh = [p for p in parameters if p.requires_grad and id(p) not in seen]
            seen.update(map(id, fresh))
            groups[name] = fresh
        return {name: parameters for name, parameters in groups.items() if parameters}

    def after_step(self, step: int) -> None:
        """Does nothing: no memory has to be refreshed."""

    def _check_sizes(self) -> None:
        f, g, store = self.extractor, self.predictor, self.store
        source = "token" if self.entities is None else "entity"
        (_, wide), (classes, width) = store.sizes[source], store.sizes["relation"]
        _check("the extractor's vectors have", f.relation_dim, "the relation rows", width)
        if classes < f.num_relations:
            raise InputError(
                f"the extractor tells {f.num_relations} relations apart, but the store's relation "
                f"table has {classes} rows: give one row a relation"
            )
        if g is None:
            if self.link_weight or self.coupling_weight:
                raise InputError("no predictor was given, but the link losses have a weight")
            return
        _check(
            "the extractor's vectors have",
            f.relation_dim,
            "the predictor's relations",
            g.relation_dim,
        )
        _check(f"the store's {source} rows have", wide, "the predictor's entities", g.entity_dim)
        count = store.sizes["object"][0]
        for name, other in (("biases", g.num_objects), ("known objects", self._num_known())):
            if other is not None and other != count:
                raise InputError(
                    f"store['object'] has {count} candidates, but there are {other} {name}: "
                    "build both from the same graph"
                )

    def _num_known(self) -> int | None:
        if self.entities is not None:
            return self.entities.num_entities
        return None if self.known is None else self.known.size(2)

    def __repr__(self) -> str:
        weights = f"link_weight={self.link_weight}, coupling_weight={self.coupling_weight}"
        return f"JRRELP({self.extractor!r}, {self.predictor!r}, {weights})"


def _check(first: str, dim: int, second: str, other: int) -> None:
    if dim != other:
        raise InputError(f"{first} {dim} channels, but {second} have {other}: make them equal")
