"""A knowledge graph to and from the rest of the world, with the sentences behind it."""

from .tabular import read_triples, write_triples
from .view import write_page

__all__ = ["read_triples", "write_page", "write_triples"]
