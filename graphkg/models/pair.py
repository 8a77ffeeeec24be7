"""PAIR: does a query state the same relation as a support sentence?

Letters: B episodes, N ways, K shots, Q queries a way, A = B N Q questions, G = A N K pairs,
S sentences, P pieces of the sentences, D channels.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InputError
from ..graphs import Frame, JointGraph, Ragged, SentenceGraph, Sequences
from ..graphs.mention_pieces import check_pieces
from ..stores import MemoryTable
from .jaket import JAKET

OTHER, SAME = 0, 1


class EpisodeBatch(NamedTuple):
    """B episodes of few-shot classification over S sentences.

    Attributes:
        sentences: a batch of sentences whose pieces are of
            :class:`~graphkg.transforms.ToMarkedPieces`, alone or joined with a graph.
        support: [B, N, K] numbers of sentences.
        query: [B, N, Q], likewise; the right answer is the place among the N ways.
    """

    sentences: JointGraph | SentenceGraph
    support: Tensor
    query: Tensor

    @property
    def target(self) -> Tensor:
        """The right way of each question, [A]."""
        ways = torch.arange(self.query.size(1), device=self.query.device)
        return ways.view(1, -1, 1).expand_as(self.query).reshape(-1)


class PAIR(nn.Module):
    r"""Few-shot relation classification by pairs (Gao et al., 2019; on JAKET: Yu et al., 2020).

    Each query is read with each support sentence as one text, ``[CLS] support [SEP] query [SEP]``,
    with marker pieces around the head and the tail of both, and

    .. math::
        (o, s) &= W \, \mathrm{Dropout}(Z^{LM}_{[CLS]}) + b \\
        \mathrm{score}(n) &= \tfrac1K \textstyle\sum_k s_{nk}, \quad
        \mathrm{none} = \min_n \tfrac1K \textstyle\sum_k o_{nk}.

    The loss is the cross entropy over the N classes and none, as in FewRel's toolkit; none is no
    answer where every query has one of the N relations. Entities of mentions are merged, if the
    sentences are joined with a graph.

    Args:
        model: what reads the texts; the marker pieces are among its encoder's.
        cls, sep: ids of the pieces that frame a text.
        dropout: on the first output.

    Shapes:
        - input: an :class:`EpisodeBatch`
        - output: [A, N], the questions in the order of ``query``
    """

    def __init__(self, model: JAKET, cls: int, sep: int, dropout: float = 0.1):
        super().__init__()
        self.model, self.cls, self.sep = model, cls, sep
        self.dropout, self.classify = nn.Dropout(dropout), nn.Linear(model.dim, 2)

    def forward(self, batch: EpisodeBatch, entities: Tensor | None = None) -> Tensor:
        """Returns the score of each way, [A, N].

        Args:
            batch: the episodes.
            entities: E^KM of the joint graph's entities [n, D], if it was read already.
        """
        return self.class_logits(batch, entities)[:, :, SAME]

    def class_logits(self, batch: EpisodeBatch, entities: Tensor | None = None) -> Tensor:
        """Returns o and s of each way, means over its shots, [A, N, 2]."""
        ways, shots = batch.support.shape[1:]
        return self.pair_logits(batch, entities).view(-1, ways, shots, 2).mean(2)

    def pair_logits(self, batch: EpisodeBatch, entities: Tensor | None = None) -> Tensor:
        """Returns o and s of each pair, [G, 2], the shots of a question after one another."""
        given, model = batch.sentences, self.model
        pairs, origin = self.pairs(batch)
        links = None
        if model.knowledge is not None and isinstance(given, JointGraph):
            entities = model.read_graph(given) if entities is None else entities
            links = _carried(given.piece_links(), origin, int(given["piece"].num_nodes))
        rows = model.read_pieces(pairs.piece, pairs.ptr, pairs.segment, entities, links)
        return self.classify(self.dropout(rows[pairs.ptr[:-1]]))

    def pairs(self, batch: EpisodeBatch) -> tuple[Sequences, Tensor]:
        """Returns the text of every pair, and the sentences' piece that each piece is, -1 = none.

        Raises:
            InputError: sentences without pieces, or a pair that is longer than the encoder reads.
        """
        check_pieces(batch.sentences)
        given = batch.sentences["piece"]
        count = int(given.num_nodes)
        support, query = paired(batch.support, batch.query)
        place = Ragged(torch.arange(count, device=given.ptr.device), given.ptr)
        # Joined are places of pieces; those of the special pieces are behind all others.
        frame = Frame(count, count + 1, self.model.lower.max_length)
        parts = [place.gather(support), place.gather(query)]
        longest = int((parts[0].lengths + parts[1].lengths).max()) + 3
        if longest > frame.limit:
            raise InputError(
                f"a pair of sentences has {longest} pieces, but the encoder reads at most "
                f"{frame.limit}: cut sentences with ToMarkedPieces(limit={(frame.limit - 3) // 2})"
            )
        made = frame.join(parts, segments=[0, 1])
        ids = torch.cat([given.input_id, given.input_id.new_tensor([self.cls, self.sep])])
        origin = made.piece.masked_fill(made.part < 0, -1)
        return Sequences(ids[made.piece], made.ptr, made.segment, made.part), origin

    def losses(self, batch: EpisodeBatch) -> dict[str, Tensor]:
        """Returns the cross entropy of the right way among the N ways and none."""
        logits = self.class_logits(batch)
        none = logits[:, :, OTHER].amin(1, keepdim=True)
        scores = torch.cat([logits[:, :, SAME], none], 1)
        return {"episode": F.cross_entropy(scores, batch.target)}

    def memories(self) -> dict[str, MemoryTable]:
        """The tables that checkpoints keep beside the weights."""
        return self.model.memories()

    def groups(self) -> dict[str, Any]:
        """Parameter groups: ``encoder``, ``knowledge`` and ``head``."""
        return {**self.model.groups(), "head": list(self.classify.parameters())}

    def __repr__(self) -> str:
        return f"PAIR({self.model!r})"


def paired(support: Tensor, query: Tensor) -> tuple[Tensor, Tensor]:
    """Returns support and query of every pair, [G] and [G]: query by query, way by way.

    Example:
        >>> s, q = paired(torch.tensor([[[1, 2], [3, 4]]]), torch.tensor([[[5], [6]]]))
        >>> s.tolist(), q.tolist()
        ([1, 2, 3, 4, 1, 2, 3, 4], [5, 5, 5, 5, 6, 6, 6, 6])
    """
    supports, queries = support.flatten(1).unsqueeze(1), query.flatten(1).unsqueeze(2)
    both = torch.broadcast_tensors(supports, queries)
    return both[0].reshape(-1), both[1].reshape(-1)


def _carried(links: Tensor, origin: Tensor, count: int) -> Tensor:
    """The links [2, L] of `count` pieces, for copies of them that come from `origin`, -1 = none."""
    piece, entity = links
    order = piece.argsort(stable=True)
    rows = Ragged.of_lengths(entity[order], torch.bincount(piece, minlength=count + 1))
    found = rows.gather(origin.masked_fill(origin < 0, count))
    return torch.stack([found.row, found.values])
