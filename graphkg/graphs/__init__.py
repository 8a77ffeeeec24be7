"""The graphs that everything meets at: sentences, knowledge graphs, and the two joined."""

from .adjacency import Adjacency, message_edges
from .evidence import Evidence, Triple
from .gold import end_of, gold_mentions, gold_triples
from .graph_texts import GraphTexts
from .joint import JointGraph
from .knowledge import KnowledgeGraph
from .labels import Mention
from .ragged import Ragged
from .sentence import SentenceGraph
from .sequences import Frame, Sequences
from .texts import NodeText
from .triples import TripleIndex

__all__ = [
    "Adjacency",
    "Evidence",
    "Frame",
    "GraphTexts",
    "JointGraph",
    "KnowledgeGraph",
    "Mention",
    "NodeText",
    "Ragged",
    "SentenceGraph",
    "Sequences",
    "Triple",
    "TripleIndex",
    "end_of",
    "gold_mentions",
    "gold_triples",
    "message_edges",
]
