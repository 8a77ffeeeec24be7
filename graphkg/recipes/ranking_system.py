"""RankingSystem: what every system that ranks entities shares: questions, scores, files.

Letters: N entities.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from ..datasets.triples import TripleData
from ..errors import InputError, nearest
from ..graphs import KnowledgeGraph, TripleIndex
from ..graphs.knowledge import EDGE
from ..metrics.ranking_scores import RankingScores
from ..training.evaluate import evaluate_ranking
from .base import System
from .node_texts import NewEntity

SEEN = "seen"
UNSEEN_RULE = (
    "candidates are all entities of the data set; one that no training triple has keeps the row "
    "it was drawn with"
)


@dataclass(frozen=True)
class Answer:
    """One answer to a question.

    Attributes:
        label, name: the entity, and what people call it.
        score: the predictor's own, higher is better.
        probability: as the training has it: the sigmoid of the score, or, where one answer was to
            win against others (``1vsall``, LP-BERT's ``contrast``), the softmax over all entities.
        rank: its place among the candidates, from 1.
        known: whether a split states it.
    """

    label: str
    name: str
    score: float
    probability: float
    rank: int
    known: bool


class RankingSystem(System):
    """A trained ranker with the triples that it was trained on.

    Attributes:
        recipe: the settings.
        model: what ranks: ``score_tails``, ``score_heads``, ``num_entities``.
        triples: the data set; its splits are what rankings are filtered against.
        name: what proposed triples say that they come from.
        data: what a figure was measured on.
        unseen_rule: how entities that training lacks are ranked, for the protocol.
        choices: what :meth:`evaluate` takes besides, as ``"subset"``.
        reads_texts: it can rank entities that it is given by texts alone.
    """

    recipe: Any
    model: Any
    triples: TripleData
    name: str
    data: dict[str, Any]
    unseen_rule = UNSEEN_RULE
    choices: tuple[str, ...] = ()

    @property
    def reads_texts(self) -> bool:
        """Whether it can rank entities that it is given by texts alone."""
        return False

    def with_entities(self, new: Sequence[NewEntity]) -> RankingSystem:
        """Returns the system over a graph with further entities.

        Raises:
            InputError: this system has a row for every entity and reads no texts.
        """
        raise InputError(
            f"{self.name!r} has rows for the entities it was trained with alone, but "
            f"{new[0].name!r} is new: ask a text model (lp-bert, mtl-kgc)"
        )

    @abstractmethod
    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with."""

    def spread(self, scores: Tensor) -> Tensor:
        """Returns probabilities of scores [N]: by itself the sigmoid of each."""
        return scores.sigmoid()

    def evaluate(
        self,
        data: KnowledgeGraph | str = "test",
        raw: bool = False,
        memory_budget: int | str = "256MB",
        progress: bool = False,
    ) -> RankingScores:
        """Ranks the triples of a split or of a graph, filtered against all splits, both sides.

        Args:
            data: ``"valid"``, ``"test"``, ``"train"``, or a graph over the same vocabularies.
            raw: unfiltered.
            memory_budget: of the scores, in bytes or as ``"256MB"``; ranks do not depend on it.
            progress: show a progress bar.

        Raises:
            InputError: an unknown or empty split, a graph of other vocabularies, or NaN scores.
        """
        asked, split = self._asked(data)
        device = next(self.model.parameters()).device
        index = None if raw else self.known.to(device)
        return evaluate_ranking(
            self.model,
            asked.to(device),
            index,
            memory_budget=memory_budget,
            relation_names=self.triples.relations.labels,
            groups=self._groups(asked),
            protocol={**self.protocol(), "split": split, "unseen": self.unseen_rule},
            progress=progress,
        )

    def report(self, split: str) -> RankingScores | None:
        """Returns the scores that stand at the end of a training; ``None`` = none."""
        return self.evaluate(split)

    def _asked(self, data: KnowledgeGraph | str) -> tuple[Tensor, str]:
        """The triples [T, 3] of a split or of a graph, and what the split is called."""
        graph, split = self._split(data), data if isinstance(data, str) else "given"
        asked = triple_ids(graph)
        if not len(asked):
            raise InputError(f"the split {split!r} has no triples, so there is nothing to rank")
        return asked, split

    def _groups(self, asked: Tensor) -> dict[str, Tensor] | None:
        """Which triples [T, 3] have an entity that training lacks, if any has."""
        unseen = self.triples.unseen
        new = unseen[asked[:, 0]] | unseen[asked[:, 2]]
        return {"seen entities": ~new, "an unseen entity": new} if bool(new.any()) else None

    def _split(self, data: KnowledgeGraph | str) -> KnowledgeGraph:
        if isinstance(data, KnowledgeGraph):
            self._check_names("entity", self.triples.entities.labels, data.entities.labels)
            self._check_names("relation", self.triples.relations.labels, data.relations.labels)
            return data
        if data not in self.triples.parts:
            raise InputError(f"split {data!r} is not one of {', '.join(self.triples.parts)}")
        return self.triples.parts[data]

    def _check_names(self, what: str, own: Sequence[str], other: Sequence[str]) -> None:
        if own == other:
            return
        place = next((n for n, (a, b) in enumerate(zip(own, other)) if a != b), None)
        differ = f"they have {len(own)} and {len(other)}"
        if place is not None:
            differ = f"{what} {place} is {own[place]!r} in the model and {other[place]!r} there"
        raise InputError(
            f"the model {self.name!r} was trained on other {what} names than those of the data: "
            f"{differ}: give the data that it was trained on"
        )

    @cached_property
    def known(self) -> TripleIndex:
        """The triples of all splits."""
        return self.triples.known()

    def predict(
        self,
        head: str | None = None,
        relation: str = "",
        tail: str | None = None,
        top: int = 10,
        keep_known: bool = False,
        candidates: str | Sequence[str] | None = None,
    ) -> list[Answer]:
        """Returns the best answers to (head, relation, ?) or (?, relation, tail).

        Args:
            head: its label, or a readable name that no other entity has; not with `tail`.
            relation: its label or readable name.
            tail: as `head`; one of the two is given.
            top: how many answers.
            keep_known: also answers that a split states already, and the given entity itself, which
                else answers only relations that a split states of some entity and itself.
            candidates: ``"seen"`` (entities that training has on this side of the relation), the
                name of an entity type, or entities one by one; by default all.

        Raises:
            InputError: an unknown name (with the nearest known ones), or no candidate.
        """
        if (head is None) == (tail is None):
            raise InputError("give either a head or a tail: the other one is what is asked for")
        if top < 1:
            raise InputError(f"top is {top}, but at least 1 answer is asked for")
        side, given = ("tail", head) if head is not None else ("head", tail)
        entity = self.triples.entities[self.triples.find_entity(str(given))]
        number = self.triples.relations[self.triples.find_relation(relation)]
        allowed = self._candidates(candidates, side, number)
        known = torch.zeros(self.model.num_entities, dtype=torch.bool)
        index = self.known
        answers = (
            index.known_tails(entity, number)
            if side == "tail"
            else index.known_heads(number, entity)
        )
        assert isinstance(answers, Tensor)
        known[answers] = True
        scores = self._scores(side, entity, number)
        left_out = known.clone()
        left_out[entity] |= not self._has_loops(number)
        shown = allowed if keep_known else allowed & ~left_out
        if not shown.any():
            raise InputError(
                f"no candidate is left for ({head or '?'}, {relation}, {tail or '?'}): all of "
                f"{int(allowed.sum())} are known answers: add --keep-known or widen the candidates"
            )
        if scores.isnan().any():
            raise InputError(
                f"{int(scores.isnan().sum())} of {len(scores)} scores of {self.name!r} are NaN: "
                "the training has diverged, so train anew with a lower rate"
            )
        spread = self.spread(scores)
        kept = scores.masked_fill(~shown, -torch.inf)
        best = kept.topk(min(top, int(shown.sum()))).indices
        return [self._answer(int(n), rank, scores, spread, known) for rank, n in enumerate(best, 1)]

    def _answer(
        self, entity: int, rank: int, scores: Tensor, spread: Tensor, known: Tensor
    ) -> Answer:
        label = self.triples.entities.label(entity)
        values = float(scores[entity]), float(spread[entity])
        return Answer(label, self.triples.name_of(label), *values, rank, bool(known[entity]))

    def _scores(self, side: str, entity: int, relation: int) -> Tensor:
        self.model.eval()
        device = next(self.model.parameters()).device
        asked = torch.tensor([entity], device=device), torch.tensor([relation], device=device)
        with torch.no_grad():
            if side == "tail":
                return self.model.score_tails(*asked)[0].cpu()
            return self.model.score_heads(asked[1], asked[0])[0].cpu()

    def _has_loops(self, relation: int) -> bool:
        """Whether a split states (x, relation, x) of any x."""
        graphs = self.triples.parts.values()
        loops = ((g.heads == g.tails) & (g[EDGE].edge_type == relation) for g in graphs)
        return any(bool(found.any()) for found in loops)

    def _candidates(self, given: str | Sequence[str] | None, side: str, relation: int) -> Tensor:
        """Which entities may answer, [N]."""
        allowed = torch.zeros(self.model.num_entities, dtype=torch.bool)
        if given is None:
            return ~allowed
        if not isinstance(given, str):
            names = [self.triples.find_entity(name) for name in given]
            allowed[torch.tensor(self.triples.entities.ids(names), dtype=torch.long)] = True
            return allowed
        train = self.triples.train
        if given == SEEN:
            ends = train.tails if side == "tail" else train.heads
            allowed[ends[train[EDGE].edge_type == relation]] = True
            return allowed
        types = self.triples.entity_types
        known = sorted({name for names in types.values() for name in names})
        if given not in known:
            raise InputError(
                f"candidates {given!r} is neither {SEEN!r} nor one of the {len(known)} entity types"
                f" of {self.triples.name}{nearest(given, known)}"
            )
        found = [label for label, names in types.items() if given in names]
        allowed[torch.tensor(self.triples.entities.ids(found), dtype=torch.long)] = True
        return allowed


def triple_ids(graph: KnowledgeGraph) -> Tensor:
    """Returns the triples as (head, relation, tail) ids, [E, 3]."""
    return torch.stack([graph.heads, graph[EDGE].edge_type, graph.tails], 1)
