"""The trainings of the systems that rank entities, by the names of the systems."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

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


def _find(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(f".{module}", __package__), name)
