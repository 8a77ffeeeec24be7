"""One paper composed: data, model and settings, trained, saved, loaded and used."""

from .base import evaluate, load, save

__all__ = ["evaluate", "load", "save"]
