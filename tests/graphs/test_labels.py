from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.graphs.labels import check_heads, locate_words

WORDS = st.lists(st.text(alphabet="aåb,.", min_size=1, max_size=4), max_size=8)


@given(words=WORDS, data=st.data())
def test_words_are_found_where_they_were_put(words, data):
    text, spans = "", []
    for word in words:
        text += data.draw(st.text(alphabet=" \n\u3000", max_size=3))
        spans.append((len(text), len(text) + len(word)))
        text += word
    assert locate_words(words, text, "here") == spans


def test_a_word_that_is_not_in_the_text_is_named_with_its_place():
    with pytest.raises(InputError, match=r"here: word 1 \('dog'\) .* after character 3"):
        locate_words(["the", "dog"], "the cat", "here")


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_heads_pass_exactly_if_every_walk_upwards_ends_in_a_root(heads):
    def reaches_root(token: int) -> bool:
        for _ in range(len(heads) + 1):
            if token == 0:
                return True
            token = heads[token - 1] if token <= len(heads) else -1
            if token < 0:
                return False
        return False

    def accepted() -> bool:
        try:
            check_heads(heads, "here")
        except InputError:
            return False
        return True

    assert accepted() == all(reaches_root(t) for t in range(1, len(heads) + 1))


def test_a_circle_is_named_without_the_tokens_that_lead_into_it():
    with pytest.raises(InputError, match="heads of tokens 2, 3 form a circle"):
        check_heads([2, 3, 2], "here")


@pytest.mark.parametrize("heads", [[1], [2], [-1]])
def test_a_head_that_is_no_other_token_is_refused(heads):
    with pytest.raises(InputError, match=rf"here: token 1 has head {heads[0]}"):
        check_heads(heads, "here")


def test_a_long_chain_is_a_tree():
    check_heads(list(range(3000)), "here")
