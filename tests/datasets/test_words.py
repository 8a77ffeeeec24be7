"""Words and text: offsets are exact in both directions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graphkg.datasets.words import cover, drop_blanks, join_words, split_words


def test_words_are_split_by_rule():
    text = "It isn't Bob's U.S. flat-screen, at 1,250.50 (or so)... “Łódź” -- end."
    assert split_words(text)[0] == [
        "It", "is", "n't", "Bob", "'s", "U.S.", "flat-screen", ",", "at", "1,250.50", "(", "or",
        "so", ")", "...", "“", "Łódź", "”", "--", "end", ".",
    ]  # fmt: skip


def test_no_word_crosses_a_cut():
    assert split_words("of dovesmoles", [8])[0] == ["of", "doves", "moles"]


@given(st.text(max_size=60), st.lists(st.integers(0, 60), max_size=3))
def test_the_words_are_all_of_the_text_but_its_white_space(text, cuts):
    words, chars = split_words(text, [cut for cut in cuts if cut <= len(text)])
    assert [text[start:end] for start, end in chars] == words
    assert "".join(words) == "".join(text.split())


def test_words_are_joined_as_a_printer_would():
    words = 'He said : " it did n\'t ( really ) work " , in the post - war era .'.split(" ")
    text, chars = join_words(words)
    assert text == 'He said: "it didn\'t (really) work", in the post-war era.'
    assert [text[start:end] for start, end in chars] == words


@given(st.lists(st.text(min_size=1, max_size=5)))
def test_joined_words_are_found_at_their_offsets(words):
    text, chars = join_words(words)
    assert [text[start:end] for start, end in chars] == words


def test_blank_words_are_dropped_and_places_move():
    assert drop_blanks(["a", "\xa0", "b", "\n"]) == (["a", "b"], [0, 1, 1, 2, 2])


def test_cover_finds_the_words_that_overlap_a_span():
    chars = [(0, 2), (3, 6), (6, 7)]
    assert cover(chars, 4, 7) == (1, 3)
    assert cover(chars, 2, 3) is None
