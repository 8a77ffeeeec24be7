"""The methods of the papers: each joins parts into a model that owns its losses."""

from .combined import CombinedRanker
from .decisions import Predicted, decide
from .entity_answers import AskedQuestions, EntityAnswers
from .entity_classifier import DescriptionReader, EntityClassifier, GraphReader
from .extraction import Extraction, FoundEntities, FoundTriples, named_entities, named_triples
from .jaket import JAKET
from .jaket_pretraining import JAKETPretraining
from .jrrelp import JRRELP
from .kinds import KindGraph
from .link_examples import EntityGraph
from .link_prediction import LinkPrediction
from .lp_bert import LPBERT
from .lp_bert_pretraining import LPBERTPretraining
from .mtl_kgc import MTLKGC
from .neighbourhood import Neighbourhood, NeighbourhoodBonus
from .pair import PAIR, EpisodeBatch
from .qidn import QIDN
from .widened import WidenedRanker

__all__ = [
    "JAKET",
    "JRRELP",
    "LPBERT",
    "MTLKGC",
    "PAIR",
    "QIDN",
    "CombinedRanker",
    "DescriptionReader",
    "EntityClassifier",
    "AskedQuestions",
    "EntityAnswers",
    "EntityGraph",
    "EpisodeBatch",
    "Extraction",
    "FoundEntities",
    "FoundTriples",
    "GraphReader",
    "KindGraph",
    "JAKETPretraining",
    "LPBERTPretraining",
    "LinkPrediction",
    "Neighbourhood",
    "NeighbourhoodBonus",
    "Predicted",
    "WidenedRanker",
    "decide",
    "named_entities",
    "named_triples",
]
