"""evaluate_ranking(): rank every entity for every test triple, on both sides, in one pass.

Letters: T triples, B queries, N entities. A query is (head, relation, ?) or (?, relation, tail);
several triples may ask the same one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from ..errors import InputError
from ..metrics.ranking import warn_of_nan
from ..metrics.ranking_scores import SIDES, RankingScores
from .ranking_blocks import Block, SideRanking, TiledScores, WholeScores

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


class Ranker(Protocol):
    """A model that scores all entities at once."""

    num_entities: int

    def score_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns the scores of all entities as tails, [B] and [B] give [B, N]."""

    def score_heads(self, relation: Tensor, tail: Tensor) -> Tensor:
        """Returns the scores of all entities as heads, [B] and [B] give [B, N]."""


class TiledRanker(Protocol):
    """A model that compares a vector a query with entities, which is ranked much faster.

    It is always asked for tiles of one shape, ``QUERIES`` x ``TILE``, because a matrix
    product of another shape may differ in its last bits. So ranks do not depend on the memory
    budget, and entities with equal rows are exact ties. It may also have

    - ``bytes_per_query``: the memory that ``merge`` takes for one query;
    - a fourth argument ``out`` of ``score_tile``, a tensor to write the scores into and return,
      which saves a copy.
    """

    num_entities: int

    def merge(self, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns z [B, *] of queries for the heads or the tails (`side`) of given entities [B]."""

    def score_tile(self, z: Tensor, start: int, stop: int) -> Tensor:
        """Returns the scores [B, stop - start] of the entities from `start` to before `stop`.

        `stop` may reach up to the next multiple of ``TILE`` above N: columns past N are
        ignored, whatever they hold.
        """


def evaluate_ranking(
    model: Any,
    triples: Tensor,
    known: Any = None,
    *,
    sides: Sequence[str] = SIDES,
    memory_budget: int | str = 2**28,
    relation_names: Sequence[str] | None = None,
    groups: Mapping[str, Tensor] | None = None,
    protocol: Mapping[str, Any] | None = None,
    progress: bool = False,
    strict: bool = True,
) -> RankingScores:
    """Ranks the gold head and the gold tail of every triple among all entities.

    Equal queries are scored once; repeated triples count as often as they occur. The model is
    asked in eval mode and without gradients, and each of its modules gets its mode back.

    Args:
        model: a :class:`Ranker` or :class:`TiledRanker`, or a model whose ``frozen()`` returns
            one: what costs the same for all queries is done once there.
        triples: [T, 3] int64: head, relation, tail; on the device of the model.
        known: a :class:`~graphkg.graphs.TripleIndex` of all splits, or another object with
            ``known_tails(head, relation)`` and ``known_heads(relation, tail)``: true answers other
            than the gold are left out. ``None`` = raw ranks, unfit for comparison.
        sides: ``"head"``, ``"tail"`` or both.
        memory_budget: bytes that scores may take, as 268435456 or ``"256MB"``, besides the model
            and the known answers. A tiled ranker has the same ranks under any budget; one below
            the scores of ``QUERIES`` queries makes it score twice, and it takes at least a
            tile. Another ranker is asked for fewer than ``QUERIES`` queries at a time where
            their scores, held twice, do not fit; its last bits may differ then.
        relation_names: names by relation id.
        groups: named groups of triples, boolean [T], which are averaged separately, too.
        protocol: what the result shall tell about itself besides, in plain values.
        progress: show a progress bar.
        strict: NaN scores raise; otherwise they are counted in one warning.

    Raises:
        InputError: triples that do not fit the model, an unknown side, an unreadable budget, or
            NaN scores.
    """
    budget = read_bytes(memory_budget)
    sides = [sides] if isinstance(sides, str) else list(dict.fromkeys(sides))
    if not sides or set(sides) - set(SIDES):
        raise InputError(f"sides={sides} were given: give 'head', 'tail' or both")
    with evaluating(model) as ranker:
        _check(triples, ranker.num_entities)
        device = _device(model, ranker, triples)
        tiled = hasattr(ranker, "score_tile")
        scores = TiledScores(ranker, budget) if tiled else WholeScores(ranker, budget)
        runs = {side: SideRanking(scores, known, side, device, strict) for side in sides}
        found = {
            side: run.rank(triples, follow_blocks(progress, side)) for side, run in runs.items()
        }
    golds = sum(run.nan_golds for run in runs.values())
    candidates = sum(run.nan_candidates for run in runs.values())
    warn_of_nan(golds, candidates, len(sides) * len(triples))
    facts = {
        "filter": f"{known!r}, the gold kept" if known is not None else "none: raw ranks",
        "candidates": f"all {ranker.num_entities:,} entities",
        "unseen": "all entities are candidates, seen in training or not",
        "ties": "realistic",
        "nan_golds": golds,
        "nan_candidates": candidates,
        **(protocol or {}),
    }
    parts = {name: which.cpu() for name, which in (groups or {}).items()}
    return RankingScores(found, triples[:, 1].cpu(), parts, relation_names, facts)


def read_bytes(size: int | str) -> int:
    """Reads a size in bytes: a number, or as ``"256MB"`` (10^6) or ``"256MiB"`` (2^20).

    Raises:
        InputError: it is neither, or not above 0.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*((?:[kmg]i?)?)b?\s*", str(size), re.IGNORECASE)
    found = int(float(match[1]) * UNITS[match[2].lower()]) if match else 0
    if found < 1:
        raise InputError(f"a size of {size!r} was given: give bytes, as 268435456 or '256MB'")
    return found


@contextmanager
def evaluating(model: Any) -> Iterator[Any]:
    """Gives what ranks, in eval mode and without gradients; every module's mode is restored."""
    modes: list[tuple[nn.Module, bool]] = []

    def quiet(part: Any) -> None:
        if isinstance(part, nn.Module):
            modes.extend((module, module.training) for module in part.modules())
            part.eval()

    try:
        with torch.no_grad():
            quiet(model)
            ranker = model.frozen() if hasattr(model, "frozen") else model
            if ranker is not model:
                quiet(ranker)
            yield ranker
    finally:
        for module, training in reversed(modes):
            module.training = training


def _device(model: Any, ranker: Any, triples: Tensor) -> torch.device:
    if hasattr(ranker, "device"):
        return torch.device(ranker.device)
    for part in (ranker, model):
        weight = next(part.parameters(), None) if isinstance(part, nn.Module) else None
        if weight is not None:
            return weight.device
    return triples.device


def follow_blocks(progress: bool, side: str) -> Callable[[list[Block]], Iterable[Block]]:
    """Returns what goes through the blocks of a side, behind a progress bar if there is one."""
    if not progress:
        return list
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    quiet = not console.is_terminal
    name = f"ranking {side}s"
    return lambda work: track(work, name, console=console, transient=True, disable=quiet)


def _check(triples: Tensor, num_entities: int) -> None:
    if triples.dim() != 2 or triples.size(1) != 3 or triples.dtype != torch.long:
        raise InputError(
            f"triples are a {triples.dtype} tensor {list(triples.shape)}, but int64 [T, 3] is "
            "expected: head, relation, tail"
        )
    if not len(triples):
        raise InputError("there are no triples to rank: give at least one")
    if int(triples[:, 1].min()) < 0:
        raise InputError(f"relation {int(triples[:, 1].min())} is in the triples: ids begin at 0")
    ends = triples[:, [0, 2]]
    wrong = ends[(ends < 0) | (ends >= num_entities)]
    if wrong.numel():
        raise InputError(
            f"entity {int(wrong[0])} is in the triples, but the model has {num_entities} "
            f"(0-{num_entities - 1}): evaluate it on the graph it was built for"
        )
