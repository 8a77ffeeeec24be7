"""One paper composed: data, model and settings, trained, saved, loaded and used."""

from .base import load, save

__all__ = ["load", "save"]
