from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.parsing import SpacyParser

spacy = pytest.importorskip("spacy")

TEXT = "Marie Curie was born in Warsaw on 7 November 1867. She moved to Paris in 1891."


@pytest.fixture(scope="module")
def parser():
    return SpacyParser()


def check_places(graph, document):
    for word, (start, end) in zip(graph.words, graph["token"].chars.tolist()):
        assert document[graph.offset + start : graph.offset + end] == word != ""
        assert graph.text[start:end] == word


def test_a_text_becomes_sentences_with_tree_tags_and_mentions(parser):
    first, second = parser.parse([TEXT])
    assert (first.text, second.text) == (TEXT[:50], TEXT[51:])
    assert [(m.text, m.kind) for m in first.mentions] == [
        ("Marie Curie", "PERSON"),
        ("Warsaw", "LOCATION"),
        ("7 November 1867", "DATE"),
    ]
    assert first.labels.ner[:4] == ("PERSON", "PERSON", "O", "O")
    assert first.labels.pos[:4] == ("NNP", "NNP", "VBD", "VBN")
    assert first.heads.count(0) == 1 and first.labels.deprels[first.heads.index(0)] == "root"
    assert (second.key, second.offset) == ("0#1", 51)


def test_white_space_is_no_token_and_moves_no_place(parser):
    text = "\n  Hello   world.\r\nThis\xa0is\u2003a  test.\r\n\r\n\tHeadline \n\n"
    graphs = list(parser.parse([text]))
    assert [word for graph in graphs for word in graph.words] == (
        "Hello world . This is a test . Headline".split()
    )
    for graph in graphs:
        check_places(graph, text)


def test_line_breaks_of_wrapped_text_change_nothing(parser):
    flat, wrapped = (list(parser.parse([text])) for text in (TEXT, TEXT.replace(" ", "\n")))
    assert [graph.heads for graph in flat] == [graph.heads for graph in wrapped]


@profile(max_examples=40)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                ["😀👩‍👩‍👧", "e\u0301", "\u200b", "\xa0", "\r\n", "\n\n", "don't", "𝒳.", "\x00"]
            ),
        ),
        max_size=8,
    ).map("".join)
)  # fmt: skip
def test_places_are_exact_for_any_text(parser, text):
    words = []
    for graph in parser.parse([("k", text)]):
        check_places(graph, text)
        words += graph.words
        assert all(head <= len(graph.words) for head in graph.heads)
    assert "".join("".join(words).split()) == "".join(text.split())


def test_given_words_stay_one_sentence_and_keep_brackets(parser):
    words = ["He", "left", ".", "She", "came", "-LRB-", "\xa0", "May", "5", ",", "2003", "-RRB-"]
    (graph,) = parser.parse_words([words])
    assert graph.words == tuple(words) and graph.heads.count(0) == 1
    assert graph["token"].chars.tolist()[3:5] == [[10, 13], [14, 18]]
    assert [(m.start, m.end, m.kind) for m in graph.mentions] == [(7, 11, "DATE")]


def test_sentences_of_given_words_come_in_order(parser):
    sentences = [[str(n), "dogs", "bark"] for n in range(150)]
    graphs = list(parser.parse_words(sentences))
    assert [list(graph.words) for graph in graphs] == sentences
    assert [graph.key for graph in graphs] == [str(n) for n in range(150)]


def test_a_batch_gives_what_single_texts_give(parser):
    texts = [TEXT, "Dogs bark.", "", "He works for IBM in New York."]
    together = [(g.words, g.heads, g.mentions) for g in parser.parse(texts)]
    alone = [(g.words, g.heads, g.mentions) for text in texts for g in parser.parse([text])]
    assert together == alone


def test_an_endless_stream_is_read_as_far_as_needed(parser):
    read = []
    texts = (read.append(n) or "Dogs bark." for n in count())
    small = SpacyParser(parser.nlp, batch_size=4)
    assert len(list(islice(small.parse(texts), 3))) == 3
    assert len(read) <= 8


def test_labels_can_be_renamed(parser):
    words = ["A", "German", "engineer", "lives", "in", "Berlin", "."]
    (plain,) = parser.parse_words([words])
    (renamed,) = SpacyParser(parser.nlp, kinds={"NORP": "DEMONYM"}).parse_words([words])
    assert [mention.kind for mention in plain.mentions] == ["LOCATION", "LOCATION"]
    assert [mention.kind for mention in renamed.mentions] == ["DEMONYM", "LOCATION"]


def test_without_ner_there_are_values_alone(parser):
    (graph,) = SpacyParser(parser.nlp, ner=False).parse(["Anna paid $ 5."])
    assert [mention.kind for mention in graph.mentions] == ["MONEY"]


def test_missing_components_are_named_in_one_sentence():
    with pytest.raises(InputError) as caught:
        SpacyParser(spacy.blank("en"))
    message = str(caught.value)
    for part in ("dependency heads", "tags", "entities", "a parser", "a tagger", "ner=False"):
        assert part in message
    assert "\n" not in message


def test_a_pipeline_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="'en_nowhere_sm' is no installed spaCy pipeline"):
        SpacyParser("en_nowhere_sm")
    with pytest.raises(InputError, match="give its folder"):
        SpacyParser(tmp_path)


def test_loading_leaves_the_operations_of_others_alone(parser):
    from thinc.api import get_current_ops

    before = get_current_ops()
    SpacyParser()
    assert get_current_ops() is before


def test_repr_names_the_pipeline(parser):
    assert repr(parser) == "SpacyParser('en_graphkg', values=True)"


def test_documents_do_not_share_what_they_know_of_names(parser):
    texts = ["Booker Washington wrote a book.", "Washington is a city."]
    apart = [m.kind for text in texts for g in parser.parse([text]) for m in g.mentions]
    assert [m.kind for g in parser.parse(texts) for m in g.mentions] == apart
