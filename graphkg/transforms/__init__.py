"""Changes of sentence graphs, each ``SentenceGraph -> SentenceGraph``; the given graph stays."""

from .expand import ExpandPairs
from .offsets import Offsets
from .pairs import split_pairs
from .pieces import ToPieces
from .prune import PruneTree
from .substitute import Substitute

__all__ = ["ExpandPairs", "Offsets", "PruneTree", "Substitute", "ToPieces", "split_pairs"]
