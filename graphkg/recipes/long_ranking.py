"""Rankings by texts, which are long: their cost beforehand, their journal, their protocol.

Letters: T triples.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs import TripleIndex
from ..metrics.ranking_scores import RankingScores
from ..training.rank_journal import RankJournal, rank_blocks
from .ranking_cost import duration, ranking_cost
from .ranking_system import RankingSystem
from .reranking import Reranker

SEED = 0
BLOCK = 2**13  # sequences of a block: seconds on a CPU, and all that a stop may lose
EVERY = 30.0  # seconds from one line about the progress to the next


class LongRanking:
    """Ranks triples by a model that reads every candidate.

    Args:
        system: whose model has ``score_triples``, ``distinct`` and ``texts``.
        other: a system whose candidates are ranked anew; ``None`` = all entities are candidates.
        top: how many of them.
        raw: unfiltered.
        progress: say the cost and how far it is, on standard error.

    Raises:
        InputError: a `top` below 1.
    """

    def __init__(
        self, system: Any, other: RankingSystem | None, top: int, raw: bool, progress: bool
    ):
        self.system, self.other, self.top = system, other, top
        self.raw, self.progress = raw, progress
        self.device = next(system.model.parameters()).device
        self.ranker: Any = system.model
        if other is None:
            return
        if top < 1:
            raise InputError(f"top is {top}, but at least 1 candidate is ranked anew")
        train = TripleIndex(system.triples.train).to(self.device)
        self.ranker = Reranker(other.model.to(self.device), system.model, train, top)

    def scores(
        self,
        asked: Tensor,
        journal: str | Path | None,
        groups: dict[str, Tensor] | None,
        protocol: dict[str, Any],
    ) -> RankingScores:
        """Ranks triples [T, 3], or goes on with it.

        Args:
            asked: the triples.
            journal: the file that keeps finished blocks.
            groups: named groups of triples, boolean [T].
            protocol: what the result tells about itself besides.
        """
        book = RankJournal(journal, self.fingerprint(asked))
        asked = asked.to(self.device)
        left = book.left(asked)
        total = 2 * len(asked)
        if self.progress and (count := sum(map(len, left.values()))):
            parts = {side: asked[places.to(self.device)] for side, places in left.items()}
            top = None if self.other is None else self.top
            cost = ranking_cost(self.system.model, parts, top)
            ready = f" ({total - count:,} are in the journal)" if count < total else ""
            say(f"ranking {total:,} ends of triples{ready}: {cost}")
        index = None if self.raw else self.system.known.to(self.device)
        size = max(1, BLOCK // (self.system.model.distinct.numel() if not self.other else self.top))
        follow = follow_lines if self.progress else list
        ranks = rank_blocks(self.ranker, asked, index, book, size, follow)
        facts = {
            "filter": "none: raw ranks" if self.raw else f"{index!r}, the gold kept",
            "candidates": self._candidates(),
            "ties": "realistic",
            **{name: fact for name, fact in protocol.items() if fact is not None},
        }
        if self.other is not None:
            facts["candidates_from"] = self.other.protocol()
        names = self.system.triples.relations.labels
        return RankingScores(ranks, asked[:, 1].cpu(), groups or {}, names, facts)

    def _candidates(self) -> str:
        count = f"all {self.system.model.num_entities:,} entities"
        if self.other is None:
            return count
        return (
            f"{count}: the best {self.top} of {self.other.name!r} that training does not know as "
            "answers, by this model; below them the others, in the order of "
            f"{self.other.name!r}"
        )

    def fingerprint(self, asked: Tensor) -> str:
        """Tells this ranking from every other: models, texts, triples, filter, settings."""
        digest = hashlib.sha256()
        recipe = self.system.recipe.model_dump(mode="json", exclude={"train", "eval_subset"})
        settings = [self.raw, recipe, self.system.triples.protocol()["sha256"]]
        if self.other is not None:
            settings += [self.top, self.other.triples.protocol()["sha256"]]
            _update(digest, list(self.other.model.state_dict().values()))
        digest.update(json.dumps(settings, sort_keys=True).encode())
        texts = self.system.model.texts
        rows = [x for text in (texts.entity, texts.relation) for x in (text.ids, text.ptr)]
        weights = list(self.system.model.state_dict().values())
        _update(digest, [asked, *rows, *weights])
        return digest.hexdigest()


def subset_places(count: int, subset: int | None, seed: int = SEED) -> Tensor:
    """Returns the places of `subset` of `count` triples, rising; the same on every machine.

    Raises:
        InputError: a subset below 1.
    """
    if subset is None or subset >= count:
        return torch.arange(count)
    if subset < 1:
        raise InputError(f"a subset of {subset} triples was asked for: rank at least 1")
    draw = torch.Generator().manual_seed(seed)
    return torch.randperm(count, generator=draw)[:subset].sort().values


def ranking_device(named: str, now: torch.device) -> torch.device:
    """Returns where a model that is on `now` ranks: on a GPU if ``device=`` `named` allows one."""
    gpu = named in ("auto", "gpu", "cuda") and torch.cuda.is_available()
    return torch.device("cuda") if gpu and now.type == "cpu" else now


def say(text: str) -> None:
    """Prints a line to standard error."""
    print(text, file=sys.stderr, flush=True)


def follow_lines(work: Sequence[Any]) -> Iterator[Any]:
    """Yields the items of `work` and says now and then how many are left."""
    started = told = time.monotonic()
    for number, item in enumerate(work):
        now = time.monotonic()
        if number and now - told >= EVERY:
            rest = (now - started) / number * (len(work) - number)
            say(f"ranked {number:,} of {len(work):,} blocks, about {duration(rest)} left")
            told = now
        yield item


def _update(digest: Any, tensors: Iterable[Tensor]) -> None:
    for tensor in tensors:
        digest.update(f"{tensor.dtype} {list(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data)
