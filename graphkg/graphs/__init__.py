"""The graphs that everything meets at: sentences, knowledge graphs, and the two joined."""

from .evidence import Evidence, Triple
from .joint import JointGraph
from .knowledge import KnowledgeGraph
from .labels import Mention
from .ragged import Ragged
from .sentence import SentenceGraph
from .texts import NodeText
from .triples import TripleIndex

__all__ = [
    "Evidence",
    "JointGraph",
    "KnowledgeGraph",
    "Mention",
    "NodeText",
    "Ragged",
    "SentenceGraph",
    "Triple",
    "TripleIndex",
]
