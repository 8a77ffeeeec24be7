"""Names in words: the longest, disjoint, told apart by case, ambiguous ones left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graphkg.linking import Match, NameMatcher

NAMES = [("New York", 0), ("York", 1), ("New York City Ballet", 2), ("May", 3), ("Turkey", 4),
         ("turkey", 5), ("Georgia", 6), ("Georgia", 7), ("Atlanta Georgia", 8),
         ("city", 9)]  # fmt: skip


def found(text, ordinary=("may", "city")):
    return NameMatcher(NAMES, ordinary=ordinary).match(text.split())


def test_the_longest_name_wins_and_matches_do_not_overlap():
    assert found("the New York City Ballet left York").linked == [Match(1, 5, 2), Match(6, 7, 1)]
    assert found("New York City").linked == [Match(0, 2, 0)]  # "City" is no "city"


def test_case_does_not_matter_where_nothing_else_is_meant():
    assert found("in NEW york").linked == [Match(1, 3, 0)]


def test_an_ordinary_word_is_a_name_only_as_it_is_written():
    assert found("it may rain").linked == []
    assert found("rain in May").linked == [Match(2, 3, 3)]
    assert found("any city").linked == [Match(1, 2, 9)]
    assert found("CITY of MAY").linked == []


def test_a_capital_at_the_start_of_a_sentence_says_nothing():
    assert found("May I ?").linked == []
    assert found("Rain . May it end").linked == []
    assert found("May I ?", ordinary=()).linked == [Match(0, 1, 3)]


def test_names_that_differ_in_case_are_told_apart_by_it():
    assert found("a turkey in Turkey").linked == [Match(1, 2, 5), Match(3, 4, 4)]
    assert found("TURKEY") == ([], 1)


def test_an_ambiguous_name_is_counted_and_hides_no_longer_one():
    assert found("Georgia and Atlanta Georgia") == ([Match(2, 4, 8)], 1)


def test_names_without_letters_are_left_out():
    assert NameMatcher([("...", 0), ("", 1), ("7", 2)]).match(["...", "7"]).linked == [
        Match(1, 2, 2)
    ]


def test_it_says_how_much_it_knows():
    assert repr(NameMatcher(NAMES, ordinary=["may"])) == "NameMatcher(8 names, 1 ordinary words)"


WORDS = st.lists(st.sampled_from("abc"), max_size=12)
ENTRIES = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3), max_size=5)


@given(WORDS, ENTRIES)
def test_it_finds_what_a_search_of_every_span_finds(words, names):
    entries = [(" ".join(name), number) for number, name in enumerate(names)]
    linked, ambiguous, place = [], 0, 0
    while place < len(words):
        for end in range(len(words), place, -1):
            bearers = [n for n, name in enumerate(names) if name == words[place:end]]
            if bearers:
                break
        else:
            place += 1
            continue
        if len(bearers) == 1:
            linked.append(Match(place, end, bearers[0]))
        ambiguous += len(bearers) > 1
        place = end
    assert NameMatcher(entries).match(words) == (linked, ambiguous)
