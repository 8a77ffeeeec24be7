import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkg.graphs.labels import locate_words
from graphkg.parsing.values import VALUE_KINDS, find_values, merge_values


def values_of(text, words=None):
    words = text.split() if words is None else words
    chars = locate_words(words, text, "test")
    return [(text[chars[s][0] : chars[e - 1][1]], kind) for s, e, kind in find_values(text, chars)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("born on 13 March 1963 in Turin", [("13 March 1963", "DATE")]),
        ("on July 29 , 2007 .", [("July 29 , 2007", "DATE")]),
        ("on Friday , May 5 , he left", [("Friday , May 5", "DATE")]),
        ("in the spring of 1815", [("spring of 1815", "DATE")]),
        ("from 1982 to 1985", [("1982", "DATE"), ("1985", "DATE")]),
        ("( 1797 - 1841 )", [("1797", "DATE"), ("1841", "DATE")]),
        ("in the 1980s and the 19th century", [("1980s", "DATE"), ("19th century", "DATE")]),
        ("at 7:30 p.m. on Sunday", [("7:30 p.m.", "TIME"), ("Sunday", "DATE")]),
        ("a two - year contract", [("two - year", "DURATION")]),
        ("for twenty five years", [("twenty five years", "DURATION")]),
        ("sold for $ 3.5 million", [("$ 3.5 million", "MONEY")]),
        ("it cost fifty dollars", [("fifty dollars", "MONEY")]),
        ("up 55.5 % today", [("55.5 %", "PERCENT")]),
        ("her third album", [("third", "ORDINAL")]),
        ("1,250,000 people", [("1,250,000", "NUMBER")]),
        ("and forty - one dogs", [("forty - one", "NUMBER")]),
        ("one of the two", [("two", "NUMBER")]),
        ("a river of 1600 \xa0 km", [("1600 \xa0 km", "NUMBER")]),
    ],
)  # fmt: skip
def test_values_are_found_in_tokenised_text(text, expected):
    assert values_of(text, text.split(" ")) == expected


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("It cost $5.", ["It", "cost", "$", "5", "."], [("$5", "MONEY")]),
        ("a two-year term", ["a", "two", "-", "year", "term"], [("two-year", "DURATION")]),
        ("up 3% now", ["up", "3", "%", "now"], [("3%", "PERCENT")]),
        ("the 2016–17 season", ["the", "2016", "–", "17", "season"], [("2016–17", "DATE")]),
    ],
)
def test_values_are_found_in_written_text(text, words, expected):
    assert values_of(text, words) == expected


@pytest.mark.parametrize(
    "text", ["You may march on .", "version a1b2", "No one knows", "B-52s fly"]
)
def test_what_is_no_value_is_left_alone(text):
    assert values_of(text) == []


def test_a_match_that_splits_a_token_is_dropped():
    assert find_values("10k away", [(0, 3), (4, 8)]) == []


@given(st.lists(st.text(alphabet="0123456789$%.,-: ’astndrhMayJune\xa0", min_size=1), max_size=12))
def test_values_are_ordered_spans_without_overlap(words):
    text = " ".join(words)
    starts = [sum(len(w) + 1 for w in words[:i]) for i in range(len(words))]
    found = find_values(text, [(s, s + len(w)) for s, w in zip(starts, words)])
    assert all(0 <= start < end <= len(words) for start, end, _ in found)
    assert all(a[1] <= b[0] for a, b in zip(found, found[1:]))
    assert {kind for _, _, kind in found} <= set(VALUE_KINDS)


WORDS = ["In", "May", "5", ",", "2003", "Paris", "2002", "Games"]


def test_the_model_wins_an_overlap():
    assert merge_values([(6, 8, "MISC")], [(6, 7, "DATE")], WORDS) == [(6, 8, "MISC")]


def test_a_longer_value_with_digits_replaces_what_it_covers():
    merged = merge_values([(1, 2, "PERSON"), (5, 6, "LOCATION")], [(1, 5, "DATE")], WORDS)
    assert merged == [(1, 5, "DATE"), (5, 6, "LOCATION")]


def test_a_value_of_the_same_length_does_not_replace():
    assert merge_values([(4, 5, "MISC")], [(4, 5, "DATE")], WORDS) == [(4, 5, "MISC")]


def test_a_value_that_sticks_out_on_one_side_does_not_replace():
    assert merge_values([(0, 3, "MISC")], [(1, 5, "DATE")], WORDS) == [(0, 3, "MISC")]
