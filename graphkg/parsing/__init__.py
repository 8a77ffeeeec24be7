"""Text to sentence graphs: spaCy and Stanza pipelines behind one face."""

from .base import Parser
from .cache import CachedParser, cached
from .kinds import kind_of
from .spacy_parser import SpacyParser
from .stanza_parser import StanzaParser
from .values import find_values, merge_values

__all__ = [
    "CachedParser",
    "Parser",
    "SpacyParser",
    "StanzaParser",
    "cached",
    "find_values",
    "kind_of",
    "merge_values",
]
