"""TripleIndex: which answers to (head, relation) and (relation, tail) are known."""

from __future__ import annotations

import torch
from torch import Tensor

from ..errors import InputError
from .knowledge import EDGE, KnowledgeGraph
from .ragged import Ragged


class TripleIndex:
    """The known answers of one or more graphs over the same ids, in CSR rows built once.

    It is the filter of ranking metrics and the target O of JRRELP (known tails of a head and a
    relation). Duplicate triples count once; a row's answers rise.

    Args:
        graphs: splits (train, valid, test, ...) with equal numbers of entities and relations.

    Example:
        >>> kg = KnowledgeGraph.from_triples([("a", "r", "b"), ("a", "r", "c"), ("b", "r", "a")])
        >>> TripleIndex(kg).known_tails(0, 0)
        tensor([1, 2])
    """

    def __init__(self, *graphs: KnowledgeGraph):
        if not graphs:
            raise InputError("TripleIndex() was given no graph, but it indexes one or more")
        sizes = {(g["entity"].num_nodes, g["relation"].num_nodes) for g in graphs}
        if len(sizes) > 1:
            raise InputError(
                "the graphs of a TripleIndex share entities and relations, but these have "
                f"(entities, relations) = {sorted(sizes)}: build the splits over one vocabulary"
            )
        self.num_entities, self.num_relations = sizes.pop()
        index = torch.cat([g[EDGE].edge_index for g in graphs], dim=1)
        types = torch.cat([g[EDGE].edge_type for g in graphs])
        self._tails = self._rows(index[0], types, index[1])
        self._heads = self._rows(index[1], types, index[0])

    def _rows(self, given: Tensor, relation: Tensor, answer: Tensor) -> Ragged:
        width = max(self.num_entities, 1)
        keys = ((given * self.num_relations + relation) * width + answer).unique()
        queries = torch.arange(self.num_entities * self.num_relations + 1, device=keys.device)
        ptr = torch.searchsorted(keys, queries * width)
        return Ragged(keys % width, ptr)

    def known_tails(self, head: Tensor | int, relation: Tensor | int) -> Ragged | Tensor:
        """Returns the known tails of each query: a tensor for two ints, rows [B] for tensors [B]."""
        return self._known(self._tails, head, relation)

    def known_heads(self, relation: Tensor | int, tail: Tensor | int) -> Ragged | Tensor:
        """Returns the known heads of each query, likewise."""
        return self._known(self._heads, tail, relation)

    def tails_hot(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns the known tails of B queries as a multi-hot matrix [B, N]."""
        return self._known(self._tails, head, relation).multi_hot(self.num_entities)

    def _known(self, rows: Ragged, entity: Tensor | int, relation: Tensor | int) -> Ragged | Tensor:
        row = entity * self.num_relations + relation
        return rows.gather(row) if isinstance(row, Tensor) else rows[row]

    def to(self, device: torch.device | str) -> TripleIndex:
        """Returns the index with its rows on `device`."""
        moved = object.__new__(TripleIndex)
        moved.num_entities, moved.num_relations = self.num_entities, self.num_relations
        for name in ("_tails", "_heads"):
            rows = getattr(self, name)
            setattr(moved, name, Ragged(rows.values.to(device), rows.ptr.to(device)))
        return moved

    def __repr__(self) -> str:
        return (
            f"TripleIndex({self._tails.values.numel()} triples, {self.num_entities} entities, "
            f"{self.num_relations} relations)"
        )
