"""The graphs that everything meets at: sentences, knowledge graphs, and the two joined."""

from .adjacency import Adjacency, message_edges
from .descriptions import Descriptions
from .evidence import Evidence, Triple
from .gold import end_of, gold_mentions, gold_triples
from .graph_texts import GraphTexts
from .joint import JointGraph, check_links, linked_entities
from .knowledge import KnowledgeGraph
from .labels import Mention
from .ragged import Ragged
from .sentence import SentenceGraph
from .sequences import Frame, Sequences
from .texts import NodeText
from .triples import TripleIndex

__all__ = [
    "Adjacency",
    "Descriptions",
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
    "check_links",
    "end_of",
    "gold_mentions",
    "gold_triples",
    "linked_entities",
    "message_edges",
]
