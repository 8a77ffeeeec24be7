"""Scores: precision, recall and F1 in the exact definitions of the shared tasks."""

from .alignment import by_id
from .classification import SemEvalScore, TacredScore, semeval_f1, tacred_f1
from .end_to_end import AnnotatedDocument, end_to_end_f1
from .extraction import (
    TripleScore,
    mention_f1,
    multi_label_f1,
    overlap_classes,
    scores_by_class,
    triple_f1,
)
from .scores import Average, Scores

__all__ = [
    "AnnotatedDocument",
    "Average",
    "Scores",
    "SemEvalScore",
    "TacredScore",
    "TripleScore",
    "by_id",
    "end_to_end_f1",
    "mention_f1",
    "multi_label_f1",
    "overlap_classes",
    "scores_by_class",
    "semeval_f1",
    "tacred_f1",
    "triple_f1",
]
