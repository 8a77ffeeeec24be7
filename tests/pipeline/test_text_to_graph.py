"""TextToGraph: documents are joined by entity, and every edge keeps where it was read."""

from __future__ import annotations

import pytest

from graphkg.errors import InputError

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


def test_documents_are_read_one_after_the_other_as_they_are_asked_for(reader):
    documents = reader.read(iter(TEXTS.items()))
    assert next(documents).key == "first" and reader.parser.read == ["first"]


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
