"""Readers of data sets: files in, graphs out. No reader downloads anything."""

from .base import locate
from .categories import LabelSplit, split_labelled, with_categories
from .corpus import Corpus, Text
from .documents import Document, ReDocRED
from .extraction import ExtractionData, read_extraction_data
from .fake import Fake
from .fewshot import FewRel
from .kbp37 import KBP37
from .metaqa import MetaQA
from .questions import Questions, draw_descriptions
from .relation_files import RelationFolder
from .relations import SemEval, held_out
from .tacred import TACRED, ReTACRED
from .tags import mention_kinds_from_ner, with_tags
from .triple_checks import check_triples
from .triples import (
    UMLS,
    WN18RR,
    CoDExM,
    CoDExS,
    FB15k237,
    Kinships,
    Nations,
    TripleData,
    read_triple_data,
)

__all__ = [
    "KBP37",
    "TACRED",
    "UMLS",
    "WN18RR",
    "CoDExM",
    "CoDExS",
    "Corpus",
    "Document",
    "ExtractionData",
    "FB15k237",
    "Fake",
    "FewRel",
    "Kinships",
    "LabelSplit",
    "MetaQA",
    "Nations",
    "Questions",
    "ReDocRED",
    "ReTACRED",
    "RelationFolder",
    "SemEval",
    "Text",
    "TripleData",
    "check_triples",
    "draw_descriptions",
    "held_out",
    "locate",
    "mention_kinds_from_ner",
    "read_extraction_data",
    "read_triple_data",
    "split_labelled",
    "with_categories",
    "with_tags",
]
