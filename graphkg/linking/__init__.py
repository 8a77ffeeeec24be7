"""Linking: mentions of a text become entities of a knowledge graph."""

from .aliases import AliasLinker
from .name_matcher import Match, Matches, NameMatcher
from .names import name_key

__all__ = ["AliasLinker", "Match", "Matches", "NameMatcher", "name_key"]
