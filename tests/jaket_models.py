"""Three sentences about a graph of five entities, and a JAKET over them that trains in seconds."""

from __future__ import annotations

import torch
from pieces import VOCABULARY, tiny_encoder, tiny_tokenizer
from torch_geometric.data import Batch

from graphkg.graphs import Descriptions, JointGraph, KnowledgeGraph, SentenceGraph
from graphkg.models import JAKET
from graphkg.nn import KnowledgeModule
from graphkg.transforms import ToPieces
from graphkg.vocab import Vocabulary

ANN, LEE, ROME, ROMEVILLE, A = range(5)
BORN, LEFT, OF = range(3)
PLACES = len(VOCABULARY)
TEXTS = {
    "Ann": "Ann born today",
    "Lee": "",
    "Rome": "the city of Rome",
    "Romeville": "there Romeville fell",
    "a": "b c d",
}
TRIPLES = [("Ann", "born", "Rome"), ("Ann", "left", "Romeville"), ("Lee", "born", "Rome"),
           ("Romeville", "of", "Rome")]  # fmt: skip


def small_graph(triples=TRIPLES) -> KnowledgeGraph:
    """Categories: 0 is a person, 1 a place; that of the last entity is unknown."""
    given = {label: text for label, text in TEXTS.items() if text}
    entities = Vocabulary(TEXTS, descriptions=given, name="entity")
    relations = Vocabulary(["born", "left", "of"], name="relation")
    graph = KnowledgeGraph.from_triples(triples, entities, relations)
    graph["entity"].category = torch.tensor([0, 0, 1, 1, -1])
    return graph


def sentences() -> list[SentenceGraph]:
    """Pieces of the first: [CLS] Ann left Rome ##ville [SEP]; of the second: Rome within."""
    to_pieces = ToPieces(tiny_tokenizer())
    built = [
        SentenceGraph.build("Ann left Romeville".split(), mentions=[(0, 1, "X"), (2, 3, "X")],
                            entities=[ANN, ROMEVILLE], key="one"),
        SentenceGraph.build("the city of Rome fell".split(), mentions=[(1, 4, "X"), (3, 4, "X")],
                            entities=[ROMEVILLE, ROME], key="two"),
        SentenceGraph.build("Lee left".split(), mentions=[(0, 1, "X"), (1, 2, "X")],
                            entities=[LEE, -1], key="three"),
    ]  # fmt: skip
    return [to_pieces(graph) for graph in built]


def joined(graphs=None, graph: KnowledgeGraph | None = None) -> JointGraph:
    return JointGraph.join(Batch.from_data_list(graphs or sentences()), graph or small_graph())


def descriptions() -> Descriptions:
    return Descriptions.from_vocabulary(small_graph().entities, tiny_tokenizer())


def relation_descriptions() -> Descriptions:
    return Descriptions.from_vocabulary(small_graph().relations, tiny_tokenizer())


def small_jaket(dim: int = 16, knowledge: bool = True, dropout: float = 0.0, **options) -> JAKET:
    """Without dropout, so that two passes give the same."""
    torch.manual_seed(0)
    rates = {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout}
    encoder = tiny_encoder("cls", dim, **rates)
    given = {"descriptions": descriptions(), **options}
    if knowledge:
        composition = given.pop("composition", "add")
        module = KnowledgeModule(dim, heads=2, composition=composition, dropout=dropout)
        given["knowledge"] = module
    return JAKET(encoder, split_at=1, **given)
