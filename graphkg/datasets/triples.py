"""Graphs for link prediction: train, valid and test over the same entities and relations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from ..errors import InputError, nearest
from ..graphs import KnowledgeGraph, TripleIndex
from ..graphs.knowledge import EDGE
from ..graphs.tsv import read_triples
from ..vocab import Vocabulary
from .triple_sets import PARTS, find_triple_files
from .triple_tables import NodeTable, read_node_table, read_types

SHOWN = 10


@dataclass(eq=False)
class TripleData:
    """The three parts of a graph, and what its labels mean.

    Attributes:
        name: the name in print.
        train, valid, test: graphs over the same two vocabularies; valid and test may be empty.
            Labels are the ids exactly as written.
        entity_names, relation_names: label -> readable name, for those that have one.
        entity_types: label -> readable types, for those that have any.
        entity_extracts: label -> a longer text than the description, likewise.
    """

    name: str
    train: KnowledgeGraph
    valid: KnowledgeGraph
    test: KnowledgeGraph
    entity_names: dict[str, str] = field(default_factory=dict)
    relation_names: dict[str, str] = field(default_factory=dict)
    entity_types: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entity_extracts: dict[str, str] = field(default_factory=dict)

    @property
    def entities(self) -> Vocabulary:
        """The entities' labels, with descriptions where there are texts."""
        return self.train.entities

    @property
    def relations(self) -> Vocabulary:
        """The relations' labels, likewise."""
        return self.train.relations

    @property
    def parts(self) -> dict[str, KnowledgeGraph]:
        """The graphs by the names of their parts."""
        return {"train": self.train, "valid": self.valid, "test": self.test}

    def whole(self) -> KnowledgeGraph:
        """Returns one graph with the triples of all parts, for tasks that predict none of them."""
        stores = [graph[EDGE] for graph in self.parts.values()]
        return KnowledgeGraph.from_ids(
            torch.cat([store.edge_index for store in stores], 1),
            torch.cat([store.edge_type for store in stores]),
            self.entities,
            self.relations,
        )

    def known(self) -> TripleIndex:
        """The known answers of all parts: the filter of ranking metrics, built once."""
        return self._known

    @cached_property
    def _known(self) -> TripleIndex:
        return TripleIndex(*self.parts.values())

    @cached_property
    def unseen(self) -> Tensor:
        """Entities that no training triple has, [N] bool."""
        unseen = torch.ones(len(self.entities), dtype=torch.bool)
        unseen[self.train[EDGE].edge_index.reshape(-1)] = False
        return unseen

    def protocol(self) -> dict[str, str | int]:
        """What a figure was measured on: name, counts and a checksum of the triples.

        ``unseen_valid`` and ``unseen_test`` count triples with an entity that training lacks;
        ``sha256`` is that of the unpacked files, one after the other.
        """
        counts: dict[str, str | int] = {
            "name": self.name,
            "entities": len(self.entities),
            "relations": len(self.relations),
        }
        counts |= {part: graph.heads.numel() for part, graph in self.parts.items()}
        counts["unseen_entities"] = int(self.unseen.sum())
        for part in ("valid", "test"):
            index = self.parts[part][EDGE].edge_index
            counts[f"unseen_{part}"] = int(self.unseen[index].any(0).sum())
        return {**counts, "sha256": self._checksum}

    @cached_property
    def _checksum(self) -> str:
        digest = hashlib.sha256()
        for graph in self.parts.values():
            lines = ("\t".join(triple) + "\n" for triple in graph.triples())
            digest.update("".join(lines).encode())
        return digest.hexdigest()

    def name_of(self, label: str) -> str:
        """Returns the readable name of an entity or a relation, or the label if it has none."""
        return self.entity_names.get(label) or self.relation_names.get(label) or label

    def find_entity(self, text: str) -> str:
        """Returns the label of an entity given by its label or by its readable name.

        Raises:
            InputError: no such entity, or several of that name.
        """
        return _find(text, self.entities, self._entity_bearers, self.entity_names)

    def find_relation(self, text: str) -> str:
        """Returns the label of a relation, likewise."""
        return _find(text, self.relations, self._relation_bearers, self.relation_names)

    @cached_property
    def _entity_bearers(self) -> dict[str, list[str]]:
        return _bearers(self.entity_names)

    @cached_property
    def _relation_bearers(self) -> dict[str, list[str]]:
        return _bearers(self.relation_names)

    def __repr__(self) -> str:
        sizes = " + ".join(str(graph.heads.numel()) for graph in self.parts.values())
        return (
            f"TripleData({self.name}, {len(self.entities)} entities, {len(self.relations)} "
            f"relations, {sizes} triples)"
        )


def read_triple_data(name_or_folder: str | Path, path: str | Path | None = None) -> TripleData:
    """Reads a known set or a folder of triples.

    A folder has ``train.tsv``, and may have ``valid.tsv`` (or ``dev.tsv``) and ``test.tsv``:
    head, relation and tail with tabs between them, no header, no quoting; ``.txt`` and ``.gz``
    will do. ``entities.tsv`` and ``relations.tsv`` have a header line with ``id`` and any of
    ``name``, ``text``, ``description``, ``extract``, ``type``, ``entity_type``, ``types``, ``pos``.
    Where there is such a table, ids follow its rows; otherwise first appearance over train, valid,
    test.

    Args:
        name_or_folder: a name (wn18rr, fb15k-237, umls, kinships, nations, countries-s1,
            countries-s2, countries-s3, codex-s, codex-m, family), or a folder.
        path: the folder of a known set; by default below ``$GRAPHKG_DATA``.

    Raises:
        InputError: missing or malformed files, or an id that a table lacks, with the line.
    """
    files = find_triple_files(name_or_folder, path)
    rows: dict[str, list[list[str]]] = {part: [] for part in PARTS}
    lines: dict[str, list[int]] = {}
    for part, file in files.parts.items():
        rows[part], lines[part] = read_triples(file)
        if not rows[part]:
            raise InputError(f"{file}:1: the file is empty, but triples were expected")
    tables = [read_node_table(file) if file else None for file in (files.entities, files.relations)]
    triples = [row for part in rows.values() for row in part]
    if files.shared and tables[1]:
        tables[1] = tables[1].only({relation for _, relation, _ in triples})
    entities = _vocabulary("entity", tables[0], (x for h, _, t in triples for x in (h, t)))
    relations = _vocabulary("relation", tables[1], (r for _, r, _ in triples))
    for part, file in files.parts.items():
        for number, (head, relation, tail) in zip(lines[part], rows[part]):
            if not (head in entities and tail in entities and relation in relations):
                _refuse(f"{file}:{number}", (head, relation, tail), entities, relations)
    graphs = {
        part: KnowledgeGraph.from_triples(found, entities, relations)
        for part, found in rows.items()
    }
    types = read_types(tables[0], files.types, files.type_names)
    return TripleData(
        files.name,
        **graphs,
        entity_names=tables[0].names if tables[0] else {},
        relation_names=tables[1].names if tables[1] else {},
        entity_types={label: types[label] for label in entities if label in types},
        entity_extracts=tables[0].extracts if tables[0] else {},
    )


def WN18RR(path: str | Path | None = None) -> TripleData:
    """WordNet without its inverse relations (Dettmers et al., 2018): 40,943 synsets."""
    return read_triple_data("wn18rr", path)


def FB15k237(path: str | Path | None = None) -> TripleData:
    """Freebase without its inverse relations (Toutanova and Chen, 2015): 14,541 entities."""
    return read_triple_data("fb15k-237", path)


def UMLS(path: str | Path | None = None) -> TripleData:
    """The semantic network of medical terms (McCray, 2003): 135 entities, 46 relations."""
    return read_triple_data("umls", path)


def Kinships(path: str | Path | None = None) -> TripleData:
    """Terms of kinship among the Alyawarra (Denham, 1973): 104 persons, 25 relations."""
    return read_triple_data("kinships", path)


def Nations(path: str | Path | None = None) -> TripleData:
    """Relations between states (Rummel, 1976): 14 states, 55 relations."""
    return read_triple_data("nations", path)


def CoDExS(path: str | Path | None = None) -> TripleData:
    """The small graph of CoDEx (Safavi and Koutra, 2020), from Wikidata: 2,034 entities."""
    return read_triple_data("codex-s", path)


def CoDExM(path: str | Path | None = None) -> TripleData:
    """The middle graph of CoDEx: 17,050 entities; its test part may be absent."""
    return read_triple_data("codex-m", path)


def _vocabulary(name: str, table: NodeTable | None, found: Iterable[str]) -> Vocabulary:
    if table is None:
        return Vocabulary(dict.fromkeys(found), name=name)
    return Vocabulary(table.labels, descriptions=table.descriptions, name=name)


def _refuse(
    where: str, triple: tuple[str, str, str], entities: Vocabulary, relations: Vocabulary
) -> None:
    head, relation, tail = triple
    asked = (
        ("entities.tsv", entities, head),
        ("relations.tsv", relations, relation),
        ("entities.tsv", entities, tail),
    )
    table, names, label = next(x for x in asked if x[2] not in x[1])
    raise InputError(
        f"{where}: {names.name} {label!r} has no row in {table}{nearest(label, names.labels)}; "
        "give it one, or write an id that has one"
    )


def _bearers(names: dict[str, str]) -> dict[str, list[str]]:
    """Which labels bear a name, by the name without regard to case."""
    found: dict[str, list[str]] = {}
    for label, name in names.items():
        found.setdefault(name.casefold(), []).append(label)
    return found


def _find(
    text: str, labels: Vocabulary, bearers: dict[str, list[str]], names: dict[str, str]
) -> str:
    if text in labels:
        return text
    found = [label for label in bearers.get(text.casefold(), []) if label in labels]
    found = [label for label in found if names[label] == text] or found
    if len(found) == 1:
        return found[0]
    if not found:
        known = list(dict.fromkeys([*labels, *names.values()]))
        raise InputError(
            f"{labels.name} {text!r} is neither a label nor a name among the {len(labels)} known "
            f"ones{nearest(text, known)}"
        )
    shown = ", ".join(found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise InputError(
        f"{len(found)} of the {len(labels)} {labels.name} labels bear the name {text!r}, so that "
        f"one must be given by its label: {shown}{more}"
    )
