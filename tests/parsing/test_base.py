from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.parsing.base import Parsed, Parser, cut, documents


class SplitParser(Parser):
    """A parser for tests: words at spaces, one sentence a piece, the first word is the root."""

    def _parse_pieces(self, pieces):
        for piece in pieces:
            words, chars, place = piece.text.split(), [], 0
            for word in words:
                start = piece.text.index(word, place)
                place = start + len(word)
                chars.append((start, place))
            yield piece, [self._parsed(words, chars)] if words else []

    def _parse_lists(self, sentences):
        for words in sentences:
            starts = [sum(len(w) + 1 for w in words[:i]) for i in range(len(words))]
            yield self._parsed(words, [(s, s + len(w)) for s, w in zip(starts, words)])

    def _parsed(self, words, chars):
        heads = [min(i, 1) for i in range(len(words))]
        return Parsed(words, chars, heads, ["dep"] * len(words), ["X"] * len(words), [])


def test_documents_are_numbered_and_sentences_counted_from_zero():
    graphs = list(SplitParser().parse(["One two\n\nthree", "Four"]))
    assert [graph.key for graph in graphs] == ["0#0", "0#1", "1#0"]


def test_a_document_can_bring_its_key():
    assert [g.key for g in SplitParser().parse([("doc7", "One"), "Two"])] == ["doc7#0", "1#0"]


def test_documents_without_words_give_nothing():
    assert list(SplitParser().parse(["", " \n\n\t\n", "\xa0"])) == []


def test_offset_leads_from_the_document_to_the_words():
    text = "  One two\r\n\r\n \n three\tfour 😀 "
    for graph in SplitParser().parse([text]):
        for word, (start, end) in zip(graph.words, graph["token"].chars.tolist()):
            assert text[graph.offset + start : graph.offset + end] == word


def test_no_text_is_read_before_it_is_needed():
    read = []
    texts = (read.append(n) or f"text {n}" for n in count())
    assert len(list(islice(SplitParser().parse(texts), 3))) == 3
    assert len(read) <= 4


def test_values_are_mentions_and_ner_tags():
    (graph,) = SplitParser().parse(["He paid $ 5 in 1999 ."])
    assert [(m.text, m.kind) for m in graph.mentions] == [("$ 5", "MONEY"), ("1999", "DATE")]
    assert graph.labels.ner == ("O", "O", "MONEY", "MONEY", "O", "DATE", "O")


def test_values_can_be_left_out():
    (graph,) = SplitParser(values=False).parse(["It was 1999 ."])
    assert graph.mentions == []


def test_given_words_stay_and_make_the_text():
    (graph,) = SplitParser().parse_words([["New York", "-LRB-", "\xa0"]])
    assert graph.words == ("New York", "-LRB-", "\xa0")
    assert (graph.text, graph.key) == ("New York -LRB- \xa0", "0")


def test_one_string_is_no_list_of_texts():
    with pytest.raises(InputError, match="put it in a list"):
        list(SplitParser().parse("One sentence."))


@pytest.mark.parametrize("given_text", [7, None, ("key", 3), ("a", "b", "c")])
def test_what_is_no_text_is_named_with_its_place(given_text):
    with pytest.raises(InputError, match="text 1 is"):
        list(SplitParser().parse(["fine", given_text]))


def test_a_lone_surrogate_is_named_with_its_place():
    with pytest.raises(InputError, match="document 'k' has a lone surrogate at character 2"):
        list(SplitParser().parse([("k", "ab\ud800c")]))


@pytest.mark.parametrize("words", ["a string", [], ["a", ""], [1, 2], None])
def test_what_is_no_list_of_words_is_named_with_its_place(words):
    with pytest.raises(InputError, match="sentence 1 is"):
        list(SplitParser().parse_words([["fine"], words]))


@given(st.text(alphabet="ab.\n\r \t", max_size=80), st.integers(1, 20))
def test_pieces_join_to_the_document_and_keep_the_limit(text, limit):
    pieces = list(cut(documents([text]), limit))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.offset for piece in pieces] == [
        sum(len(p.text) for p in pieces[:i]) for i in range(len(pieces))
    ]
    assert all(len(piece.text) <= limit for piece in pieces)
    assert [piece.first for piece in pieces] == [True] + [False] * (len(pieces) - 1)


def test_a_long_paragraph_is_cut_after_a_sentence():
    pieces = list(cut(documents(["One two. Three four. Five six."]), 25))
    assert [piece.text for piece in pieces] == ["One two. Three four. ", "Five six."]
