"""MetaQA: questions of one, two and three hops over a graph of movies."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError, nearest
from ..graphs import Adjacency, KnowledgeGraph, Ragged
from ..vocab import Vocabulary
from .base import find_file, first_file, locate, read_lines
from .problems import Place
from .questions import Questions, read_questions

HOPS = (1, 2, 3)
PARTS = ("train", "dev", "test")
COLUMNS = ("subject", "relation", "object")
BLOCK = 256  # topics whose candidates are found at once


class MetaQA:
    """MetaQA, vanilla questions (Zhang et al., 2018): 43,234 entities, 9 relations.

    :attr:`graph` has each triple of ``kb.txt`` once, in the order of the file. Entities have the
    ids of the name list, where there is one, else they are numbered as ``kb.txt`` names them.

    Args:
        path: a folder with ``kb.txt`` and the questions, as published (``1-hop/vanilla/
            qa_dev.txt``, ``1-hop/qa_dev_qtype.txt``, ``entity/kb_entity_dict.txt``) or flat
            (``1-hop.dev.txt``, ``1-hop.dev.qtype.txt``, ``entities.txt``), plain or ``.gz``; parts
            that are not asked for may be absent. By default ``$GRAPHKG_DATA/metaqa``.
        share: of the triples that the graph keeps, each with this chance by a hash of itself; it
            has none of the others, and neither have the candidates.
        seed: which triples are kept.

    Raises:
        InputError: missing or malformed files, with the line; a share outside of (0, 1].
    """

    def __init__(self, path: str | Path | None = None, share: float = 1.0, seed: int = 0):
        if not 0 < share <= 1:
            raise InputError(f"share={share} of the triples was asked for: give one in (0, 1]")
        self.folder = locate("metaqa", path)
        self.share, self.seed = share, seed

    @cached_property
    def graph(self) -> KnowledgeGraph:
        """The triples that are kept, over all entities and relations."""
        for (subject, _, object_), place in self._triples.items():
            for label in (subject, object_):
                if label not in self.entities:
                    what = f"the entity {label!r} is not in the list of {len(self.entities)} names"
                    hint = nearest(label, self.entities.labels)
                    raise place.error("unknown label", f"{what}{hint}; add it there")
        kept = [triple for triple in self._triples if self._keeps(triple)]
        return KnowledgeGraph.from_triples(kept, self.entities, self.relations)

    @cached_property
    def entities(self) -> Vocabulary:
        """The names of all entities, those without a triple too."""
        path = first_file(self.folder, "entities.txt", "entity/kb_entity_dict.txt")
        if path is None:
            names = dict.fromkeys(x for s, _, o in self._triples for x in (s, o))
            return Vocabulary(names, name="entity")
        entities = Vocabulary(name="entity")
        for number, line in read_lines(path):
            *before, label = line.split("\t")
            if before not in ([], [str(len(entities))]):
                what = f"the id {before[0]!r}, but entities are numbered from 0, line by line"
                raise Place(path, number).error("wrong value", f"{what}: {len(entities)} here")
            if label in entities:
                what = f"the entity {label!r} has the id {entities[label]} already: keep one"
                raise Place(path, number).error("repeated id", what)
            entities.add(label)
        return entities

    @cached_property
    def relations(self) -> Vocabulary:
        """The relations of all triples, by first appearance."""
        return Vocabulary(dict.fromkeys(r for _, r, _ in self._triples), name="relation")

    def questions(self, hops: int, part: str) -> Questions:
        """Reads the questions of a part.

        Args:
            hops: 1, 2 or 3.
            part: ``"train"``, ``"dev"`` or ``"test"``.

        Raises:
            InputError: other hops or another part, a part that the folder lacks.
        """
        if hops not in HOPS or part not in PARTS:
            raise InputError(
                f"the part {part!r} of {hops}-hop questions was asked for, but there are "
                f"{', '.join(PARTS)} of 1, 2 and 3 hops"
            )
        flat, nested = f"{hops}-hop.{part}", f"{hops}-hop"
        path = find_file(self.folder, f"{flat}.txt", f"{nested}/vanilla/qa_{part}.txt")
        types = first_file(self.folder, f"{flat}.qtype.txt", f"{nested}/qa_{part}_qtype.txt")
        return read_questions(f"{nested}/{part}", hops, path, types, self.entities)

    def candidates(self, topic: Tensor, hops: int) -> Ragged:
        """Returns what may answer: the entities at most `hops` edges away from each topic.

        As in JAKET (Yu et al., 2020), edges are walked both ways; with one hop the topic is no
        candidate itself, with more it is.

        Args:
            topic: [Q] entities.
            hops: from 1.

        Returns:
            Q rows of rising ids.
        """
        return candidates_within(self._adjacency, topic, hops)

    def oracle_rate(self, questions: Questions) -> float:
        """The share of questions with an answer among their candidates: no model has more."""
        answered = 0
        for part in torch.arange(len(questions)).split(16 * BLOCK):
            found = self.candidates(questions.topic[part], questions.hops)
            right = found.row[found.among(questions.answers.gather(part))]
            answered += right.unique().numel()
        return answered / len(questions)

    def protocol(self) -> dict[str, Any]:
        """What is asked over what graph, in plain values."""
        return {
            "name": "MetaQA",
            "entities": len(self.entities),
            "relations": len(self.relations),
            "triples": self.graph.heads.numel(),
            "of_triples": len(self._triples),
            "share": self.share,
            "seed": self.seed,
        }

    @cached_property
    def _adjacency(self) -> Adjacency:
        return Adjacency.of(self.graph, "both")

    @cached_property
    def _triples(self) -> dict[tuple[str, str, str], Place]:
        """Each distinct triple, and where it stands first."""
        path = find_file(self.folder, "kb.txt")
        found: dict[tuple[str, str, str], Place] = {}
        for number, line in read_lines(path):
            place = Place(path, number)
            found.setdefault(_triple(line, place), place)
        return found

    def _keeps(self, triple: tuple[str, str, str]) -> bool:
        if self.share == 1:
            return True
        digest = hashlib.sha256("|".join((str(self.seed), *triple)).encode()).digest()
        return int.from_bytes(digest[:8], "big") < self.share * 2**64

    def __repr__(self) -> str:
        return f"MetaQA({str(self.folder)!r}, share={self.share}, seed={self.seed})"


def candidates_within(near: Adjacency, topic: Tensor, hops: int) -> Ragged:
    """Returns what may answer over any graph, see :meth:`MetaQA.candidates`.

    Args:
        near: the neighbours of its entities, both ways.
        topic: [Q] entities.
        hops: from 1.
    """
    distinct, place = topic.unique(return_inverse=True)
    rows = Ragged.cat([near.within(part, hops) for part in distinct.split(BLOCK)])
    return (rows.where(rows.values != distinct[rows.row]) if hops == 1 else rows).gather(place)


def _triple(line: str, place: Place) -> tuple[str, str, str]:
    cells = line.split("|")
    if len(cells) != 3:
        what = f"{len(cells)} cells, but a triple has 3: subject|relation|object"
        raise place.error("ragged row", what)
    bare = [cell.strip() for cell in cells]
    if "" in bare:
        what = f"the {COLUMNS[bare.index('')]} is empty: give all three a label"
        raise place.error("empty cell", what)
    return cells[0], cells[1], cells[2]
