"""Text to graph: parse, extract, link, join."""

from .journal import ReadDocument
from .text_to_graph import TextToGraph

__all__ = ["ReadDocument", "TextToGraph"]
