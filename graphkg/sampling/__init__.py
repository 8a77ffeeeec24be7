"""What is drawn from a graph: corrupted triples."""

from .negatives import Negatives, corrupt

__all__ = ["Negatives", "corrupt"]
