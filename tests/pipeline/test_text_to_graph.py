"""TextToGraph: documents are joined by entity, and every edge keeps where it was read."""

from __future__ import annotations

import pytest

from graphkg.errors import InputError
from graphkg.pipeline import text_to_graph

TEXTS = {
    "first": "it rained on 🧪 friday\nAnn met Bob\nAnn met Bob surely",
    "second": "Bob knows Ann\nCy met Ann surely",
}


@pytest.fixture
def graph(reader):
    return reader.build(TEXTS.items())


def test_entities_of_several_documents_are_one_node(graph):
    assert graph.entities.labels == ["Ann", "Bob", "Cy"]
    assert graph.triples() == [("Ann", "met", "Bob"), ("Bob", "knows", "Ann"), ("Cy", "met", "Ann")]
    assert graph.relations.labels == ["met", "knows"]


def test_evidence_is_sorted_best_first_and_holds_in_the_document(graph):
    assert [[e.score for e in found] for found in graph.evidence] == [[0.9, 0.6], [0.6], [0.9]]
    for found in graph.evidence:
        for e in found:
            text = TEXTS[e.document]
            assert text[e.subject_start : e.subject_end] == e.subject
            assert text[e.object_start : e.object_end] == e.object
            assert text[e.sentence_start :].startswith(e.text)
            assert e.model == "verbs"


def test_shorter_names_become_aliases_of_one_entity(run):
    from graphkg import SpacyParser, TextToGraph

    reader = TextToGraph.from_pretrained(run[1], SpacyParser())
    texts = ["Marie Curie was born in Warsaw. Curie married Pierre.", "Marie Curie lived in Paris."]
    graph = reader.build(texts)
    assert ("Marie Curie", "place of birth", "Warsaw") in graph.triples()
    assert "Curie" not in graph.entities
    for found in graph.evidence:
        for e in found:
            assert texts[int(e.document)][e.subject_start : e.subject_end] == e.subject


def test_texts_without_a_key_are_numbered_and_progress_is_told_of_each(reader):
    told = []
    graph = reader.build(TEXTS.values(), progress=lambda document: told.append(document.key))
    assert told == ["0", "1"]
    assert {e.document for found in graph.evidence for e in found} == {"0", "1"}


@pytest.mark.parametrize("together", [1, 60, 10_000])
def test_documents_read_together_are_those_read_one_by_one(reader, monkeypatch, together):
    monkeypatch.setattr(text_to_graph, "TOGETHER", together)
    monkeypatch.setattr(text_to_graph, "EXTRACTED", 1 + together % 7)
    texts = [*TEXTS.items(), ("empty", ""), ("third", "Ann met Bob"), ("first", "Cy met Bob")]
    found = list(reader.read(texts))
    assert [document.key for document in found] == [key for key, _ in texts]
    for (key, text), document in zip(texts, found):
        (alone,) = reader.read([(key, text)])
        assert [g.text for g in alone.sentences] == [g.text for g in document.sentences]
        assert alone.triples == document.triples


def test_only_some_documents_are_read_ahead(reader, monkeypatch):
    monkeypatch.setattr(text_to_graph, "TOGETHER", 60)
    asked = []
    texts = ((asked.append(n) or str(n), TEXTS["first"]) for n in range(9))
    assert next(reader.read(texts)).key == "0"
    assert asked == [0, 1] and reader.parser.read == ["0"]


def test_one_string_and_what_is_no_text_are_told(reader):
    with pytest.raises(InputError, match="one string was given: put it in a list"):
        reader.build("Ann met Bob")
    with pytest.raises(InputError, match="text 1 is int 5, but a text is a string or a pair"):
        reader.build(["Ann met Bob", 5])


def test_low_scores_are_left_out_and_nothing_left_is_told(reader):
    reader.minimum_score = 0.7
    graph = reader.build(TEXTS.items())
    assert graph.triples() == [("Ann", "met", "Bob"), ("Cy", "met", "Ann")]
    assert [len(found) for found in graph.evidence] == [1, 1]
    reader.minimum_score = 0.95
    with pytest.raises(InputError, match="8 mentions were found in 2 texts, but no relation"):
        reader.build(TEXTS.items())


def test_a_relation_between_names_of_one_entity_is_no_edge(reader):
    with pytest.raises(InputError, match="2 mentions were found in 1 texts"):
        reader.build(["Ann met Ann"])


@pytest.mark.parametrize("texts", [[], ["it rained"], ["it rained", "and snowed"]])
def test_texts_without_a_name_are_told(reader, texts):
    with pytest.raises(InputError, match=f"no entity was found in {len(texts)} texts"):
        reader.build(texts)


def test_a_stopped_build_goes_on_from_its_journal(reader, tmp_path):
    def stop(document):
        raise KeyboardInterrupt

    journal = tmp_path / "journal"
    with pytest.raises(KeyboardInterrupt):
        reader.build(TEXTS.items(), journal, progress=stop)
    graph = reader.build(TEXTS.items(), journal)
    assert reader.parser.read == ["first", "second"]
    assert graph.evidence == reader.build(TEXTS.items()).evidence
