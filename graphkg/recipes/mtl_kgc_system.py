"""MTLKGCSystem: MTL-KGC in use: answers questions, is scored, is saved and loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..datasets.triples import TripleData
from ..errors import InputError
from ..graphs import GraphTexts, KnowledgeGraph
from ..metrics.ranking_scores import RankingScores
from ..metrics.relation_ranking import RelationRanking
from ..models.mtl_kgc import MTLKGC
from ..nn.text_encoder import TextEncoder
from .long_ranking import LongRanking, ranking_device, subset_places
from .mtl_kgc import MTLKGCRecipe
from .ranking_system import Answer, RankingSystem
from .text_system import TextSystem


class MTLKGCSystem(TextSystem):
    """A trained MTL-KGC or KG-BERT with the triples that it was trained on."""

    system = "mtl-kgc"
    settings = MTLKGCRecipe
    choices = ("subset", "candidates_from", "top", "journal", "relations")

    @classmethod
    def build_model(
        cls, recipe: MTLKGCRecipe, encoder: TextEncoder, texts: GraphTexts, triples: TripleData
    ) -> MTLKGC:
        """Builds the model around an encoder."""
        return MTLKGC(
            encoder,
            texts,
            recipe.tasks,
            dropout=recipe.head_dropout,
            margin=recipe.margin,
            rp_names=recipe.rp_names,
            budget=recipe.budget,
        )

    def evaluate(
        self,
        data: KnowledgeGraph | str = "test",
        raw: bool = False,
        memory_budget: int | str = "256MB",
        progress: bool = True,
        subset: int | None = None,
        candidates_from: RankingSystem | None = None,
        top: int = 50,
        journal: str | Path | None = None,
    ) -> RankingScores:
        """Ranks the triples of a split or of a graph, filtered against all splits, both sides.

        Every entity is read with every question, so a ranking may take days; what it costs is
        said on standard error before it starts. Equal questions are asked once.

        Args:
            data: ``"valid"``, ``"test"``, ``"train"``, or a graph over the same vocabularies.
            raw: unfiltered.
            memory_budget: not needed: questions are scored one by one.
            progress: say the cost, and show how far it is.
            subset: rank so many triples, drawn by a fixed seed; by default all.
            candidates_from: another system over the same data; its best candidates of each
                question are ranked anew, see :class:`~graphkg.recipes.reranking.Reranker`.
            top: how many those are.
            journal: a file that keeps finished blocks; a ranking that was stopped goes on there.

        Raises:
            InputError: an unknown or empty split, a graph or a system of other vocabularies, a
                subset below 1, a model without the task ``lp``, or the journal of another ranking.
        """
        self._need("lp", "triples are ranked by its logit")
        asked, split = self._asked(data)
        places = subset_places(len(asked), subset)
        if len(places) < len(asked):
            subset_rule = f"{len(places):,} of {len(asked):,} triples of {split}, drawn by seed 0"
        else:
            subset_rule = None
        if candidates_from is not None:
            for what in ("entities", "relations"):
                own, other = (getattr(s.triples, what) for s in (self, candidates_from))
                candidates_from._check_names(other.name, other.labels, own.labels)
        self._move()
        run = LongRanking(self, candidates_from, top, raw, progress)
        asked = asked[places]
        facts = {"split": split, "unseen": self.unseen_rule, "subset": subset_rule}
        return run.scores(asked, journal, self._groups(asked), {**self.protocol(), **facts})

    def report(self, split: str) -> RankingScores | None:
        """Returns the scores of ``eval_subset`` triples, or none if that is 0."""
        subset = self.recipe.eval_subset
        none = subset == 0 or "lp" not in self.recipe.tasks
        return None if none else self.evaluate(split, subset=subset)

    def evaluate_relations(
        self, data: KnowledgeGraph | str = "test", subset: int | None = None
    ) -> RelationRanking:
        """Ranks the relation of each triple among all, by the logits of the task ``rp``.

        Args:
            data: as for :meth:`evaluate`.
            subset: likewise.

        Raises:
            InputError: a model without the task ``rp``, or what :meth:`evaluate` refuses.
        """
        self._need("rp", "relations are ranked by its logits")
        asked, split = self._asked(data)
        asked = asked[subset_places(len(asked), subset)]
        device = self._move()
        self.model.eval()
        head, relation, tail = asked.unbind(1)
        pairs, row = asked[:, [0, 2]].unique(dim=0, return_inverse=True)
        scores = self.model.rank_relations(*pairs.to(device).unbind(1)).cpu()[row]
        every = torch.arange(self.model.num_relations)
        known = self.known.contains(head.unsqueeze(1), every, tail.unsqueeze(1))
        facts = {"split": split, "filter": f"{self.known!r}, the gold kept"}
        return RelationRanking.of(scores, relation, known, {**self.protocol(), **facts})

    def predict(
        self,
        head: str | None = None,
        relation: str = "",
        tail: str | None = None,
        top: int = 10,
        keep_known: bool = False,
        candidates: str | Sequence[str] | None = None,
    ) -> list[Answer]:
        """Returns the best answers, see :meth:`RankingSystem.predict`.

        A score is the logit of being true; a probability is that of the two-way softmax, so that
        the two may order answers differently.
        """
        self._need("lp", "answers are ranked by its logit")
        answers = super().predict(head, relation, tail, top, keep_known, candidates)
        given = self.triples.entities[self.triples.find_entity(str(head or tail))]
        number = self.triples.relations[self.triples.find_relation(relation)]
        ids = self.triples.entities.ids([answer.label for answer in answers])
        device = next(self.model.parameters()).device
        triples = torch.tensor([[given, number, n] for n in ids], device=device)
        sure = self.model.probabilities(triples if tail is None else triples.flip(1)).tolist()
        return [replace(answer, probability=p) for answer, p in zip(answers, sure)]

    def spread(self, scores: Tensor) -> Tensor:
        """Returns NaN: one logit of two has no probability; :meth:`predict` asks for both."""
        return torch.full_like(scores, torch.nan)

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with."""
        return {**super().protocol(), "tasks": list(self.recipe.tasks), "score": "logit s1"}

    def _move(self) -> torch.device:
        """Moves the model to where it ranks, and returns that."""
        now = next(self.model.parameters()).device
        device = ranking_device(self.recipe.train.device, now)
        self.model.to(device)
        return device

    def _need(self, task: str, why: str) -> None:
        if task not in self.recipe.tasks:
            raise InputError(
                f"{self.name!r} was trained with the tasks {', '.join(self.recipe.tasks)}, but "
                f"{why}, so it needs {task!r}: train one with it"
            )
