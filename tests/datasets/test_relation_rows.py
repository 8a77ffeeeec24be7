"""One row as a sentence: TACRED's keys, ours, raw text, and every way to be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphkg.datasets.problems import LocatedError, Place
from graphkg.datasets.relation_rows import sentence_of

PLACE = Place(Path("rows.jsonl"), 3)
ANN = {
    "id": "x1",
    "relation": "per:title",
    "token": ["Ann", "Lee", ",", "a", "chemist", "."],
    "subj_start": 0,
    "subj_end": 1,
    "obj_start": 4,
    "obj_end": 4,
    "subj_type": "PERSON",
    "obj_type": "TITLE",
    "stanford_pos": ["NNP", "NNP", ",", "DT", "NN", "."],
    "stanford_ner": ["PERSON", "PERSON", "O", "O", "TITLE", "O"],
    "stanford_head": ["2", "0", "2", "5", "2", "2"],
    "stanford_deprel": ["compound", "ROOT", "punct", "det", "appos", "punct"],
}
OWN = {
    "words": ["Ann", "Lee", "is", "a", "chemist", "."],
    "subject": [0, 2, "PERSON"],
    "object": [4, 5, "TITLE"],
    "relation": "per:title",
}
RAW = {**OWN, "words": None, "text": "Ann Lee's a chemist.", "subject": [0, 7], "object": [12, 19]}


def test_inclusive_spans_of_tacred_become_half_open():
    graph = sentence_of(ANN, PLACE)
    assert [(m.start, m.end, m.kind) for m in graph.mentions] == [
        (0, 2, "PERSON"), (4, 5, "TITLE")
    ]  # fmt: skip
    assert graph.heads == [2, 0, 2, 5, 2, 2] and graph.key == "x1"
    assert graph.labels.pos[4] == "NN" and graph.labels.ner[4] == "TITLE"
    assert graph.triples() == [("Ann Lee", "per:title", "chemist")]
    numbers = {**ANN, "stanford_head": [2, 0, 2, 5, 2, 2]}
    assert sentence_of(numbers, PLACE).heads == graph.heads


def test_our_own_keys_have_exclusive_ends_and_need_no_tree():
    graph = sentence_of(OWN, PLACE)
    assert graph.triples() == [("Ann Lee", "per:title", "chemist")]
    assert set(graph.labels.pos) == set(graph.labels.ner) == {"_"} and set(graph.heads) == {0}
    assert graph.key == "rows.jsonl:3"
    more = {**OWN, "heads": [5, 1, 5, 5, 0, 5], "key": "k", "text": "Ann Lee is a  chemist."}
    graph = sentence_of(more, PLACE)
    assert graph.key == "k" and graph.heads[0] == 5 and graph.text == "Ann Lee is a  chemist."


def test_raw_text_is_split_so_that_no_word_crosses_a_mention():
    graph = sentence_of(RAW, PLACE)
    assert graph.words == ("Ann", "Lee", "'s", "a", "chemist", ".")
    assert [(m.text, m.kind) for m in graph.mentions] == [("Ann Lee", "_"), ("chemist", "_")]
    assert all(graph.text[slice(*m.chars)] == m.text for m in graph.mentions)
    inside = {**RAW, "subject": [1, 3]}
    assert sentence_of(inside, PLACE).words[:2] == ("A", "nn")


def test_a_tree_of_roots_alone_hangs_on_the_first_one():
    assert sentence_of({**ANN, "stanford_head": ["0"] * 6}, PLACE).heads == [0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("row", "change", "kind", "message"),
    [
        (ANN, {"obj_end": 6}, "wrong span", "obj_start is 4 and obj_end 6.*both inclusive"),
        (ANN, {"subj_start": -1}, "wrong span", "subj_start is -1"),
        (ANN, {"subj_start": "0"}, "wrong span", "subj_start is '0'"),
        (ANN, {"token": []}, "empty sentence", "token is empty"),
        (ANN, {"token": ["Ann", ""]}, "wrong value", "list of words, none empty"),
        (ANN, {"token": "Ann"}, "wrong value", "list of words"),
        (ANN, {"token": ["\ud800"] * 6}, "wrong value", "lone surrogate"),
        (ANN, {"subj_end": None}, "missing key", "subj_end is missing; a row with TACRED's keys"),
        (ANN, {"relation": 7}, "wrong value", "relation is 7, but a label"),
        (ANN, {"subj_type": ""}, "wrong value", "subj_type is ''"),
        (ANN, {"stanford_pos": ["NN"]}, "unequal lists", "1 stanford_pos for 6 words"),
        (ANN, {"stanford_ner": [1] * 6}, "wrong value", "stanford_ner is"),
        (ANN, {"stanford_head": ["2", "1", "2", "5", "2", "2"]}, "wrong heads", "1, 2 form a"),
        (ANN, {"stanford_head": [9, 0, 2, 5, 2, 2]}, "wrong heads", "token 1 has head 9"),
        (ANN, {"stanford_head": ["a"] * 6}, "wrong heads", "numbers were expected"),
        (OWN, {"subject": [0, 7, "PERSON"]}, "wrong span", r"\[0, 7\).*the end is exclusive"),
        (OWN, {"object": [4, 4, "TITLE"]}, "wrong span", "0 <= start < end <= 6"),
        (OWN, {"object": 4}, "wrong value", r"object is 4, but \[start, end, kind\]"),
        (OWN, {"relation": None}, "missing key", "relation is missing; a row has words"),
        (OWN, {"text": "Something else."}, "wrong value", "does not occur in the text"),
        (RAW, {"text": " "}, "empty sentence", "the text is empty"),
        (RAW, {"text": 5}, "wrong value", "text is 5"),
        (RAW, {"heads": [0]}, "missing key", "heads counts words"),
        (RAW, {"subject": [7, 70]}, "wrong span", "has 20 characters"),
        (RAW, {"object": [11, 12]}, "wrong span", "hold no word"),
    ],
)
def test_what_does_not_fit_raises_with_its_place_and_kind(row, change, kind, message):
    with pytest.raises(LocatedError, match=f"rows.jsonl:3: .*{message}") as raised:
        sentence_of({**row, **change}, PLACE)
    assert raised.value.problem.kind == kind and raised.value.problem.severity == "error"
