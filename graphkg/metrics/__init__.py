"""Scores in their exact definitions: precision, recall and F1 of shared tasks, and ranks."""

from .alignment import by_id
from .answers import AnswerScores, score_answers
from .categories import CategoryScores, category_accuracy
from .classification import SemEvalScore, TacredScore, semeval_f1, tacred_f1
from .directed import DirectedScore, directed_f1
from .end_to_end import AnnotatedDocument, end_to_end_f1
from .episodes import EpisodeScores, episode_accuracy
from .extraction import (
    TripleScore,
    mention_f1,
    multi_label_f1,
    triple_f1,
)
from .extraction_scores import ExtractionScores, score_extraction
from .overlap import overlap_classes, scores_by_class
from .ranking import Ranks, ranks, summarise
from .ranking_scores import RankingScores
from .scores import Average, Scores
from .seeds import mean_and_sd
from .significance import Comparison, paired_bootstrap

__all__ = [
    "AnnotatedDocument",
    "AnswerScores",
    "Average",
    "CategoryScores",
    "Comparison",
    "DirectedScore",
    "EpisodeScores",
    "ExtractionScores",
    "RankingScores",
    "Ranks",
    "Scores",
    "SemEvalScore",
    "TacredScore",
    "TripleScore",
    "by_id",
    "category_accuracy",
    "directed_f1",
    "end_to_end_f1",
    "episode_accuracy",
    "mean_and_sd",
    "mention_f1",
    "multi_label_f1",
    "overlap_classes",
    "paired_bootstrap",
    "ranks",
    "score_answers",
    "score_extraction",
    "scores_by_class",
    "semeval_f1",
    "summarise",
    "tacred_f1",
    "triple_f1",
]
