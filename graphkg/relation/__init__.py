"""Relation extractors f: a sentence with two mentions becomes a relation vector."""

from .base import Encoded, Pairs, RelationExtractor
from .cgcn import CGCN

__all__ = ["CGCN", "Encoded", "Pairs", "RelationExtractor"]
