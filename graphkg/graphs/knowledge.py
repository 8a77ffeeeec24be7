"""KnowledgeGraph: entities, relations and one edge type between entities.

Letters: N entities, R relations, E edges.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from ..errors import InputError
from ..vocab import Vocabulary
from .evidence import Evidence
from .tsv import read_triples

if TYPE_CHECKING:
    import networkx

EDGE = ("entity", "rel", "entity")
ASKED = ("entity", "asked", "entity")  # facts that a model is to guess


class KnowledgeGraph(HeteroData):
    r"""A set of triples (head, relation, tail) as a graph, ids inside, the vocabularies beside it.

    ==========================  ==============================  =================================
    part                        attribute                       shape
    ==========================  ==============================  =================================
    ``entity``                  ``category`` (optional)         [N] id, -1 unknown
    ``relation``                ``inverse`` (optional)          [R] id of the inverse relation
    ``(entity, rel, entity)``   ``edge_index``, ``edge_type``   [2, E], [E] relation ids
    ==========================  ==============================  =================================

    Relation identity is an edge attribute, never one edge type a relation. Relations are nodes
    without edges, so that they have rows, texts and names like entities. The vocabularies
    (:attr:`entities`, :attr:`relations`) stay beside the graph and are not sampled: a piece of a
    graph, from :meth:`subgraph` or a ``NodeLoader``, says by ``entity.n_id`` and by the edges'
    ``e_id`` which of the whole graph's entities and edges it has, and names resolve through them.
    A split is a KnowledgeGraph over the same vocabularies. A graph read from text keeps, for each
    edge, the sentences that state it (:attr:`evidence`).
    """

    @classmethod
    def from_triples(
        cls,
        triples: Iterable[Sequence[str]],
        entities: Vocabulary | Iterable[str] | None = None,
        relations: Vocabulary | Iterable[str] | None = None,
    ) -> KnowledgeGraph:
        """Builds a graph from labelled triples.

        Args:
            triples: ``(head, relation, tail)`` labels; duplicates are kept.
            entities: the entities in the order of their ids; by default those of the triples, by
                first appearance. With a list given, a triple with another entity is an error.
            relations: the same for relations.

        Raises:
            InputError: a row that is no triple, or a label that a given list lacks.
        """
        rows = [triple if isinstance(triple, str) else tuple(triple) for triple in triples]
        for number, row in enumerate(rows):
            if isinstance(row, str) or len(row) != 3 or not all(isinstance(x, str) for x in row):
                raise InputError(
                    f"triple {number} is {row!r}, but a triple is three labels: "
                    "(head, relation, tail)"
                )
        return cls._from_rows(rows, entities, relations, lambda number: f"triple {number}")

    @classmethod
    def _from_rows(
        cls, rows: list[Any], entities: Any, relations: Any, where: Callable[[int], str]
    ) -> KnowledgeGraph:
        entities = _vocabulary(entities, (x for h, _, t in rows for x in (h, t)), "entity")
        relations = _vocabulary(relations, (r for _, r, _ in rows), "relation")
        heads, types, tails = (list(column) for column in zip(*rows)) if rows else ([], [], [])
        index = [_ids(entities, heads, where), _ids(entities, tails, where)]
        return cls.from_ids(
            torch.tensor(index, dtype=torch.long).view(2, -1),
            torch.tensor(_ids(relations, types, where), dtype=torch.long),
            entities,
            relations,
        )

    @classmethod
    def from_ids(
        cls, edge_index: Tensor, edge_type: Tensor, entities: Vocabulary, relations: Vocabulary
    ) -> KnowledgeGraph:
        """Builds a graph from id tensors [2, E] and [E] over given vocabularies.

        Raises:
            InputError: tensors of other shapes, or ids that a vocabulary does not have.
        """
        if edge_index.shape != (2, edge_type.numel()) or edge_type.dim() != 1:
            raise InputError(
                f"edge_index of shape {list(edge_index.shape)} and edge_type of shape "
                f"{list(edge_type.shape)} were given, but they are [2, E] and [E]"
            )
        for ids, names in ((edge_index.reshape(-1), entities), (edge_type, relations)):
            wrong = ((ids < 0) | (ids >= len(names))).nonzero().view(-1)
            if wrong.numel():
                place = int(wrong[0])
                raise InputError(
                    f"{names.name} id {int(ids[place])} in edge {place % edge_type.numel()}, but "
                    f"the vocabulary has {len(names)} (0-{len(names) - 1})"
                )
        graph = cls()
        graph["entity"].num_nodes = len(entities)
        graph["relation"].num_nodes = len(relations)
        graph[EDGE].edge_index = edge_index
        graph[EDGE].edge_type = edge_type
        graph.__dict__["_entities"], graph.__dict__["_relations"] = entities, relations
        return graph

    @classmethod
    def from_tsv(
        cls,
        path: str | Path,
        entities: Vocabulary | Iterable[str] | None = None,
        relations: Vocabulary | Iterable[str] | None = None,
    ) -> KnowledgeGraph:
        """Reads ``head<TAB>relation<TAB>tail`` lines: UTF-8, no header, no quoting.

        Raises:
            InputError: a missing file, one that is not UTF-8, a line without three columns, or a
                label that a given list lacks.
        """
        rows, lines = read_triples(Path(path))
        return cls._from_rows(rows, entities, relations, lambda row: f"{path}:{lines[row]}")

    @property
    def entities(self) -> Vocabulary:
        """The entities' names, in the order of their ids in the whole graph."""
        return self._kept("_entities")

    @property
    def relations(self) -> Vocabulary:
        """The relations' names, in the order of their ids."""
        return self._kept("_relations")

    def _kept(self, name: str) -> Vocabulary:
        if name not in self.__dict__:
            raise InputError(
                "this graph has ids alone (it was sampled in a worker process, or built without "
                "names): read names from the whole graph"
            )
        return self.__dict__[name]

    def __getstate__(self) -> dict[str, Any]:
        # A worker of a loader pickles every batch: the names, alike in all, stay behind.
        sampled = any("input_id" in store for store in self.stores)
        beside = ("_entities", "_relations", "_evidence") if sampled else ()
        return {name: value for name, value in self.__dict__.items() if name not in beside}

    @property
    def evidence(self) -> list[list[Evidence]]:
        """For each edge the sentences that state it, best first; empty lists if none is kept."""
        kept, edges = self.__dict__.get("_evidence"), self[EDGE].get("e_id")
        if kept is None:
            return [[] for _ in range(self[EDGE].edge_index.size(1))]
        return kept if edges is None else [kept[edge] for edge in edges.tolist()]

    def with_evidence(self, evidence: Sequence[Sequence[Evidence]]) -> KnowledgeGraph:
        """Returns a copy that remembers, for each of its E edges, where it was read."""
        if len(evidence) != self[EDGE].edge_index.size(1):
            raise InputError(
                f"evidence for {len(evidence)} edges was given, but the graph has "
                f"{self[EDGE].edge_index.size(1)}: give one list an edge"
            )
        graph = copy.copy(self)
        graph[EDGE].pop("e_id", None)
        graph.__dict__["_evidence"] = [list(kept) for kept in evidence]
        return graph

    @property
    def heads(self) -> Tensor:
        """Head ids, [E]."""
        return self[EDGE].edge_index[0]

    @property
    def tails(self) -> Tensor:
        """Tail ids, [E]."""
        return self[EDGE].edge_index[1]

    def triples(self) -> list[tuple[str, str, str]]:
        """The triples as labels, in the order of the edges."""
        entity, relation = self._names(), self.relations.labels
        index, types = self[EDGE].edge_index.t().tolist(), self[EDGE].edge_type.tolist()
        return [(entity[h], relation[r], entity[t]) for (h, t), r in zip(index, types)]

    def _names(self) -> list[str]:
        """The name of each entity node: of all, or of those in a piece of the graph."""
        names, nodes = self.entities.labels, self["entity"].get("n_id")
        return names if nodes is None else [names[node] for node in nodes.tolist()]

    def subgraph(self, subset_dict: dict[str, Tensor]) -> KnowledgeGraph:
        """Returns the induced piece with the nodes (ids or a mask) of each node type given."""
        return HeteroData.subgraph(self._with_whole_ids(), subset_dict)

    def edge_subgraph(self, subset_dict: dict[tuple[str, str, str], Tensor]) -> KnowledgeGraph:
        """Returns the piece with all nodes and the edges (ids or a mask) given."""
        return HeteroData.edge_subgraph(self._with_whole_ids(), subset_dict)

    def _with_whole_ids(self) -> KnowledgeGraph:
        graph = copy.copy(self)
        device = self[EDGE].edge_index.device
        if "n_id" not in graph["entity"]:
            graph["entity"].n_id = torch.arange(graph["entity"].num_nodes, device=device)
        if "e_id" not in graph[EDGE]:
            graph[EDGE].e_id = torch.arange(graph[EDGE].edge_index.size(1), device=device)
        return graph

    def with_inverses(self, suffix: str = " (inverse)") -> KnowledgeGraph:
        """Returns a graph with E more edges, tail -> head of type ``relation + R``.

        An inverse edge has the attributes and the evidence of its edge; the new relations have no
        descriptions.
        """
        old = self.relations
        count, names = len(old), old.labels
        graph = copy.copy(self)
        edges = self[EDGE].edge_index.size(1)
        for name, value in self[EDGE].items():
            if isinstance(value, Tensor) and value.shape[:1] == (edges,) and name != "edge_index":
                graph[EDGE][name] = torch.cat([value, value])
        graph[EDGE].edge_type = torch.cat([self[EDGE].edge_type, self[EDGE].edge_type + count])
        graph[EDGE].edge_index = torch.cat(
            [self[EDGE].edge_index, self[EDGE].edge_index.flip(0)], 1
        )
        graph["relation"].num_nodes = 2 * count
        graph["relation"].inverse = torch.arange(2 * count, device=graph.tails.device).roll(count)
        graph.__dict__["_relations"] = Vocabulary(
            [*names, *(name + suffix for name in names)],
            old.unknown,
            old.descriptions,
            old.aliases,
            name=old.name,
        )
        if "_evidence" in self.__dict__ and "e_id" not in self[EDGE]:
            graph.__dict__["_evidence"] = 2 * self.__dict__["_evidence"]
        return graph

    def to_networkx(self) -> networkx.MultiDiGraph:
        """Returns a multigraph: nodes are entity names, edges carry ``relation`` (also the key)."""
        import networkx

        graph = networkx.MultiDiGraph()
        graph.add_nodes_from(self._names())
        for head, relation, tail in self.triples():
            graph.add_edge(head, tail, key=relation, relation=relation)
        return graph

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self['entity'].num_nodes} entities, "
            f"{self['relation'].num_nodes} relations, {self[EDGE].edge_index.size(1)} triples)"
        )


def _ids(names: Vocabulary, labels: Sequence[str], where: Callable[[int], str]) -> list[int]:
    try:
        return names.ids(labels)
    except InputError as error:
        row = next(n for n, label in enumerate(labels) if label not in names)
        raise InputError(f"{where(row)}: {error}") from None


def _vocabulary(given: Any, found: Iterable[str], name: str) -> Vocabulary:
    if isinstance(given, Vocabulary):
        return given
    return Vocabulary(dict.fromkeys(found) if given is None else given, name=name)
