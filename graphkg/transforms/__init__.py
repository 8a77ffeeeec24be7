"""Changes of graphs, most of them ``SentenceGraph -> SentenceGraph``; the given graph stays."""

from .candidates import EntityCandidates
from .expand import ExpandPairs
from .marked_pieces import ToMarkedPieces
from .mask_edges import MaskEdges
from .mask_text import MaskText
from .mask_triples import MaskTriples
from .offsets import Offsets
from .pairs import split_pairs
from .pieces import ToPieces
from .prune import PruneTree
from .substitute import Substitute

__all__ = [
    "EntityCandidates",
    "ExpandPairs",
    "MaskEdges",
    "MaskText",
    "MaskTriples",
    "Offsets",
    "PruneTree",
    "Substitute",
    "ToMarkedPieces",
    "ToPieces",
    "split_pairs",
]
