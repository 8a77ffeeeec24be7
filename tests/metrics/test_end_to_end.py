"""End-to-end scores: spans decide which entity an end is."""

from __future__ import annotations

import pytest

from graphkg.errors import InputError
from graphkg.metrics.end_to_end import AnnotatedDocument, end_to_end_f1

# Marie Curie [0, 11) also Curie [20, 25); Warsaw [40, 46); Paris [60, 65)
GOLD = {
    "a": AnnotatedDocument(
        {"Marie Curie": [(0, 11), (20, 25)], "Warsaw": [(40, 46)], "Paris": [(60, 65)]},
        [("Marie Curie", "place of birth", "Warsaw"), ("Marie Curie", "residence", "Paris")],
    ),
    "b": AnnotatedDocument({}, []),
}


def counts(predicted, match):
    scores = end_to_end_f1(GOLD, predicted, match)
    return scores.correct, scores.guessed, scores.gold


def test_a_triple_counts_by_any_mention_of_its_entities_and_once():
    found = {
        "a": [
            ((0, 11), "place of birth", (40, 46)),
            ((20, 25), "place of birth", (40, 46)),
            ((20, 25), "residence", (60, 65)),
        ]
    }
    assert counts(found, "strict") == counts(found, "relaxed") == (2, 2, 2)


def test_strict_wants_the_whole_span_and_relaxed_an_overlap():
    found = {"a": [((6, 11), "place of birth", (40, 46))]}
    assert counts(found, "strict") == (0, 1, 2)
    assert counts(found, "relaxed") == (1, 1, 2)


def test_the_relation_and_the_direction_must_be_right():
    found = {"a": [((0, 11), "residence", (40, 46)), ((40, 46), "place of birth", (0, 11))]}
    assert counts(found, "relaxed") == (0, 2, 2)


def test_ends_that_are_no_entity_make_wrong_triples_and_all_documents_count():
    found = {"a": [((30, 35), "residence", (60, 65))], "b": [((0, 2), "spouse", (4, 6))]}
    assert counts(found, "relaxed") == (0, 2, 2)
    assert counts({}, "strict") == (0, 0, 2)


def test_a_document_without_annotation_is_an_error():
    with pytest.raises(InputError, match="document 'c' were given"):
        end_to_end_f1(GOLD, {"c": []})
