"""combine(): trained runs in, a saved combination out, its weights chosen on validation triples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from ..errors import InputError
from .base import check_new_run, load, save
from .combined import CombinedRecipe
from .combined_system import CombinedSystem, check_members
from .ranking_system import RankingSystem, triple_ids
from .weight_search import WeightSearch

CHOSEN = "the highest filtered MRR on valid, both sides, realistic ties; of equal ones the first"


def combine(
    runs: Sequence[RankingSystem | str | Path],
    folder: str | Path,
    changes: dict[str, Any] | None = None,
    memory_budget: int | str = "1GB",
    progress: bool = False,
) -> CombinedSystem:
    """Combines trained systems and saves the combination.

    Args:
        runs: two or more systems that rank entities, or their folders.
        folder: the new run folder.
        changes: settings by key, see :class:`~.combined.CombinedRecipe`.
        memory_budget: of the search, in bytes or as ``"1GB"``.
        progress: show a progress bar.

    Raises:
        InputError: a folder that holds something already, one run alone, runs of different data,
            a run that has not ended, or no validation triples.
    """
    check_new_run(Path(folder))
    members = [run if isinstance(run, RankingSystem) else load(run) for run in runs]
    check_members(members)
    values = {"data": members[0].recipe.data, **(changes or {})}
    recipe = CombinedRecipe.parse(values, "settings of combined")
    system = choose_weights(members, recipe, memory_budget, progress)
    system.name = Path(folder).resolve().name
    save(system, folder)
    return system


def choose_weights(
    members: Sequence[RankingSystem],
    recipe: CombinedRecipe,
    memory_budget: int | str = "1GB",
    progress: bool = False,
) -> CombinedSystem:
    """Combines systems with the weights, and the bonus, that rank the validation triples best.

    Raises:
        InputError: members that do not go together, or no validation triples.
    """
    check_members(members)
    grid = recipe.grid(len(members))
    even = CombinedSystem(recipe, members, [1 / len(members)] * len(members))
    valid = triple_ids(even.triples.valid)
    if not len(valid):
        raise InputError(
            f"{even.triples.name} has no validation triples to choose weights on: build "
            "CombinedSystem(recipe, members, weights) with weights of your own"
        )
    device = next(even.model.parameters()).device
    bonus = recipe.bonus_hops is not None
    ranker, near = (even.model.ranker, even.model.near) if bonus else (even.model, None)
    search = WeightSearch(ranker, near, even.known.to(device))
    found = search.mrr(grid, valid.to(device), memory_budget, progress)
    best = int(torch.tensor(found, dtype=torch.float64).argmax())
    weights = grid[best][: len(members)]
    system = CombinedSystem(recipe, members, weights, grid[best][-1] if bonus else 0.0)
    alone = [found[grid.index(_alone(n, len(members), bonus))] for n in range(len(members))]
    system.training = {
        "chosen": CHOSEN,
        "points": len(grid),
        "valid_mrr": found[best],
        "valid_mrr_alone": dict(zip(system.names, alone)),
    }
    return system


def _alone(number: int, members: int, bonus: bool) -> tuple[float, ...]:
    """The point of the grid at which one member has all weight and there is no bonus."""
    weights = tuple(float(number == other) for other in range(members))
    return (*weights, 0.0) if bonus else weights
