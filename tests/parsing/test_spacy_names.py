"""Swapped names in the entity training documents (tools/spacy_names.py)."""

import sys
from pathlib import Path
from random import Random

import pytest

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture(autouse=True)
def tools(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])


def test_swapped_names_keep_their_kind_and_the_text_around_them(monkeypatch):
    import spacy_names
    from spacy_data import Sentence

    monkeypatch.setattr(spacy_names, "SWAPPED", 1.0)
    words = ["Anna", "Lee", "saw", "Rome", "."]
    sentence = Sentence(
        words, [True, True, True, False, False], spans=[(0, 2, "PERSON"), (3, 4, "LOCATION")]
    )
    marked = {"PERSON": [["Marie", "Curie"]], "LOCATION": [["New", "York"]]}
    found = spacy_names.swapped(sentence, marked, {}, Random(1))
    assert found.text == "Marie Curie saw New York."
    assert found.spans == [(0, 2, "PERSON"), (3, 5, "LOCATION")]
    assert sentence.words == words


def test_people_get_given_and_last_names_combined_anew_and_one_word_for_one():
    import spacy_names

    marked = {"PERSON": [["Marie", "Curie"], ["Ada", "King", "Lovelace"]]}
    full = {tuple(spacy_names.drawn("PERSON", 2, marked, Random(seed))) for seed in range(40)}
    assert full == {(first, last) for first in ("Marie", "Ada") for last in ("Curie", "Lovelace")}
    short = {tuple(spacy_names.drawn("PERSON", 1, marked, Random(seed))) for seed in range(40)}
    assert short == {("Marie",), ("Curie",), ("Ada",), ("Lovelace",)}


def test_marked_names_are_grouped_by_kind_and_kept_once():
    import spacy_names
    from spacy_data import Sentence

    group = [Sentence(["Rome", "Rome"], [True, False], spans=[(0, 1, "LOC"), (1, 2, "LOC")])]
    assert spacy_names.marked_names([group]) == {"LOC": [["Rome"]]}


def test_names_of_fewrel_take_the_kind_that_their_relation_asks_for(tmp_path):
    import gzip
    import json

    import spacy_names

    rows = [
        ("P26", ["ann", "married", "bob"], [[0]], [[2]]),  # a spouse: not a training relation
        ("P22", ["leo", "de", "wit", "is", "the", "son", "of", "jan"], [[0, 1, 2]], [[7]]),
        ("P355", ["the", "bbc", "owns", "radio", "one"], [[1]], [[3, 4]]),
        ("P131", ["rome", "is", "in", "region", "7"], [[0]], [[3, 4]]),
        ("P22", ["jan", "is", "a", "father"], [[0]], [[0]]),
    ]
    keys = ("relation", "tokens", "h", "t")
    path = tmp_path / "train.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        for relation, words, head, tail in rows:
            row = dict(zip(keys, (relation, words, ["", None, head], ["", None, tail])))
            lines.write(json.dumps(row) + "\n")
    assert spacy_names.public_names(path) == {
        "PERSON": [["Leo", "de", "Wit"], ["Jan"]],
        "ORGANIZATION": [["BBC"], ["Radio", "One"]],
        "LOCATION": [["Rome"]],
    }


def test_names_from_fewrel_are_drawn_for_their_share(monkeypatch):
    import spacy_names
    from spacy_data import Sentence

    monkeypatch.setattr(spacy_names, "SWAPPED", 1.0)
    sentence = Sentence(["Anna"], [False], spans=[(0, 1, "PERSON")])
    names = {"PERSON": [["Marie"]]}, {"PERSON": [["Ada"]]}
    for share, expected in ((0.0, {"Marie"}), (1.0, {"Ada"}), (0.5, {"Marie", "Ada"})):
        monkeypatch.setattr(spacy_names, "PUBLIC", {"PERSON": share})
        found = {spacy_names.swapped(sentence, *names, Random(n)).text for n in range(20)}
        assert found == expected
