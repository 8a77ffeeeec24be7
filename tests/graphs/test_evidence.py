from __future__ import annotations

import dataclasses
import json

import pytest
import torch

from graphkg.errors import InputError
from graphkg.graphs import Evidence, KnowledgeGraph, SentenceGraph, Triple
from graphkg.graphs.knowledge import EDGE

DOCUMENT = "Ærlig talt 🙂. Ada met Bob. Bob left."
SENTENCE = "Ada met Bob."


@pytest.fixture
def evidence() -> Evidence:
    graph = SentenceGraph.build(
        ["Ada", "met", "Bob", "."],
        mentions=[(0, 1, "PER"), (2, 3, "ORG")],
        text=SENTENCE,
        key="a#b#1",
        offset=DOCUMENT.index(SENTENCE),
    )
    return Evidence.of(Triple(graph.mentions[0], "met", graph.mentions[1], 0.75), graph, "qidn")


def test_offsets_cut_the_mentions_out_of_the_document(evidence):
    assert DOCUMENT[evidence.subject_start : evidence.subject_end] == evidence.subject == "Ada"
    assert DOCUMENT[evidence.object_start : evidence.object_end] == evidence.object == "Bob"
    start = evidence.sentence_start
    assert DOCUMENT[start : start + len(evidence.text)] == evidence.text == SENTENCE


def test_document_and_sentence_come_from_the_key(evidence):
    assert (evidence.document, evidence.sentence) == ("a#b", "a#b#1")
    assert (evidence.subject_kind, evidence.object_kind) == ("PER", "ORG")
    assert (evidence.relation, evidence.score, evidence.model) == ("met", 0.75, "qidn")


def test_a_key_without_a_number_is_the_document():
    graph = SentenceGraph.build(["a", "b"], mentions=[(0, 1, "X"), (1, 2, "X")], key="note")
    kept = Evidence.of(Triple(*graph.mentions[:1], "r", graph.mentions[1], 1.0), graph, "m")
    assert kept.document == kept.sentence == "note"


def test_evidence_is_a_line_of_json(evidence):
    assert Evidence(**json.loads(json.dumps(evidence.to_dict()))) == evidence


def test_evidence_cannot_be_changed(evidence):
    with pytest.raises(dataclasses.FrozenInstanceError):
        evidence.score = 1.0


def test_every_edge_remembers_its_sentences(family, evidence):
    assert family.evidence == [[], [], [], []]
    other = dataclasses.replace(evidence, score=0.5)
    graph = family.with_evidence([[evidence, other], [], [other], []])
    assert graph.evidence == [[evidence, other], [], [other], []]
    assert family.evidence == [[], [], [], []]
    with pytest.raises(InputError, match="evidence for 1 edges was given, but the graph has 4"):
        family.with_evidence([[evidence]])


def test_a_piece_keeps_the_evidence_of_its_own_edges(family, evidence):
    kept = [[dataclasses.replace(evidence, score=n / 10)] for n in range(4)]
    graph = family.with_evidence(kept)
    piece = graph.subgraph({"entity": torch.tensor([0, 3])})
    assert piece.triples() == [("a", "friend", "d")] and piece.evidence == [kept[3]]
    piece = graph.edge_subgraph({EDGE: torch.tensor([2, 1])})
    assert piece.evidence == [kept[2], kept[1]]
    again = piece.with_evidence([[evidence], []])
    assert again.evidence == [[evidence], []]


def test_an_inverse_edge_has_the_evidence_of_its_edge(family, evidence):
    kept = [[dataclasses.replace(evidence, score=n / 10)] for n in range(4)]
    graph = family.with_evidence(kept)
    assert graph.with_inverses().evidence == kept + kept
    piece = graph.subgraph({"entity": torch.tensor([0, 3])}).with_inverses()
    assert piece.evidence == [kept[3], kept[3]]


def test_an_empty_graph_has_no_evidence():
    assert KnowledgeGraph.from_triples([]).evidence == []
