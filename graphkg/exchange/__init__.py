"""A knowledge graph to and from the rest of the world, with the sentences behind it."""

from .arcs import draw_sentence
from .network import draw_graph
from .tabular import read_triples, write_triples
from .view import write_page

__all__ = ["draw_graph", "draw_sentence", "read_triples", "write_page", "write_triples"]
