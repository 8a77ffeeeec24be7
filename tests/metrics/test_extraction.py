"""Triple scores on hand-made sentences."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.metrics import (
    mention_f1,
    multi_label_f1,
    triple_f1,
)

CURIES = ("Marie Curie", "spouse", "Pierre Curie")
BORN = ("Marie Curie", "born in", "Warsaw")


def test_exact_match_needs_whole_strings_and_partial_match_the_last_word():
    gold, predicted = [[CURIES, BORN]], [[("Curie", "spouse", "Curie"), BORN]]
    exact, partial = (triple_f1(gold, predicted, match) for match in ("exact", "partial"))
    assert (exact.correct, exact.guessed, exact.gold, exact.f1) == (1, 2, 2, 0.5)
    assert partial.f1 == 1.0
    assert triple_f1(gold, predicted, "partial", partial_token="first").correct == 1


def test_spans_match_whole_or_by_one_token():
    gold, predicted = [[((0, 2), "r", (4, 6))]], [[((1, 2), "r", (5, 6))]]
    assert triple_f1(gold, predicted).f1 == 0.0
    assert triple_f1(gold, predicted, "partial").f1 == 1.0
    assert triple_f1(gold, predicted, "partial", partial_token="first").f1 == 0.0


def test_types_in_the_spans_make_the_strict_match():
    gold, predicted = (
        [[((0, 2, "PER"), "r", (4, 6, "LOC"))]],
        [[((0, 2, "ORG"), "r", (4, 6, "LOC"))]],
    )
    assert triple_f1(gold, predicted).f1 == 0.0


def test_duplicates_are_removed_on_both_sides_but_not_across_sentences():
    score = triple_f1([[BORN, BORN], [BORN]], [[BORN, BORN, BORN], []])
    assert (score.correct, score.guessed, score.gold) == (1, 1, 2)
    assert score.precision == 1.0 and score.recall == 0.5


def test_parts_of_triples_are_scored_by_themselves():
    score = triple_f1([[CURIES]], [[("Marie Curie", "sibling", "Pierre Curie"), BORN]])
    assert (score.correct, score.pairs.correct, score.relations.correct) == (0, 1, 0)
    assert score.by_relation["spouse"].recall == 0.0 and set(score.by_relation) == {
        "spouse", "sibling", "born in"
    }  # fmt: skip


def test_direction_counts_unless_the_relation_is_symmetric():
    gold, predicted = [[CURIES]], [[CURIES[::-1]]]
    assert triple_f1(gold, predicted).f1 == 0.0
    assert triple_f1(gold, predicted, symmetric={"spouse"}).f1 == 1.0


def test_an_empty_prediction_scores_zero_and_nothing_at_all_raises():
    assert triple_f1([[BORN]], [[]]).f1 == 0.0
    with pytest.raises(InputError, match="no gold answer"):
        triple_f1([], [])
    with pytest.raises(InputError, match="2 predictions for 1 gold"):
        triple_f1([[BORN]], [[], []])
    with pytest.raises(InputError, match="have no prediction"):
        triple_f1({"a": [BORN], "b": []}, {"a": []})
    with pytest.raises(InputError, match="prediction 0 holds"):
        triple_f1([[BORN]], [BORN])
    with pytest.raises(InputError, match="match is 'exact' or 'partial'"):
        triple_f1([[BORN]], [[BORN]], match="strict")


names = st.sampled_from(["a b", "b", "c b", "d"])
triples = st.lists(st.tuples(names, st.sampled_from("rs"), names), max_size=4)


@given(st.lists(st.tuples(triples, triples), min_size=1, max_size=4), st.booleans())
def test_triple_f1_equals_counting_one_by_one(sentences, partial):
    def cut(name):
        return name.split(" ")[-1] if partial else name

    correct = guessed = gold = 0
    for right, given_ in sentences:
        g, p = ([(cut(s), r, cut(o)) for s, r, o in side] for side in (right, given_))
        guessed += len(set(p))
        gold += len(set(g))
        correct += sum(t in g for t in set(p))
    score = triple_f1(*zip(*sentences), match="partial" if partial else "exact")
    assert (score.correct, score.guessed, score.gold) == (correct, guessed, gold)
    assert score.f1 == pytest.approx(2 * correct / (guessed + gold) if correct else 0.0)


def test_multi_label_f1_compares_sets_of_relations_a_pair():
    gold = [{"r"}, {"r", "s"}, {"no_relation"}, set()]
    score = multi_label_f1(gold, [{"r"}, {"s"}, {"r"}, {"no_relation"}])
    assert (score.correct, score.guessed, score.gold) == (2, 3, 3)
    assert score.by_relation["r"].f1 == 0.5
    with pytest.raises(InputError, match="collection of labels"):
        multi_label_f1([{"r"}], ["r"])


def test_mention_f1_compares_place_and_kind():
    score = mention_f1([[(0, 1, "PER"), (2, 3, "LOC")]], [[(0, 1, "PER"), (2, 3, "ORG")]])
    assert score.f1 == 0.5 and score.by_relation["PER"].f1 == 1.0


def test_results_print_as_tables_and_save_as_json():
    score = triple_f1([[BORN]], [[BORN]])
    assert "exact match" in str(score) and "entity pairs" in str(score)
    assert json.loads(json.dumps(score.to_dict()))["match"] == "exact"
