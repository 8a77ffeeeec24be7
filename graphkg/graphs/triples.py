"""TripleIndex: which answers to (head, relation) and (relation, tail) are known."""

from __future__ import annotations

import torch
from torch import Tensor

from ..errors import InputError
from ..vocab import Vocabulary
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
        names = [(g.__dict__.get("_entities"), g.__dict__.get("_relations")) for g in graphs]
        for number, other in enumerate(names):
            if not all(map(_same, names[0], other)):
                raise InputError(
                    f"graph {number} of a TripleIndex names its entities or relations otherwise "
                    "than graph 0 does: build the splits over one vocabulary"
                )
        self.num_entities, self.num_relations = sizes.pop()
        index = torch.cat([g[EDGE].edge_index for g in graphs], dim=1)
        types = torch.cat([g[EDGE].edge_type for g in graphs])
        self._tails = self._answers(index[0], types, index[1])
        self._heads = self._answers(index[1], types, index[0])
        self._keys = self._triple_keys()

    def _answers(self, given: Tensor, relation: Tensor, answer: Tensor) -> tuple[Tensor, Ragged]:
        """Rising query ids [U + 1] and their answers; the last row is that of unknown queries."""
        width = max(self.num_entities, 1)
        keys = ((given * self.num_relations + relation) * width + answer).unique()
        queries, lengths = (keys // width).unique_consecutive(return_counts=True)
        beyond = queries.new_full((1,), self.num_entities * self.num_relations)
        ends = torch.cat([lengths, lengths.new_zeros(1)]).cumsum(0)
        return torch.cat([queries, beyond]), Ragged(
            keys % width, torch.cat([ends.new_zeros(1), ends])
        )

    @property
    def device(self) -> torch.device:
        """Where the rows lie."""
        return self._keys.device

    def known_tails(self, head: Tensor | int, relation: Tensor | int) -> Ragged | Tensor:
        """Returns the known tails of each query: rows for tensors [B], a tensor for two ints.

        Raises:
            InputError: an id that the indexed graphs do not have.
        """
        return self._known(self._tails, head, relation)

    def known_heads(self, relation: Tensor | int, tail: Tensor | int) -> Ragged | Tensor:
        """Returns the known heads of each query, likewise."""
        return self._known(self._heads, tail, relation)

    def tails_hot(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns the known tails of B queries as a multi-hot matrix [B, N]."""
        rows = self._known(self._tails, head.view(-1), relation.view(-1))
        assert isinstance(rows, Ragged)
        return rows.multi_hot(self.num_entities)

    def contains(self, head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
        """Returns which triples are known: id tensors [*] of broadcastable shapes give [*].

        Raises:
            InputError: an id that the indexed graphs do not have.
        """
        self._check(tail, self.num_entities, "entity")
        asked = self._row(self._tails[0], head, relation) * self.num_entities + tail
        place = torch.searchsorted(self._keys, asked).clamp(max=self._keys.numel() - 1)
        return self._keys[place] == asked

    def _triple_keys(self) -> Tensor:
        """The known triples as rising numbers, row of (head, relation) x N + tail, behind a -1."""
        answers = self._tails[1]
        keys = answers.row * self.num_entities + answers.values
        return torch.cat([keys.new_full((1,), -1), keys])

    def _known(
        self, side: tuple[Tensor, Ragged], entity: Tensor | int, relation: Tensor | int
    ) -> Ragged | Tensor:
        queries, answers = side
        row = self._row(
            queries,
            torch.as_tensor(entity, device=queries.device),
            torch.as_tensor(relation, device=queries.device),
        )
        return answers[int(row)] if row.dim() == 0 else answers.gather(row)

    def _row(self, queries: Tensor, entity: Tensor, relation: Tensor) -> Tensor:
        """The row of each query; unknown ones have the last row, which is empty."""
        self._check(entity, self.num_entities, "entity")
        self._check(relation, self.num_relations, "relation")
        query = entity * self.num_relations + relation
        place = torch.searchsorted(queries, query)
        return place.where(queries[place] == query, queries.numel() - 1)

    def _check(self, ids: Tensor, count: int, name: str) -> None:
        wrong = ids[(ids < 0) | (ids >= count)]
        if wrong.numel():
            raise InputError(
                f"{name} id {int(wrong.view(-1)[0])} was asked for, but the index has {count} "
                f"(0-{count - 1}): index the graphs that the query comes from"
            )

    def to(self, device: torch.device | str) -> TripleIndex:
        """Returns the index with its rows on `device`."""
        moved = object.__new__(TripleIndex)
        moved.num_entities, moved.num_relations = self.num_entities, self.num_relations
        for name in ("_tails", "_heads"):
            queries, rows = getattr(self, name)
            rows = Ragged(rows.values.to(device), rows.ptr.to(device))
            setattr(moved, name, (queries.to(device), rows))
        moved._keys = self._keys.to(device)
        return moved

    def __repr__(self) -> str:
        return (
            f"TripleIndex({self._tails[1].values.numel()} triples, {self.num_entities} entities, "
            f"{self.num_relations} relations)"
        )


def _same(names: Vocabulary | None, others: Vocabulary | None) -> bool:
    if names is None or others is None or names is others:
        return True
    return names.labels == others.labels
