"""The loop: settings, fit, saving; it knows no model by name."""

from .fit import FitResult, fit, read_log, seed_everything
from .settings import Settings, TrainSettings

__all__ = ["FitResult", "Settings", "TrainSettings", "fit", "read_log", "seed_everything"]
