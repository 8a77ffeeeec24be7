"""Tables of vectors: what the ids of a graph stand for."""

from .features import StoreFeatures
from .learned import LearnedTable, TableView
from .memory import MemoryTable, RefreshSchedule
from .store import EmbeddingStore

__all__ = [
    "EmbeddingStore",
    "LearnedTable",
    "MemoryTable",
    "RefreshSchedule",
    "StoreFeatures",
    "TableView",
]
