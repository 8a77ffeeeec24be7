"""Relation extractors f: a sentence with two mentions becomes a relation vector."""

from .base import Encoded, Pairs, RelationExtractor
from .cgcn import CGCN
from .palstm import PALSTM
from .spanbert import SpanBERT

__all__ = ["CGCN", "PALSTM", "Encoded", "Pairs", "RelationExtractor", "SpanBERT"]
