"""The loop and the ranking: settings, fit, evaluate, saving; it knows no model by name."""

from .evaluate import Ranker, TiledRanker, evaluate_ranking
from .fit import FitResult, fit, read_log, seed_everything
from .ranking_blocks import QUERIES, TILE
from .settings import Settings, TrainSettings

__all__ = [
    "QUERIES",
    "TILE",
    "FitResult",
    "Ranker",
    "Settings",
    "TiledRanker",
    "TrainSettings",
    "evaluate_ranking",
    "fit",
    "read_log",
    "seed_everything",
]
