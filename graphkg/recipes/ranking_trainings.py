"""The trainings of the systems that rank entities, by the names of the systems."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import InputError

# Module and name of: settings by preset and changes; training.
TRAININGS = {
    "link": ("link:build_link_recipe", "link_training:train_link"),
    "lp-bert": ("lp_bert:build_lp_bert_recipe", "lp_bert_training:train_lp_bert"),
    "mtl-kgc": ("mtl_kgc:build_mtl_kgc_recipe", "mtl_kgc_training:train_mtl_kgc"),
}


class RankingTraining(NamedTuple):
    """How a system is trained.

    Attributes:
        build_recipe: (preset or None, changes) -> settings.
        train: (settings, folder, resume=, data=) -> a trained system, saved in the folder.
    """

    build_recipe: Any
    train: Any


def ranking_training(system: str) -> RankingTraining:
    """Returns the training of a system."""
    return RankingTraining(*map(_find, TRAININGS[system]))


def trained_recipe(folder: str | Path) -> Any:
    """Returns the settings that a run folder was (or is being) trained with.

    Raises:
        InputError: a run of a system that is trained otherwise, or not at all.
    """
    from .base import read_recipe

    found = read_recipe(Path(folder))
    if found["system"] not in TRAININGS:
        raise InputError(
            f"{folder} holds a run of {found['system']!r}, but this training goes on with one of "
            f"{', '.join(TRAININGS)}: name that folder"
        )
    kind = type(ranking_training(found["system"]).build_recipe())
    return kind.parse(found["settings"], f"{folder}/recipe.yaml")


def _find(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(f".{module}", __package__), name)
