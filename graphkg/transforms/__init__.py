"""Changes of sentence graphs, each ``SentenceGraph -> SentenceGraph``; the given graph stays."""

from .expand import ExpandPairs
from .mask_triples import MaskTriples
from .offsets import Offsets
from .pairs import split_pairs
from .pieces import ToPieces
from .prune import PruneTree
from .substitute import Substitute

__all__ = [
    "ExpandPairs",
    "MaskTriples",
    "Offsets",
    "PruneTree",
    "Substitute",
    "ToPieces",
    "split_pairs",
]
