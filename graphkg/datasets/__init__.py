"""Readers of data sets: files in, graphs out. No reader downloads anything."""

from .base import locate
from .corpus import Corpus, Text
from .documents import Document, ReDocRED
from .fake import Fake
from .fewshot import FewRel
from .relations import SemEval, held_out
from .tags import mention_kinds_from_ner, with_tags

__all__ = [
    "Corpus",
    "Document",
    "Fake",
    "FewRel",
    "ReDocRED",
    "SemEval",
    "Text",
    "held_out",
    "locate",
    "mention_kinds_from_ner",
    "with_tags",
]
