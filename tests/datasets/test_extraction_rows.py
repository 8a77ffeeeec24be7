"""Rows for triple extraction: the ways to give a triple, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkg.datasets.extraction_rows import extraction_row
from graphkg.datasets.problems import LocatedError, Place
from graphkg.errors import InputError

PLACE = Place(Path("train.jsonl"), 7)
TEXT = "Ann Lee left New York for York ."
TOKENS = TEXT.split()
ENTITIES = [{"type": "PER", "start": 0, "end": 2}, {"type": "LOC", "start": 3, "end": 5}]


def read(row, **options):
    return extraction_row(row, PLACE, **options)


def test_strings_token_spans_and_character_spans_give_the_same_mentions():
    strings = read({"text": TEXT, "triples": [["Ann Lee", "left", "New York"]]})
    tokens = read({"tokens": TOKENS, "triples": [[[0, 2], "left", [3, 5]]]})
    chars = read({"text": TEXT, "triples": [[[0, 7], "left", [13, 21]]]})
    casrel = read({"text": TEXT, "triple_list": [["Ann Lee", "left", "New York"]]})
    by_name = {"subject": "Ann Lee", "relation": "left", "object": "New York"}
    named = read({"text": TEXT, "triples": [by_name]})
    assert strings == tokens == chars == casrel == named
    assert strings.marks == [(0, 2, "_"), (3, 5, "_")] and strings.triples == [(0, "left", 1)]
    assert strings.key == "train.jsonl:7"
    assert all(TEXT[slice(*at)] == word for at, word in zip(strings.chars, strings.words))


def test_a_string_is_found_where_it_first_stands_on_the_edges_of_words():
    row = read({"text": "Yorker York . York", "triples": [["York", "r", "York"]]})
    assert row.marks == [(1, 2, "_")] and row.triples == [(0, "r", 0)]


def test_a_string_that_does_not_occur_stays_in_its_triple_beside_the_others():
    triples = [["Ann", "left", "Cancún"], ["Lee", "left", "York"], ["nn Lee", "left", "ork"]]
    row = read({"text": TEXT, "triples": triples})
    assert row.triples == [(0, "left", "Cancún"), (1, "left", 2), ("nn Lee", "left", "ork")]
    assert row.texts() == [tuple(triple) for triple in triples]


def test_spert_rows_have_entities_with_types_and_relations_between_them():
    relations = [{"type": "left", "head": 0, "tail": 1}, {"type": "saw", "head": 0, "tail": 1}]
    given_ = {"tokens": TOKENS, "entities": ENTITIES, "relations": relations, "orig_id": 12}
    row = read(given_)
    assert row.marks == [(0, 2, "PER"), (3, 5, "LOC")] and row.key == "12" and row.text == TEXT
    assert row.triples == [(0, "left", 1), (0, "saw", 1)]
    alone = read({"tokens": TOKENS, "entities": ENTITIES, "relations": []})
    assert len(alone.marks) == 2 and alone.triples == []


def test_an_entity_given_twice_is_one_mention_but_each_type_is_one_of_its_own():
    entities = [ENTITIES[0], ENTITIES[0], {**ENTITIES[0], "type": "ORG"}, ENTITIES[1]]
    relations = [{"type": "left", "head": n, "tail": 3} for n in (0, 1, 2)]
    row = read({"tokens": TOKENS, "entities": entities, "relations": relations})
    assert row.marks == [(0, 2, "PER"), (0, 2, "ORG"), (3, 5, "LOC")]
    assert row.triples == [(0, "left", 2), (1, "left", 2)] and row.repeated == 1


def test_repeated_triples_are_left_out_and_counted():
    triple = ["Ann", "left", "York"]
    row = read({"text": TEXT, "triples": [triple, triple, triple[::-1], triple]})
    assert len(row.triples) == 2 and row.repeated == 2


def test_last_words_alone_remain_for_partial_match():
    triples = [["Ann Lee", "left", "New York"], ["Lee", "left", "York"]]
    row = read({"text": TEXT, "triples": triples}, last_words=True)
    assert row.marks == [(1, 2, "_"), (4, 5, "_")]  # York is found in New York first
    assert row.triples == [(0, "left", 1)] and row.repeated == 1


def test_a_text_is_split_at_spaces_alone_unless_by_rule():
    row = {"text": "Ann Lee left Paris.", "triples": [["Ann Lee", "left", "Paris"]]}
    assert read(row).triples == [(0, "left", "Paris")] and read(row).words[-1] == "Paris."
    ruled = read(row, split="rule")
    assert ruled.triples == [(0, "left", 1)] and ruled.marks[1] == (3, 4, "_")
    twice = read({"text": " a\u00a0b  c ", "triples": []})
    assert twice.words == ["a\u00a0b", "c"] and twice.chars == [(1, 4), (6, 7)]


@pytest.mark.parametrize(
    ("row", "kind", "message"),
    [
        ({"text": " ", "triples": []}, "empty sentence", "the text has no word"),
        ({"tokens": [], "triples": []}, "empty sentence", "tokens is empty"),
        ({"triples": []}, "missing key", "text is missing"),
        ({"text": TEXT}, "missing key", "triples is missing; a row has triples, or entities"),
        ({"text": TEXT, "tripels": []}, "unknown key", "did you mean 'triples'"),
        ({"text": 3, "triples": []}, "wrong value", "text is 3"),
        ({"text": "a \ud800", "triples": []}, "wrong value", "lone surrogate"),
        ({"tokens": ["b"], "text": "a", "triples": []}, "wrong value", "token 0 .'b'. does not"),
        ({"text": TEXT, "triples": [["a", "b"]]}, "wrong value", "triple 0 is .'a', 'b'."),
        ({"text": TEXT, "triples": {}}, "wrong value", "triples is {}, but a list"),
        ({"text": TEXT, "triples": [["", "r", "a"]]}, "wrong value", "the subject is ''"),
        ({"text": TEXT, "triples": [["a", None, "a"]]}, "wrong value", "the relation is None"),
        ({"tokens": TOKENS, "triples": [[[0, 9], "r", "a"]]}, "wrong span", "has 8 tokens"),
        ({"tokens": TOKENS, "triples": [["a", "r", [2, 2]]]}, "wrong span", r"span \[2, 2\)"),
        ({"tokens": TOKENS, "triples": [[[0, True], "r", "a"]]}, "wrong span", "0, True"),
        ({"text": TEXT, "triples": [["a", "r", [0, 33]]]}, "wrong span", "has 32 characters"),
        ({"text": TEXT, "triples": [[[1, 7], "r", "a"]]}, "wrong span", "is 'nn Lee', the char"),
        (
            {"text": TEXT, "triples": [], "relations": []},
            "wrong value",
            "triples and relations were given",
        ),
        ({"tokens": TOKENS, "relations": []}, "missing key", "entities is missing"),
        (
            {"tokens": TOKENS, "entities": [{**ENTITIES[0], "end": 9}], "relations": []},
            "wrong span",
            "entity 0 has the span",
        ),
        (
            {"tokens": TOKENS, "entities": [{"start": 0}], "relations": []},
            "wrong value",
            "an object with start, end, type was expected",
        ),
        (
            {
                "tokens": TOKENS,
                "entities": ENTITIES,
                "relations": [{"type": "r", "head": 0, "tail": 2}],
            },
            "wrong span",
            "relation 0 joins 0 and 2, but the row has 2 entities",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(row, kind, message):
    with pytest.raises(LocatedError, match=message) as caught:
        read(row)
    assert str(caught.value).startswith("train.jsonl:7: ")
    assert caught.value.problem.kind == kind


words = st.lists(st.sampled_from(["a", "ab", "b", "a'b"]), min_size=1, max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.sampled_from(["a", "b ab", "", "r"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(words, words)
def test_a_string_is_found_iff_its_words_stand_one_after_the_other(sentence, sought):
    row = read({"text": " ".join(sentence), "triples": [[" ".join(sought), "r", "a'b"]]})
    size = len(sought)
    places = [i for i in range(len(sentence)) if sentence[i : i + size] == sought]
    expected = (places[0], places[0] + size) if places else None
    assert row.find(" ".join(sought)) == expected
    assert isinstance(row.triples[0][0], int) == bool(places)


@given(
    st.dictionaries(st.sampled_from(["text", "tokens", "triples", "entities", "relations"]), values)
)
def test_any_row_of_json_is_read_or_refused(row):
    try:
        found = read(row)
    except InputError:
        return
    count = len(found.words)
    assert all(0 <= start < end <= count for start, end, _ in found.marks) and count
