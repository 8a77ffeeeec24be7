"""The methods of the papers: each joins parts into a model that owns its losses."""

from .decisions import Predicted, decide
from .jrrelp import JRRELP
from .kinds import KindGraph

__all__ = ["JRRELP", "KindGraph", "Predicted", "decide"]
