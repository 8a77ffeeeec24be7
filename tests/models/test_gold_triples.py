"""gold_triples: each distinct triple of a batch once, in places of its own sentence."""

from __future__ import annotations

import pytest
from slot_models import BORN, LEFT, OF, PERSON, PLACE, batch_of, raw_triples

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.models.gold_triples import gold_triples

NULL, ENTITY = 3, 4


def test_triples_have_the_places_of_their_first_and_last_words():
    gold = gold_triples(batch_of(), 3)
    assert gold.rows.tolist() == [
        [0, LEFT, 0, 0, 2, 2, -1, -1],
        [0, BORN, 0, 0, 2, 2, -1, -1],
        [1, LEFT, 0, 0, 6, 9, -1, -1],
        [1, LEFT, 4, 4, 6, 9, -1, -1],
        [1, BORN, 0, 0, 2, 2, -1, -1],
        [2, OF, 0, 3, 3, 3, -1, -1],
    ]
    assert gold.ptr.tolist() == [0, 2, 5, 6, 6]


def test_types_are_those_of_the_mentions():
    gold = gold_triples(batch_of(), 3, 2)
    assert gold.kind.tolist() == [[PERSON, PLACE]] * 5 + [[PLACE, PLACE]]


def test_entities_in_no_triple_are_subjects_without_an_object():
    gold = gold_triples(batch_of(), 3, 2, entities=True)
    assert gold.rows[gold.relation == ENTITY].tolist() == [[2, ENTITY, 4, 4, -1, -1, PERSON, 2]]


def test_the_same_triple_is_there_once():
    graph = SentenceGraph.build(
        "Ann left Rome".split(),
        mentions=[(0, 1, "PER"), (2, 3, "LOC"), (0, 1, "PER"), (0, 1, "LOC")],
        pairs=[(0, 1, "left"), (2, 1, "left"), (0, 1, "left")],
    )
    gold = gold_triples(batch_of([graph]), 3, 2, entities=True)
    # The third mention is the first one again; the fourth is of another type.
    assert gold.rows.tolist() == [
        [0, LEFT, 0, 0, 2, 2, PERSON, PLACE],
        [0, ENTITY, 0, 0, -1, -1, PLACE, 2],
    ]


def test_sentences_without_mentions_have_no_gold():
    gold = gold_triples(batch_of(raw_triples()[3:]), 3, 2, entities=True)
    assert len(gold) == 0 and gold.ptr.tolist() == [0, 0]


def test_unknown_ids_are_errors():
    with pytest.raises(InputError, match=r"relation id 2 .* 2 relations \(0-1\)"):
        gold_triples(batch_of(), 2)
    with pytest.raises(InputError, match="type id 1 was given in training, but the model knows 1"):
        gold_triples(batch_of(), 3, 1)


def test_a_pair_to_predict_is_an_error():
    graph = raw_triples()[0].with_pairs([(0, 1, None)])
    with pytest.raises(InputError, match="leave out pairs whose relation is to be predicted"):
        gold_triples(batch_of([graph]), 3)
