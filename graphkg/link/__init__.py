"""Link predictors g: a head vector and a relation vector become an object vector."""

from .base import LinkPredictor
from .complex import ComplEx
from .conve import ConvE
from .distmult import DistMult
from .gat import GAT
from .rotate import RotatE
from .transe import TransE
from .tucker import TuckER

__all__ = [
    "GAT",
    "ComplEx",
    "ConvE",
    "DistMult",
    "LinkPredictor",
    "RotatE",
    "TransE",
    "TuckER",
]
