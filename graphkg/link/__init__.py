"""Link predictors g: a head vector and a relation vector become an object vector."""

from .base import LinkPredictor
from .conve import ConvE

__all__ = ["ConvE", "LinkPredictor"]
