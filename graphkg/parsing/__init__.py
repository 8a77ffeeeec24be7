"""Text to sentence graphs: spaCy and Stanza pipelines behind one face."""

from .base import Parser
from .kinds import kind_of
from .spacy_parser import SpacyParser
from .stanza_parser import StanzaParser
from .values import find_values, merge_values

__all__ = [
    "Parser",
    "SpacyParser",
    "StanzaParser",
    "find_values",
    "kind_of",
    "merge_values",
]
