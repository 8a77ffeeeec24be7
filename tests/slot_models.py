"""Sentences with overlapping triples, and a QIDN small enough to learn them in a second."""

from __future__ import annotations

import torch
from pieces import tiny_encoder, tiny_tokenizer
from torch_geometric.data import Batch

from graphkg.graphs import SentenceGraph
from graphkg.models import QIDN
from graphkg.transforms import ToPieces
from graphkg.vocab import Vocabularies, Vocabulary

LEFT, BORN, OF = range(3)
PERSON, PLACE = range(2)


def raw_triples() -> list[SentenceGraph]:
    """EPO: one pair, two relations. SEO: shared entities. SOO: an entity within the other."""
    return [
        SentenceGraph.build(
            "Ann left Rome today".split(),
            mentions=[(0, 1, "PER"), (2, 3, "LOC")],
            pairs=[(0, 1, "left"), (0, 1, "born")],
            key="epo",
        ),
        SentenceGraph.build(
            "Ann born Romeville : Lee left the city of Rome".split(),
            mentions=[(0, 1, "PER"), (2, 3, "LOC"), (4, 5, "PER"), (6, 10, "LOC")],
            pairs=[(0, 1, "born"), (0, 3, "left"), (2, 3, "left")],
            text="Ann born Romeville: Lee left the  city of Rome",
            key="seo",
        ),
        SentenceGraph.build(
            "the city of Rome fell".split(),
            mentions=[(0, 4, "LOC"), (3, 4, "LOC"), (4, 5, "PER")],
            pairs=[(0, 1, "of")],
            key="soo",
        ),
        SentenceGraph.build("a b c".split(), key="none"),
    ]


def vocabularies() -> Vocabularies:
    found = Vocabularies(
        relation=Vocabulary(["left", "born", "of"], name="relation"),
        kind=Vocabulary(["PER", "LOC"], name="kind"),
    )
    for graph in raw_triples():
        for word in graph.words:
            found.word.add(word)
    found.pos.add("_")
    found.ner.add("O")
    return found


def encoded(graphs=None, limit: int = 128) -> list[SentenceGraph]:
    """Sentences with ids and pieces."""
    to_pieces, names = ToPieces(tiny_tokenizer(), limit=limit, keep="start"), vocabularies()
    return [to_pieces(graph.encode(names)) for graph in graphs or raw_triples()]


def batch_of(graphs=None, limit: int = 128) -> SentenceGraph:
    return Batch.from_data_list(encoded(graphs, limit))


def small_qidn(**options) -> QIDN:
    torch.manual_seed(0)
    encoder = tiny_encoder("cls", dim=16, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    sizes = {"num_queries": 5, "layers": 2, "lstm_layers": 1, "heads": 2, "feedforward": 32}
    return QIDN(encoder, 3, **{**sizes, "dropout": 0.0, "length_dim": 4, **options})


def gold_spans(graphs=None) -> set[tuple]:
    """(sentence, relation, subject span, object span) of all triples."""
    names = vocabularies()
    return {
        (number, names.relation[relation], (m[s].start, m[s].end), (m[o].start, m[o].end))
        for number, graph in enumerate(graphs or raw_triples())
        for m in [graph.mentions]
        for s, o, relation in graph.pairs
    }


def found_spans(found) -> set[tuple]:
    """The same of what was found."""
    ends = [map(tuple, spans.tolist()) for spans in (found.subject, found.object)]
    return set(zip(found.sentence.tolist(), found.relation.tolist(), *ends))


def learn(model: QIDN, batch: SentenceGraph, steps: int = 150, rate: float = 0.01) -> None:
    """Trains until the triples of the batch are found, at most so many steps."""
    optimizer = torch.optim.Adam(model.parameters(), rate)
    for step in range(steps):
        optimizer.zero_grad()
        sum(model.losses(batch).values()).backward()
        optimizer.step()
        if step % 10 == 9 and found_spans(model.predict(batch).triples) == gold_spans():
            return
