"""A small graph with texts, and text models over it that train in seconds."""

from __future__ import annotations

from pieces import tiny_encoder, tiny_tokenizer

from graphkg.datasets.triples import TripleData
from graphkg.graphs import GraphTexts, KnowledgeGraph
from graphkg.vocab import Vocabulary

ENTITIES = ["Ann", "Lee", "Rome", "city", "a"]
TEXTS = ["Ann born today", "Lee born today", "Rome the city", "city of the a", "a b c"]
RELATIONS = ["born", "of"]
TRAIN = [("Ann", "born", "Rome"), ("Lee", "born", "Rome"), ("Ann", "of", "city"),
         ("Ann", "of", "a"), ("Rome", "of", "a"), ("Lee", "of", "Ann")]  # fmt: skip
VALID = [("Rome", "of", "city"), ("Lee", "of", "a")]
TEST = [("Lee", "of", "city"), ("city", "born", "Rome")]


def small_texts(limit: int = 32) -> GraphTexts:
    return GraphTexts.from_texts(TEXTS, ENTITIES, RELATIONS, tiny_tokenizer(), limit, "there ")


def small_graph(triples=TRAIN) -> KnowledgeGraph:
    return KnowledgeGraph.from_triples(
        triples,
        Vocabulary(ENTITIES, descriptions=dict(zip(ENTITIES, TEXTS)), name="entity"),
        Vocabulary(RELATIONS, name="relation"),
    )


def small_data() -> TripleData:
    return TripleData("small", small_graph(), small_graph(VALID), small_graph(TEST))


def quiet_encoder(pooling: str = "mean"):
    """Without dropout, so that two passes give the same."""
    return tiny_encoder(pooling, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
