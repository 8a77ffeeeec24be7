"""QIDN: a fixed number of queries read the triples of a sentence, entities and relations at once.

Letters: B sentences, T tokens, N tokens of the longest sentence, S keys (spans) of it, Q slots,
G gold triples, R relations, Y types, L layers, A heads, D channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch

from ..errors import InputError, check_choices
from ..graphs import SentenceGraph
from ..nn.queries import Queries
from ..nn.query_decoder import ACTIVATIONS, HIDDEN, QueryDecoder
from ..nn.row_sums import RowSums
from ..nn.slot_heads import SlotHeads
from ..nn.span import Spans, SpanVectors, spans_up_to
from ..nn.text_encoder import TextEncoder
from .extraction import Extraction, decode
from .gold_triples import gold_triples
from .qidn_losses import QIDNLosses
from .reading import QueryAttention, Reading
from .token_encoder import POOLINGS, TokenEncoder, Tokens, places

KEYS = ("span", "token")
RELATION_MEANS = ("slots", "triples")


class QIDN(nn.Module):
    r"""Query-based instance discrimination network (Tan et al., 2022).

    .. math::
        L = L_{tri} + \lambda_{ins} L_{ins} + \lambda_{cls} L_{cls}

    Queries of two branches look at all short spans of a sentence; slot i says a relation by its
    relation query and both entities by its entity query. Gold triples are matched to slots.

    Where the paper is silent or in error, an option says so.

    Args:
        encoder: of the pieces of :class:`~graphkg.transforms.ToPieces`.
        num_relations: R.
        num_types: Y; 0 for entities without types.
        num_queries: Q (paper: 15).
        layers: L of the decoder (paper: 5).
        model_dim: D; the encoder's by default (the paper is silent; 768 over ALBERT-xxlarge).
        lstm_layers: of the BiLSTM over tokens (paper: 3).
        lstm_residual: add its input to its output, so that an untrained LSTM does not hide what the
            encoder knows (paper: no).
        heads: A (the paper is silent, as of the next two).
        feedforward: inner width of the decoder.
        activation: of the decoder, ``"relu"`` or ``"gelu"``.
        dropout: of LSTM and decoder (paper: 0.1).
        longest: tokens of a span (paper: 8).
        length_dim: width of the vector of a span's length (150 as in PURE; the paper is silent).
        keys: what queries look at: ``"span"``, or ``"token"`` (ablation).
        branches: of queries; false leaves one for both (ablation).
        hidden: which branch is hidden from which, see :func:`graphkg.nn.hidden_queries`.
        query_positions: add learned positions wherever queries look, as DETR (the paper is silent).
        token_pooling: of a token's pieces, ``"max"`` or ``"first"`` (the paper is silent).
        temperature: of boundaries and contrast; 1 is what the paper prints, with which no
            boundary can be probable in a long sentence.
        learned_temperature: train both temperatures.
        match_weights: of relation, boundaries and types in the cost of a match.
        null_weight: of slots without triple in the relation loss (the paper is silent).
        relation_mean: whether the relation term of L_tri is a mean over all ``"slots"``, or is
            divided by the number of ``"triples"`` as its other terms are (the paper is silent).
        instance_weight: of L_ins; 0 leaves it out (ablation).
        class_weight: of L_cls; 0 leaves it out (ablation).
        instance_bank: instances of batches before that L_ins compares with (paper: none).
        auxiliary: also take L_tri after every other layer, with the same match (paper: no).
        pseudo_instances: entities in no triple get a slot, too, for NER (the paper is silent).

    Raises:
        InputError: an unknown choice, or sizes that do not fit each other.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        num_relations: int,
        num_types: int = 0,
        num_queries: int = 15,
        layers: int = 5,
        *,
        model_dim: int | None = None,
        lstm_layers: int = 3,
        lstm_residual: bool = False,
        heads: int = 8,
        feedforward: int = 2048,
        activation: str = "relu",
        dropout: float = 0.1,
        longest: int = 8,
        length_dim: int = 150,
        keys: str = "span",
        branches: bool = True,
        hidden: str = "none",
        query_positions: bool = False,
        token_pooling: str = "max",
        temperature: float = 0.1,
        learned_temperature: bool = False,
        match_weights: tuple[float, float, float] = (1.0, 1.0, 1.0),
        null_weight: float = 1.0,
        relation_mean: str = "slots",
        instance_weight: float = 1.0,
        class_weight: float = 1.0,
        instance_bank: int = 0,
        auxiliary: bool = False,
        pseudo_instances: bool = False,
    ):
        super().__init__()
        dim = encoder.dim if model_dim is None else model_dim
        check_choices("QIDN", keys=(keys, KEYS), hidden=(hidden, HIDDEN))
        check_choices("QIDN", activation=(activation, tuple(ACTIVATIONS)))
        check_choices("QIDN", token_pooling=(token_pooling, POOLINGS))
        check_choices("QIDN", relation_mean=(relation_mean, RELATION_MEANS))
        _check_positive(num_relations=num_relations, num_queries=num_queries, layers=layers)
        _check_positive(longest=longest, temperature=temperature)
        _check_parts(dim, heads, branches, hidden, num_types, pseudo_instances)
        self.num_relations, self.num_types = num_relations, num_types
        self.longest, self.auxiliary = longest, auxiliary
        self.pseudo_instances = pseudo_instances
        self.tokens = TokenEncoder(encoder, dim, lstm_layers, dropout, token_pooling, lstm_residual)
        self.spans = SpanVectors(dim, longest, length_dim) if keys == "span" else None
        self.queries = Queries(num_queries, dim, branches, hidden, query_positions)
        self.decoder = QueryDecoder(dim, layers, heads, feedforward, dropout, activation)
        self.objective = QIDNLosses(
            num_relations,
            dim,
            temperature,
            learned_temperature,
            match_weights,
            null_weight,
            relation_mean,
            instance_weight,
            class_weight,
            instance_bank,
        )
        self.heads = SlotHeads(
            dim,
            num_relations + 1 + pseudo_instances,
            num_types,
            temperature,
            learned_temperature,
            self.objective.contrast,
        )

    def forward(self, batch: SentenceGraph, weights: bool = False) -> Reading:
        """Reads a batch; with `weights` the attention weights are in the result."""
        tokens = self.tokens(batch)
        keys, spans = self._keys(tokens)
        there = places(spans.ptr)
        decoded = self.decoder(
            self.queries(),
            keys.padded(there),
            there,
            self.queries.hidden,
            0.0 if self.queries.position is None else self.queries.position,
            weights,
        )
        h, mask = tokens.padded()
        chosen = decoded.layers if self.auxiliary and self.training else decoded.layers[-1:]
        slots = [self.heads(*self.queries.split(layer), h, mask) for layer in chosen]
        return Reading(slots, mask, spans, decoded)

    def _keys(self, tokens: Tokens) -> tuple[RowSums, Spans]:
        """Returns what queries look at, [S of all sentences, D], without what has no piece."""
        spans = spans_up_to(tokens.ptr, 1 if self.spans is None else self.longest)
        spans = spans.keep(tokens.known[spans.first] & tokens.known[spans.last])
        if self.spans is None:
            table = torch.cat([tokens.h.new_zeros(1, tokens.h.size(1)), tokens.h])
            return RowSums(table, spans.first.unsqueeze(1) + 1), spans
        return self.spans(tokens.h, spans), spans

    def losses(self, batch: SentenceGraph) -> dict[str, Tensor]:
        """Returns ``triple``, ``instance``, ``class`` and ``auxiliary``, those that have a weight.

        Raises:
            InputError: ids that the model does not know, or a pair without a relation.
        """
        batch = _as_batch(batch)
        gold = gold_triples(batch, self.num_relations, self.num_types, self.pseudo_instances)
        reading = self(batch)
        return self.objective(reading.slots, gold, reading.mask)

    @property
    def dropped(self) -> dict[str, int]:
        """Gold triples that were left out of training, see :class:`QIDNLosses`."""
        return self.objective.dropped

    @torch.no_grad()
    def predict(self, batch: SentenceGraph, joint: bool = False, typed: bool = True) -> Extraction:
        """Finds the triples and entities of each sentence, with dropout off.

        Args:
            batch: of sentences with pieces; mentions and relations are not read.
            joint: choose the best span of at most `longest` tokens, not each boundary alone.
            typed: leave out triples whose subject or object has no type, if there are types.
        """
        reading = self._read(batch)
        joined = self.longest if joint else 0
        return decode(reading.slots[-1], reading.mask, self.num_relations, joined, typed)

    @torch.no_grad()
    def attention(self, graph: SentenceGraph) -> QueryAttention:
        """Returns where the queries look in one sentence, for a picture."""
        return self._read(graph, weights=True).attention()

    def _read(self, batch: SentenceGraph, weights: bool = False) -> Reading:
        was_training = self.training
        self.eval()
        try:
            return self(_as_batch(batch), weights)
        finally:
            self.train(was_training)

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Parameter groups: ``encoder`` (paper: 1e-5), and ``head``, all else (paper: 3e-5)."""
        encoder = list(self.tokens.encoder.parameters())
        own = {id(p) for p in encoder}
        return {"encoder": encoder, "head": [p for p in self.parameters() if id(p) not in own]}

    def __repr__(self) -> str:
        keys = "tokens" if self.spans is None else f"spans up to {self.longest}"
        return (
            f"QIDN({self.tokens.encoder!r}, {self.num_relations} relations, "
            f"{self.num_types} types, {self.queries!r}, {self.decoder!r}, {keys})"
        )


def _as_batch(graph: SentenceGraph) -> SentenceGraph:
    """Returns a batch, of one sentence if it is none."""
    return graph if "ptr" in graph["token"] else Batch.from_data_list([graph])


def _check_positive(**sizes: float) -> None:
    for name, given in sizes.items():
        if given <= 0:
            raise InputError(f"QIDN({name}={given}) was asked for, but {name} is greater than 0")


def _check_parts(
    dim: int, heads: int, branches: bool, hidden: str, num_types: int, pseudo_instances: bool
) -> None:
    if heads < 1 or dim % heads:
        raise InputError(
            f"{heads} heads were asked for over {dim} channels, but heads divide the channels: "
            "change heads or model_dim"
        )
    if hidden != "none" and not branches:
        raise InputError(
            f"QIDN(hidden={hidden!r}, branches=False) was asked for, but one branch cannot be "
            "hidden from another: leave one of the two out"
        )
    if pseudo_instances and not num_types:
        raise InputError(
            "QIDN(pseudo_instances=True, num_types=0) was asked for, but entities in no triple "
            "are told by their type: give num_types"
        )
