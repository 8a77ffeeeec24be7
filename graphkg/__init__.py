"""graphkg: raw text in, a completed and scored knowledge graph out, on PyTorch Geometric.

Every public name is imported on first use, so that ``import graphkg`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .graphs import JointGraph, KnowledgeGraph, SentenceGraph, TripleIndex
    from .link import GAT, ComplEx, ConvE, DistMult, RotatE, TransE, TuckER
    from .models import JAKET, JRRELP, LPBERT, MTLKGC, QIDN, LinkPrediction
    from .parsing import SpacyParser, StanzaParser
    from .pipeline import TextToGraph
    from .recipes import evaluate, load, save
    from .relation import CGCN, PALSTM, SpanBERT
    from .stores import EmbeddingStore
    from .training import TrainSettings, fit
    from .vocab import Vocabulary

_HOMES = {
    "JointGraph": "graphs",
    "KnowledgeGraph": "graphs",
    "SentenceGraph": "graphs",
    "TripleIndex": "graphs",
    "ComplEx": "link",
    "ConvE": "link",
    "DistMult": "link",
    "GAT": "link",
    "RotatE": "link",
    "TransE": "link",
    "TuckER": "link",
    "JAKET": "models",
    "JRRELP": "models",
    "LPBERT": "models",
    "MTLKGC": "models",
    "QIDN": "models",
    "LinkPrediction": "models",
    "SpacyParser": "parsing",
    "StanzaParser": "parsing",
    "TextToGraph": "pipeline",
    "evaluate": "recipes",
    "load": "recipes",
    "save": "recipes",
    "CGCN": "relation",
    "PALSTM": "relation",
    "SpanBERT": "relation",
    "EmbeddingStore": "stores",
    "TrainSettings": "training",
    "fit": "training",
    "Vocabulary": "vocab",
}

__all__ = [
    "CGCN",
    "GAT",
    "JAKET",
    "JRRELP",
    "LPBERT",
    "MTLKGC",
    "PALSTM",
    "QIDN",
    "ComplEx",
    "ConvE",
    "DistMult",
    "EmbeddingStore",
    "JointGraph",
    "KnowledgeGraph",
    "LinkPrediction",
    "RotatE",
    "SentenceGraph",
    "SpacyParser",
    "SpanBERT",
    "StanzaParser",
    "TextToGraph",
    "TrainSettings",
    "TransE",
    "TripleIndex",
    "TuckER",
    "Vocabulary",
    "__version__",
    "evaluate",
    "fit",
    "load",
    "save",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'graphkg' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
