"""C-GCN: graph convolution over pruned dependency trees, on top of a BiLSTM.

Letters: T tokens of B sentences, D_v width of a word, H hidden channels, D_r of a relation vector.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch_geometric.utils import degree

from ..errors import InputError, check_choices
from ..graphs.sentence import PATH, SentenceGraph
from ..nn.flat_lstm import run_lstm
from ..nn.pooling import POOLINGS, pool
from ..nn.tree_gcn import BIASES, TreeGCN
from ..stores import EmbeddingStore
from .base import Encoded, Pairs, RelationExtractor
from .inputs import TokenRows


class CGCN(RelationExtractor):
    r"""The contextualised GCN (Zhang, Qi and Manning, EMNLP 2018).

    Words, part-of-speech and entity tags (tables ``token``, ``pos``, ``ner``) pass a BiLSTM and
    `gcn_layers` of :class:`~graphkg.nn.TreeGCN` over the ``path`` edges of
    :class:`~graphkg.transforms.PruneTree`. The sentence (its kept tokens), the subject and the
    object are pooled, and

    .. math::
        \hat r = \mathrm{MLP}\big( [h_{sent}; h_s; h_o] \big).

    Args:
        num_relations: R.
        word_dim, pos_dim, ner_dim: widths of the rows, see :class:`TokenRows`.
        hidden: H, per direction of the LSTM and of the MLP.
        gcn_dim: width of the convolutions, by default `hidden`.
        gcn_layers: number of convolutions.
        relation_dim: D_r; the paper has 200, JRRELP 100.
        mlp_layers: linear layers of the MLP; the last one is H -> D_r.
        final_relu: whether the last of them has a ReLU, too.
        lstm: ``False`` is the GCN ablation: the input goes straight to the convolutions.
        pooling: ``"max"``, ``"avg"`` or ``"sum"``.
        gcn_bias: ``"official"`` or ``"paper"``, see TreeGCN.
        no_adjacency: the ablation without messages; degrees and masks stay.
        input_dropout, lstm_dropout, gcn_dropout: 0.5 in the paper; none after the last convolution.
        word_dropout, unknown: see :class:`TokenRows`.
        pooling_l2: weight of the mean squared norm of the pooled sentence.
        conv_l2: weight of the squared weights and biases of the convolutions.
        official_pad_pooling: the released code pools padding as if it lay in both mentions, so
            that a result depends on the batch; for conformance only.

    Shapes:
        - input: a batch of sentences with one mention pair each, and the store
        - output: [B, D_r]
    """

    tables: ClassVar[tuple[str, ...]] = ("token", "pos", "ner", "relation")

    def __init__(
        self,
        num_relations: int,
        word_dim: int = 300,
        pos_dim: int = 30,
        ner_dim: int = 30,
        hidden: int = 200,
        gcn_dim: int | None = None,
        gcn_layers: int = 2,
        relation_dim: int = 200,
        mlp_layers: int = 2,
        final_relu: bool = True,
        lstm: bool = True,
        pooling: str = "max",
        gcn_bias: str = "official",
        no_adjacency: bool = False,
        input_dropout: float = 0.5,
        lstm_dropout: float = 0.5,
        gcn_dropout: float = 0.5,
        word_dropout: float = 0.04,
        unknown: int = 1,
        pooling_l2: float = 0.003,
        conv_l2: float = 0.0,
        official_pad_pooling: bool = False,
    ):
        super().__init__(relation_dim, num_relations)
        check_choices("CGCN", pooling=(pooling, tuple(POOLINGS)), gcn_bias=(gcn_bias, BIASES))
        self.pooling, self.no_adjacency = pooling, no_adjacency
        self.pooling_l2, self.conv_l2 = pooling_l2, conv_l2
        self.official_pad_pooling = official_pad_pooling
        self.rows = TokenRows(word_dim, pos_dim, ner_dim, input_dropout, word_dropout, unknown)
        width = self.rows.dim
        gcn_dim = hidden if gcn_dim is None else gcn_dim
        self.gcn_dropout = nn.Dropout(gcn_dropout)
        self.lstm = nn.LSTM(width, hidden, bidirectional=True) if lstm else None
        self.lstm_dropout = nn.Dropout(lstm_dropout)
        sizes = [2 * hidden if lstm else width] + [gcn_dim] * gcn_layers
        self.gcn = nn.ModuleList(TreeGCN(i, o, gcn_bias) for i, o in zip(sizes, sizes[1:]))
        self.mlp = _mlp([3 * sizes[-1], *[hidden] * (mlp_layers - 1), relation_dim], final_relu)

    def encode(self, graph: SentenceGraph, store: EmbeddingStore) -> Encoded:
        """Returns the relation vectors and the pooled sentences."""
        if PATH not in graph.edge_types:
            raise InputError(
                "the sentences have no (token, path, token) edges, but C-GCN reads pruned trees: "
                "apply graphkg.transforms.PruneTree first"
            )
        pairs, span = Pairs.of(graph), graph["mention"].span
        x = self._contextualise(graph, store, pairs.ptr)
        kept, owner = graph["token"].kept, pairs.token
        subject, object_ = (pairs.inside(span[each]) for each in (pairs.subject, pairs.object))
        if self.official_pad_pooling:
            pads = _pads(pairs.ptr)
            x = torch.cat([x, self._padding(store, pads, x)])
            owner, kept = torch.cat([owner, pads]), torch.cat([kept, pads < 0])
            subject, object_ = (torch.cat([each, pads >= 0]) for each in (subject, object_))
        h = self._convolve(x, graph[PATH].edge_index)
        sentence, *mentions = (
            pool(h, owner, len(pairs), self.pooling, mask) for mask in (kept, subject, object_)
        )
        return Encoded(self.mlp(torch.cat([sentence, *mentions], dim=1)), sentence)

    def _contextualise(self, graph: SentenceGraph, store: EmbeddingStore, ptr: Tensor) -> Tensor:
        """Returns the tokens' inputs after the BiLSTM, [T, 2H], or as they are, [T, D]."""
        x = self.rows(graph, store)
        return x if self.lstm is None else self.lstm_dropout(run_lstm(self.lstm, x, ptr))

    def _padding(self, store: EmbeddingStore, pads: Tensor, x: Tensor) -> Tensor:
        """Returns what the released code has at padding: zeros after an LSTM, else rows 0."""
        if self.lstm is not None:
            return x.new_zeros(pads.numel(), x.size(1))
        return self.rows.padding(store, pads)

    def _convolve(self, x: Tensor, edges: Tensor) -> Tensor:
        neighbours = degree(edges[1], x.size(0), dtype=x.dtype)
        edges = edges[:, :0] if self.no_adjacency else edges
        for number, layer in enumerate(self.gcn, start=1):
            x = layer(x, edges, neighbours)
            x = self.gcn_dropout(x) if number < len(self.gcn) else x
        return x

    def penalty(self, encoded: Encoded) -> Tensor | None:
        """Returns ``pooling_l2 * mean ||h_sent||^2 + conv_l2 * sum of squared GCN parameters``."""
        terms = []
        if self.pooling_l2 and encoded.sentence is not None:
            terms.append(self.pooling_l2 * encoded.sentence.square().sum(1).mean())
        if self.conv_l2:
            squares = [weight.square().sum() for weight in self.gcn.parameters()]
            terms.append(self.conv_l2 * torch.stack(squares).sum())
        return torch.stack(terms).sum() if terms else None

    def __repr__(self) -> str:
        return (
            f"CGCN({self.rows.word_dim}+{self.rows.pos_dim}+{self.rows.ner_dim} -> "
            f"{self.relation_dim}, "
            f"{self.num_relations} relations, {len(self.gcn)} convolutions, "
            f"lstm={self.lstm is not None})"
        )


def _mlp(sizes: list[int], final_relu: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for width_in, width_out in zip(sizes, sizes[1:]):
        layers += [nn.Linear(width_in, width_out), nn.ReLU()]
    return nn.Sequential(*(layers if final_relu else layers[:-1]))


def _pads(ptr: Tensor) -> Tensor:
    """Returns the sentence of each padding token that fills up to the longest sentence."""
    lengths = ptr.diff()
    sentences = torch.arange(lengths.numel(), device=ptr.device)
    return sentences.repeat_interleave(lengths.max() - lengths)
