"""All scores of triple extraction at once: by hand, and against counting one by one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.metrics import score_extraction

# Marie Curie left New York ; York
MARIE, NEW_YORK = ("Marie Curie", (0, 2), "PER"), ("New York", (3, 5), "LOC")
YORK, LATER = ("York", (4, 5), "LOC"), ("York", (6, 7), "LOC")
LEFT, BEYOND = (MARIE, "left", NEW_YORK), (MARIE, "left", ("Cancún", None, "_"))


def f1(score):
    return {name: row.f1 for name, row in score.rules.items()}


def test_rules_differ_by_what_they_compare():
    whole = score_extraction([[LEFT]], [[LEFT]], "strict")
    assert f1(whole) == {"strict": 1.0, "exact": 1.0, "partial": 1.0, "boundaries": 1.0}
    other_kind = (MARIE, "left", (*NEW_YORK[:2], "ORG"))
    assert f1(score_extraction([[LEFT]], [[other_kind]], "strict")) == {
        "strict": 0.0, "exact": 1.0, "partial": 1.0, "boundaries": 1.0
    }  # fmt: skip
    last_word = score_extraction([[LEFT]], [[(MARIE, "left", YORK)]])
    assert f1(last_word) == {"exact": 0.0, "partial": 1.0, "boundaries": 0.0, "strict": 0.0}
    first = score_extraction([[LEFT]], [[(MARIE, "left", YORK)]], "partial", partial_token="first")
    assert first.f1 == 0.0 and first.triples.match == "partial (first word)"


def test_the_same_string_elsewhere_is_exact_but_has_other_boundaries():
    score = score_extraction([[(MARIE, "left", YORK)]], [[(MARIE, "left", LATER)]])
    assert f1(score) == {"exact": 1.0, "partial": 1.0, "boundaries": 0.0, "strict": 0.0}


def test_gold_that_cannot_be_found_counts_by_every_rule():
    score = score_extraction([[LEFT, BEYOND]], [[LEFT]], "boundaries", relations=["left"])
    assert {row.gold for row in score.rules.values()} == {2} and score.triples.recall == 0.5
    assert score.triples.precision == 1.0 and (score.absent, score.unknown_relation) == (1, 0)
    assert "1 of 2 gold triples have an end that does not occur in the text" in str(score)
    further = (MARIE, "left", ("Bogotá", None, "_"))
    score = score_extraction([[LEFT, BEYOND, further]], [[LEFT]], "boundaries")
    assert {row.gold for row in score.rules.values()} == {3} and score.absent == 2


def test_gold_of_an_unknown_relation_is_counted_and_stays():
    met = (MARIE, "met", YORK)
    score = score_extraction([[LEFT, met], [met]], [[LEFT], []], relations=["left", "born"])
    assert (score.unknown_relation, score.triples.gold, score.triples.correct) == (2, 3, 1)
    assert "2 of 3 gold triples have a relation that the system does not know" in str(score)
    assert score_extraction([[LEFT, met]], [[LEFT]]).unknown_relation == 0


def test_mentions_are_scored_where_both_sides_are_given():
    gold, predicted = [{(0, 2, "PER"), (3, 5, "LOC")}], [{(0, 2, "PER"), (3, 5, "ORG")}]
    score = score_extraction(
        [[LEFT]], [[LEFT]], "strict", gold_mentions=gold, predicted_mentions=predicted
    )
    assert score.summary() == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "ner_f1": 0.5}
    assert "ner_f1" not in score_extraction([[LEFT]], [[LEFT]]).summary()
    with pytest.raises(InputError, match="give both"):
        score_extraction([[LEFT]], [[LEFT]], gold_mentions=gold)
    with pytest.raises(InputError, match="2 sets of gold_mentions for 1 sentences"):
        score_extraction([[LEFT]], [[LEFT]], gold_mentions=gold * 2, predicted_mentions=gold * 2)


def test_classes_hold_the_headline_of_their_sentences():
    twice = [LEFT, (MARIE, "saw", NEW_YORK)]
    score = score_extraction([[LEFT], twice, []], [[LEFT], [LEFT], [LEFT]])
    counts = {x: (row.sentences, row.gold, row.correct) for x, row in score.classes.items()}
    assert counts == {
        "Normal": (1, 1, 1), "EPO": (1, 2, 1), "N=1": (1, 1, 1), "N=2": (1, 2, 1)
    }  # fmt: skip
    assert (score.triples.guessed, score.triples.correct, score.triples.gold) == (3, 2, 3)


def test_direction_counts_unless_a_relation_is_symmetric():
    turned = (NEW_YORK, "left", MARIE)
    assert score_extraction([[LEFT]], [[turned]], "strict").f1 == 0.0
    score = score_extraction([[LEFT]], [[turned]], "strict", symmetric={"left"})
    assert score.f1 == 1.0 and score.classes["Normal"].f1 == 1.0
    assert score.protocol["symmetric"] == ["left"]


def test_strings_alone_are_scored_without_rules_of_spans():
    strings = [[(("a", None, "_"), "r", ("b", None, "_"))]]
    score = score_extraction(strings, strings)
    assert list(score.rules) == ["exact", "partial"] and score.absent == 0
    untyped = [[(("a", (0, 1), "_"), "r", ("b", (1, 2), "_"))]]
    assert list(score_extraction(untyped, untyped).rules) == ["exact", "partial", "boundaries"]
    with pytest.raises(InputError, match="compares spans, but a predicted triple has an end"):
        score_extraction([[LEFT]], strings, "boundaries")


@pytest.mark.parametrize(
    ("gold", "predicted", "match", "message"),
    [
        ([], [], "exact", "no gold answer"),
        ([[LEFT]], [], "exact", "an empty file is no result"),
        ([[LEFT]], [[], []], "exact", "2 predictions for 1 gold"),
        ({"a": [LEFT], "b": []}, {"a": []}, "exact", "have no prediction"),
        ([[("a", "r", "b")]], [[]], "exact", "gold 0 holds"),
        ([[LEFT]], [[LEFT[:2]]], "exact", "prediction 0 holds"),
        ([[LEFT]], [[LEFT]], "whole", "it is one of exact, partial, boundaries, strict"),
    ],
)
def test_what_does_not_fit_is_refused(gold, predicted, match, message):
    with pytest.raises(InputError, match=message):
        score_extraction(gold, predicted, match)


def test_the_result_carries_its_protocol_and_prints_as_a_table():
    protocol = {"data": "mine", "split": "test", "queries": 15}
    score = score_extraction({"k": [LEFT]}, {"k": [LEFT]}, "strict", protocol=protocol)
    found = json.loads(json.dumps(score.to_dict()))
    assert found["protocol"] == {
        **protocol, "match": "strict", "partial_token": "last", "symmetric": []
    }  # fmt: skip
    assert found["compares"] == "the spans and kinds of subject and object"
    assert found["f1"] == found["rules"]["strict"]["f1"] == 1.0 and found["mentions"] is None
    assert found["classes"]["N=1"]["sentences"] == 1
    lines = str(score).splitlines()
    assert lines[0].startswith("mine test: 1 sentences") and lines[1].startswith("triples, strict")
    assert any(line.startswith("N=1 (1)") for line in lines)


WORDS = ["New", "York", "New", "York", "Ann"]
spans = st.tuples(st.integers(0, 4), st.integers(1, 2)).map(lambda x: (x[0], min(sum(x), 5)))
ends = st.tuples(spans, st.sampled_from(["A", "B"])).map(
    lambda x: (" ".join(WORDS[slice(*x[0])]), x[0], x[1])
)
sides = st.lists(st.tuples(ends, st.sampled_from("rs"), ends), max_size=4)
PARTS = {
    "exact": lambda end: end[0],
    "partial": lambda end: end[0].split()[-1],
    "boundaries": lambda end: end[1],
    "strict": lambda end: end[1:],
}


def counted(sentences, part):
    """Correct, guessed and gold triples, found by comparing each with each."""
    correct = guessed = expected = 0
    for gold, predicted in sentences:
        cut = [[(part(s), r, part(o)) for s, r, o in side] for side in (gold, predicted)]
        distinct = [[x for i, x in enumerate(side) if x not in side[:i]] for side in cut]
        expected, guessed = expected + len(distinct[0]), guessed + len(distinct[1])
        correct += sum(x in distinct[0] for x in distinct[1])
    return correct, guessed, expected


@given(st.lists(st.tuples(sides, sides), min_size=1, max_size=4))
def test_every_rule_and_every_class_equals_counting_one_by_one(sentences):
    score = score_extraction(*zip(*sentences))
    for rule, row in score.rules.items():
        assert (row.correct, row.guessed, row.gold) == counted(sentences, PARTS[rule])
    for name in [x for x in score.classes if x.startswith("N=")]:
        of_class = [x for x in sentences if x[0] and number_class(len(set(x[0]))) == name[2:]]
        row = score.classes[name]
        assert (row.correct, row.guessed, row.gold) == counted(of_class, PARTS["exact"])
        assert row.sentences == len(of_class)
    assert sum(row.sentences for x, row in score.classes.items() if x.startswith("N=")) == sum(
        bool(gold) for gold, _ in sentences
    )


def number_class(count):
    return ">=5" if count >= 5 else str(count)
