"""The questions that labelled sentences put to a link predictor, and their known answers.

Letters: Q questions, n candidate objects, S kinds, R relations, N entities, D_v width of an entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import InputError, nearest
from ..graphs import KnowledgeGraph, SentenceGraph, TripleIndex
from ..relation.base import Pairs
from ..stores import EmbeddingStore
from ..vocab import Vocabulary


@dataclass(frozen=True)
class LinkExamples:
    """The questions (subject, relation, ?) that a batch states, one for each labelled edge.

    Attributes:
        sentence: [Q] the sentence of each.
        relation: [Q] its relation.
        head: [Q, D_v] the row of the subject: of its mask, or of its entity.
        objects: [n, D_v] the candidates' rows.
        known: [Q, n] the known objects O(s, r), 0 or 1.
        rows: [Q], true for those that count; ``None`` if all do.
    """

    sentence: Tensor
    relation: Tensor
    head: Tensor
    objects: Tensor
    known: Tensor
    rows: Tensor | None = None


def stated_examples(batch: SentenceGraph, pairs: Pairs, store: EmbeddingStore) -> LinkExamples:
    """The questions over masks, answered by what the batch itself states."""
    sentence, relation = pairs.sentence, pairs.relation
    first = batch["token"].word[batch["mention"].span[:, 0]]
    subject, object_ = first[pairs.subject[sentence]], first[pairs.object[sentence]]
    same = (subject.unsqueeze(1) == subject) & (relation.unsqueeze(1) == relation)
    stated = object_.unsqueeze(1) == store["object"].rows
    known = (same.float() @ stated.float()) > 0
    return LinkExamples(sentence, relation, store["token"](subject), store["object"](), known)


class EntityGraph:
    """A given knowledge graph over the entities that mentions are linked to.

    The paper's "mapping to a pre-existing KG": questions are (subject's entity, relation, ?) over
    the rows of ``store["object"]``, a view on all rows of ``store["entity"]``. A question counts if
    its subject is linked, its relation is one of the graph, and the graph knows an answer; whoever
    wants the training sentences' own triples known adds them to the graph.

    Args:
        graph: triples over the entities whose ids the mentions have.
        relations: the relations of the sentences.
        names: the graph's label of a sentence's relation, where the two differ.

    Raises:
        InputError: no relation of the sentences is one of the graph, or a name that it lacks.
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        relations: Vocabulary,
        names: Mapping[str, str] | None = None,
    ):
        own, names = graph.relations, dict(names or {})
        for label, name in names.items():
            if label not in relations or name not in own:
                missing, known = (name, own) if name not in own else (label, relations)
                raise InputError(
                    f"relation {missing!r} was named, but {known.name} has no such label"
                    f"{nearest(missing, list(known))}"
                )
        found = [names.get(label, label) for label in relations]
        ids = [own[name] if name in own else -1 for name in found]
        if max(ids, default=-1) < 0:
            raise InputError(
                f"none of the {len(ids)} relations of the sentences is one of the graph's "
                f"{len(own)} (such as {', '.join(list(own)[:3])}): give their names"
            )
        self.num_entities: int = graph["entity"].num_nodes
        self.relation = torch.tensor(ids, dtype=torch.long)
        self.index = TripleIndex(graph)

    def examples(self, batch: SentenceGraph, pairs: Pairs, store: EmbeddingStore) -> LinkExamples:
        """Returns the question of each labelled edge and its known objects."""
        index = self._index(pairs.relation.device)
        entity = batch["mention"].entity[pairs.subject[pairs.sentence]]
        relation = self.relation.to(entity.device)[pairs.relation]
        asked = (entity >= 0) & (relation >= 0)
        subject = entity.clamp(min=0)
        known = index.tails_hot(subject, relation.clamp(min=0)).bool()
        rows = asked & known.any(1)
        head, objects = store["entity"](subject), store["object"]()
        return LinkExamples(pairs.sentence, pairs.relation, head, objects, known, rows)

    def _index(self, device: torch.device) -> TripleIndex:
        if self.index.device != device:
            self.index = self.index.to(device)
        return self.index

    def __repr__(self) -> str:
        shared = int((self.relation >= 0).sum())
        return f"EntityGraph({self.num_entities} entities, {shared} relations of the sentences)"
