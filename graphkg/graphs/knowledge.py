"""KnowledgeGraph: entities, relations and one edge type between entities.

Letters: N entities, R relations, E edges.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from ..errors import InputError
from ..vocab import Vocabulary
from .evidence import Evidence

if TYPE_CHECKING:
    import networkx

EDGE = ("entity", "rel", "entity")


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
    (:attr:`entities`, :attr:`relations`) are not collated, sampled or sent to workers' batches.
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
        rows = [tuple(triple) for triple in triples]
        for number, row in enumerate(rows):
            if len(row) != 3 or not all(isinstance(label, str) for label in row):
                raise InputError(
                    f"triple {number} is {row!r}, but a triple is three labels: "
                    "(head, relation, tail)"
                )
        entities = _vocabulary(entities, (x for h, _, t in rows for x in (h, t)), "entity")
        relations = _vocabulary(relations, (r for _, r, _ in rows), "relation")
        heads, types, tails = (list(column) for column in zip(*rows)) if rows else ([], [], [])
        index = torch.tensor([entities.ids(heads), entities.ids(tails)], dtype=torch.long)
        types = torch.tensor(relations.ids(types), dtype=torch.long)
        return cls.from_ids(index.view(2, -1), types, entities, relations)

    @classmethod
    def from_ids(
        cls, edge_index: Tensor, edge_type: Tensor, entities: Vocabulary, relations: Vocabulary
    ) -> KnowledgeGraph:
        """Builds a graph from id tensors [2, E] and [E] over given vocabularies."""
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
            InputError: a missing file, one that is not UTF-8, or a line without three columns.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise InputError(f"{path} does not exist: give a file of triples") from None
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8 (byte {error.start}): convert it") from None
        rows = []
        for number, line in enumerate(text.split("\n"), start=1):
            columns = line.rstrip("\r").split("\t")
            if columns == [""]:
                continue
            if len(columns) != 3:
                raise InputError(
                    f"{path}:{number}: {len(columns)} columns, but a triple has 3: "
                    "head, relation and tail with a tab between them"
                )
            rows.append(columns)
        return cls.from_triples(rows, entities, relations)

    @property
    def entities(self) -> Vocabulary:
        """The entities' names, in the order of their ids."""
        return self.__dict__["_entities"]

    @property
    def relations(self) -> Vocabulary:
        """The relations' names, in the order of their ids."""
        return self.__dict__["_relations"]

    @property
    def evidence(self) -> list[list[Evidence]]:
        """For each edge the sentences that state it, best first; empty lists if none is kept."""
        kept = self.__dict__.get("_evidence")
        return [[] for _ in range(self[EDGE].edge_index.size(1))] if kept is None else kept

    def with_evidence(self, evidence: Sequence[Sequence[Evidence]]) -> KnowledgeGraph:
        """Returns a copy that remembers, for each of its E edges, where it was read."""
        if len(evidence) != self[EDGE].edge_index.size(1):
            raise InputError(
                f"evidence for {len(evidence)} edges was given, but the graph has "
                f"{self[EDGE].edge_index.size(1)}: give one list an edge"
            )
        graph = copy.copy(self)
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
        entity, relation = self.entities.labels, self.relations.labels
        index, types = self[EDGE].edge_index.t().tolist(), self[EDGE].edge_type.tolist()
        return [(entity[h], relation[r], entity[t]) for (h, t), r in zip(index, types)]

    def with_inverses(self, suffix: str = " (inverse)") -> KnowledgeGraph:
        """Returns a graph with E more edges, tail -> head of type ``relation + R``."""
        count = len(self.relations)
        names = self.relations.labels
        relations = Vocabulary([*names, *(n + suffix for n in names)], name="relation")
        index, types = self[EDGE].edge_index, self[EDGE].edge_type
        graph = copy.copy(self)
        graph[EDGE].edge_index = torch.cat([index, index.flip(0)], dim=1)
        graph[EDGE].edge_type = torch.cat([types, types + count])
        graph["relation"].num_nodes = 2 * count
        graph["relation"].inverse = torch.arange(2 * count).roll(count)
        graph.__dict__["_relations"] = relations
        graph.__dict__.pop("_evidence", None)
        return graph

    def to_networkx(self) -> networkx.MultiDiGraph:
        """Returns a multigraph: nodes are entity names, edges carry ``relation`` (also the key)."""
        import networkx

        graph = networkx.MultiDiGraph()
        graph.add_nodes_from(self.entities)
        for head, relation, tail in self.triples():
            graph.add_edge(head, tail, key=relation, relation=relation)
        return graph

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self['entity'].num_nodes} entities, "
            f"{self['relation'].num_nodes} relations, {self[EDGE].edge_index.size(1)} triples)"
        )


def _vocabulary(given: Any, found: Iterable[str], name: str) -> Vocabulary:
    if isinstance(given, Vocabulary):
        return given
    return Vocabulary(dict.fromkeys(found) if given is None else given, name=name)
