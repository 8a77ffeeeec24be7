"""The methods of the papers: each joins parts into a model that owns its losses."""

from .decisions import Predicted, decide
from .jrrelp import JRRELP
from .kinds import KindGraph
from .link_examples import EntityGraph
from .link_prediction import LinkPrediction
from .mtl_kgc import MTLKGC

__all__ = ["JRRELP", "MTLKGC", "EntityGraph", "KindGraph", "LinkPrediction", "Predicted", "decide"]
