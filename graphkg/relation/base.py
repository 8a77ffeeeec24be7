"""RelationExtractor: what every f has in common, and the mention pairs of a batch.

Letters: B sentences with one mention pair each, K edges (a pair's relations), T tokens,
R relations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InputError
from ..graphs.sentence import REL, SentenceGraph
from ..stores import EmbeddingStore


@dataclass(frozen=True)
class Encoded:
    """What an extractor makes of a batch.

    Attributes:
        relation: [B, D_r] the relation vectors r-hat.
        sentence: [B, D] the pooled sentences, where a penalty needs them.
    """

    relation: Tensor
    sentence: Tensor | None = None


@dataclass(frozen=True)
class Pairs:
    """The mention pair of each sentence of a batch, and its relations.

    Several edges between the same two mentions are the several relations of one pair.

    Attributes:
        ptr: [B + 1] where each sentence's tokens begin.
        token: [T] the sentence of each token.
        subject: [B] mention numbers.
        object: [B] mention numbers.
        sentence: [K] the sentence of each edge.
        relation: [K] relation ids, -1 = to predict.
    """

    ptr: Tensor
    token: Tensor
    subject: Tensor
    object: Tensor
    sentence: Tensor
    relation: Tensor

    @classmethod
    def of(cls, graph: SentenceGraph) -> Pairs:
        """Reads the pairs of a batch, or of a single sentence.

        Raises:
            InputError: a sentence without a pair, or with pairs of different mentions.
        """
        (subjects, objects), relation = graph[REL].edge_index, graph[REL].edge_type
        ptr = graph["token"].get("ptr")
        if ptr is None:
            count = int(graph["token"].num_nodes)
            ptr, token = subjects.new_tensor([0, count]), subjects.new_zeros(count)
            sentence = torch.zeros_like(subjects)
        else:
            token, sentence = graph["token"].batch, graph["mention"].batch[subjects]
        found = ptr.new_full((ptr.numel() - 1,), -1)
        subject, object_ = (found.scatter(0, sentence, ends) for ends in (subjects, objects))
        same = (subject[sentence] == subjects) & (object_[sentence] == objects)
        if not bool(same.all() & (subject >= 0).all()):
            raise InputError(
                f"{relation.numel()} mention pairs were given in {found.numel()} sentences, but "
                "a relation extractor reads one pair a sentence: make one graph a pair with "
                "graphkg.transforms.split_pairs"
            )
        return cls(ptr, token, subject, object_, sentence, relation)

    def __len__(self) -> int:
        return self.subject.numel()

    def inside(self, spans: Tensor) -> Tensor:
        """Returns which tokens lie in their sentence's span ([B, 2], half-open), as [T]."""
        place = torch.arange(self.token.numel(), device=self.token.device)
        start, end = spans[self.token].unbind(1)
        return (place >= start) & (place < end)

    def targets(self, num_relations: int) -> Tensor:
        """Returns the relations of each pair as a multi-hot matrix [B, R]."""
        known = self.relation >= 0
        hot = torch.zeros(len(self), num_relations, device=self.ptr.device)
        hot[self.sentence[known], self.relation[known]] = 1.0
        return hot


class RelationExtractor(nn.Module):
    r"""f: reads a sentence with a subject and an object, returns a relation vector.

    A subclass implements :meth:`encode`. The rows of the store's ``relation`` table are the
    classifier's weights: :math:`R \hat r + b`, with b owned by the extractor, so that a loss on
    the vector alone cannot reach it.

    Args:
        relation_dim: D_r.
        num_relations: R, the number of rows of ``store["relation"]`` that are classes.
    """

    tables: ClassVar[tuple[str, ...]] = ("relation",)

    def __init__(self, relation_dim: int, num_relations: int):
        super().__init__()
        self.relation_dim, self.num_relations = relation_dim, num_relations
        self.bias = nn.Parameter(torch.zeros(num_relations))

    def encode(self, graph: SentenceGraph, store: EmbeddingStore) -> Encoded:
        """Encodes a batch of sentences with one mention pair each."""
        raise NotImplementedError

    def forward(self, graph: SentenceGraph, store: EmbeddingStore) -> Tensor:
        """Returns the relation vectors, [B, D_r]."""
        return self.encode(graph, store).relation

    def logits(self, r_hat: Tensor, store: EmbeddingStore, detach: bool = False) -> Tensor:
        """Returns the logits of B relation vectors [B, D_r] as [B, R].

        With `detach` the relation rows get no gradient and the bias is left out (the released code
        of JRRELP with PA-LSTM).
        """
        rows = store["relation"]()[: self.num_relations]
        return F.linear(r_hat, rows.detach()) if detach else F.linear(r_hat, rows, self.bias)

    def penalty(self, encoded: Encoded) -> Tensor | None:
        """Returns the extractor's regulariser, already weighted, or ``None`` if it has none."""
        return None

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Returns the extractor's parameters by group, for rates of their own."""
        return {"extractor": list(self.parameters())}
