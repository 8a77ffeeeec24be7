"""Linking: mentions of a text become entities of a knowledge graph."""

from .aliases import AliasLinker
from .names import name_key

__all__ = ["AliasLinker", "name_key"]
