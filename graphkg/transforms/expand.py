"""ExpandPairs: all mention pairs of some sentences as one batch, prepared in one go.

Letters: T tokens, M mentions, B pairs (each a sentence of the batch), K edges, S kinds.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs.masks import object_mask, subject_mask
from ..graphs.sentence import PATH, REL, SentenceGraph
from ..vocab import PAD, Vocabularies
from .offsets import offsets
from .prune import around_path, governors, whole_tree


class ExpandPairs:
    """Sentences with any number of pairs -> one batch with a sentence a pair.

    The same as ``split_pairs``, ``Substitute``, ``Offsets``, ``PruneTree``, ``encode`` and PyG's
    collation one after the other, about ten times as fast, for sentences with many mentions and as
    the ``collate_fn`` of a loader. The batch has what relation extractors read: of each pair the
    two mentions alone (subject first) and no ``dep`` edges; it cannot be split into graphs again.

    Args:
        vocabularies: where labels get their ids; its words include the masks.
        k: see :class:`~graphkg.transforms.PruneTree`.
        limit: see :class:`~graphkg.transforms.Offsets`.
        names: see :class:`~graphkg.transforms.Substitute`.
    """

    def __init__(
        self, vocabularies: Vocabularies, k: int = 1, limit: int = 100, names: bool = False
    ):
        self.vocabularies, self.k, self.limit, self.names = vocabularies, k, limit, names
        word, kinds = vocabularies.word, vocabularies.kind
        self._subject_rows = torch.tensor([word[subject_mask(kind)] for kind in kinds])
        self._object_rows = torch.tensor([word[object_mask(kind)] for kind in kinds])

    def __call__(self, graphs: Sequence[SentenceGraph]) -> SentenceGraph:
        """Returns the batch of all pairs, in the order of sentences and pairs.

        Raises:
            InputError: no sentence has a pair.
        """
        parts = [self._expand(graph) for graph in graphs if graph[REL].edge_index.size(1)]
        if not parts:
            raise InputError(f"none of the {len(graphs)} sentences has a mention pair")
        lengths = torch.cat([part.pop("lengths") for part in parts])
        ptr = torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])
        token = mention = 0
        for part in parts:
            part["span"], part["path"] = part["span"] + token, part["path"] + token
            part["ends"] = part["ends"] + mention
            token, mention = token + part["word"].numel(), mention + part["kind"].numel()
        whole = {name: torch.cat([p[name] for p in parts], dim=-1) for name in ("path", "ends")}
        whole |= {name: torch.cat([p[name] for p in parts]) for name in parts[0].keys() - whole}
        return _assemble(whole, ptr, lengths)

    def _expand(self, graph: SentenceGraph) -> dict[str, Tensor]:
        """Returns the parts of one sentence's pairs, numbered from 0."""
        graph = graph.encode(self.vocabularies)
        token, mention = graph["token"], graph["mention"]
        given = list(zip(*graph[REL].edge_index.tolist()))
        number = {pair: place for place, pair in enumerate(dict.fromkeys(given))}
        pairs, count = torch.tensor(list(number)), token.num_nodes
        span, kind = mention.span[pairs], mention.kind[pairs]
        place = torch.arange(count)
        subject, object_ = ((place >= span[..., :1]) & (place < span[..., 1:])).unbind(1)
        word = torch.where(subject, self._subject_rows[kind[:, :1]], token.word)
        word = torch.where(object_, self._object_rows[kind[:, 1:]], word)
        names = token.word.new_full((len(number), count), self.vocabularies.word[PAD])
        names = torch.where(subject | object_, token.word, names) if self.names else None
        governor = governors(graph)
        if self.k < 0:
            kept, below = whole_tree(governor, len(number))
        else:
            kept, below = around_path(governor, subject | object_, self.k)
        row, low = below.nonzero(as_tuple=True)
        edges = torch.stack([governor[low], low]) + row * count
        owner, edge = torch.tensor([number[pair] for pair in given]).sort(stable=True)
        kept_names = {} if names is None else {"name": names.view(-1)}
        return kept_names | {
            "word": word.view(-1),
            "pos": token.pos.repeat(len(number)),
            "ner": token.ner.repeat(len(number)),
            "subject_offset": offsets(span[:, 0], count, self.limit).view(-1),
            "object_offset": offsets(span[:, 1], count, self.limit).view(-1),
            "kept": kept.reshape(-1),
            "path": torch.cat([edges, edges.flip(0)], dim=1),
            "span": (span + count * torch.arange(len(number)).view(-1, 1, 1)).view(-1, 2),
            "kind": kind.view(-1),
            "entity": mention.entity[pairs].view(-1),
            "ends": torch.stack([2 * owner, 2 * owner + 1]),
            "relation": graph[REL].edge_type[edge],
            "lengths": torch.full((len(number),), count),
        }

    def __repr__(self) -> str:
        return f"ExpandPairs(k={self.k}, limit={self.limit})"


def _assemble(whole: dict[str, Tensor], ptr: Tensor, lengths: Tensor) -> SentenceGraph:
    batch, sentence = SentenceGraph(), torch.arange(lengths.numel())
    batch.num_graphs = lengths.numel()
    given = ("word", "name", "pos", "ner", "subject_offset", "object_offset", "kept")
    for name in (name for name in given if name in whole):
        batch["token"][name] = whole[name]
    batch["token"].num_nodes, batch["token"].ptr = whole["word"].numel(), ptr
    batch["token"].batch = sentence.repeat_interleave(lengths)
    for name in ("span", "kind", "entity"):
        batch["mention"][name] = whole[name]
    batch["mention"].num_nodes = whole["kind"].numel()
    batch["mention"].ptr = 2 * torch.arange(lengths.numel() + 1)
    batch["mention"].batch = sentence.repeat_interleave(2)
    batch[PATH].edge_index = whole["path"]
    batch[REL].edge_index, batch[REL].edge_type = whole["ends"], whole["relation"]
    return batch
