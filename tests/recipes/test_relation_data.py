"""Relation data by name or folder: what is parsed, where kinds come from, what is cached."""

from __future__ import annotations

import json

import pytest

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.parsing.base import Parser
from graphkg.parsing.cache import CachedParser
from graphkg.recipes.relation_data import READERS, read_relation_data


class Fixed(Parser):
    """Tags every word, makes the first word the root and a person, and counts sentences."""

    fingerprint = "fixed"

    def __init__(self):
        super().__init__()
        self.parsed = 0

    def parse_words(self, sentences):
        for number, words in enumerate(sentences):
            self.parsed += 1
            count = len(words)
            heads = [0] + [1] * (count - 1)
            ner = ["B-PERSON"] + ["O"] * (count - 1)
            tags = ["dep"] * count, ["NN"] * count
            yield SentenceGraph.build(words, heads, *tags, ner, key=str(number))

    def _parse_pieces(self, pieces):
        raise NotImplementedError

    def _parse_lists(self, sentences):
        raise NotImplementedError


WHOLE = {
    "words": ["Ann", "met", "Bob"],
    "heads": [2, 0, 2],
    "deprels": ["nsubj", "root", "obj"],
    "pos": ["A", "B", "C"],
    "ner": ["O", "O", "GIVEN"],
    "subject": [0, 1, "PERSON"],
    "object": [2, 3, "MAN"],
    "relation": "knows",
}
BARE = {"words": ["Eve", "ran"], "subject": [0, 1], "object": [1, 2], "relation": "no_relation"}
MARKED = (
    '0\t" <e1> Thom </e1> of <e2> Radiohead </e2> . "\nper:employee_of(e1,e2)\n\n\n'
    '1\t" <e1> Oxford </e1> is in <e2> Kent </e2> . "\nno_relation\n\n\n'
)


@pytest.fixture
def folder(tmp_path):
    for part in ("train", "valid", "test"):
        rows = "".join(json.dumps(row) + "\n" for row in (WHOLE, BARE))
        (tmp_path / f"{part}.jsonl").write_text(rows, encoding="utf-8")
    return tmp_path


def test_a_folder_is_parsed_where_it_lacks_something_and_kept_where_not(folder):
    parser = Fixed()
    data = read_relation_data(str(folder), None, parser)
    whole, bare = data.train
    assert parser.parsed == 3  # the bare sentence of each part
    assert whole.heads == [2, 0, 2] and whole.labels.pos == ("A", "B", "C")
    assert whole.labels.kinds == ("PERSON", "MAN") and whole.labels.ner[2] == "GIVEN"
    assert bare.heads == [0, 1] and bare.labels.pos == ("NN", "NN")
    assert bare.labels.kinds == ("PERSON", "O")
    assert data.relations.labels == ["no_relation", "knows"] and data.negative == "no_relation"
    assert data.protocol()["metric"] == "tacred" and data.protocol()["kinds"] == "ner"
    assert data.name == folder.name


def test_given_trees_stay_when_only_tags_are_missing(folder):
    row = {**WHOLE, "pos": None}
    (folder / "train.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (folder / "valid.jsonl").write_text(json.dumps(WHOLE), encoding="utf-8")
    (folder / "test.jsonl").write_text(json.dumps(WHOLE), encoding="utf-8")
    data = read_relation_data(str(folder), None, Fixed())
    (graph,) = data.train
    assert graph.heads == [2, 0, 2] and graph.labels.pos == ("NN",) * 3
    assert graph.labels.ner[2] == "GIVEN" and data.kinds == "given"


def test_raw_text_is_read(folder):
    row = {"text": "Ann met Bob.", "subject": [0, 3], "object": [8, 11], "relation": "knows"}
    (folder / "train.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(BARE))
    graph = read_relation_data(str(folder), None, Fixed()).train[0]
    assert graph.words == ("Ann", "met", "Bob", ".") and graph.heads == [0, 1, 1, 1]
    assert [m.text for m in graph.mentions] == ["Ann", "Bob"]


def test_constant_kinds_make_every_mention_an_entity(folder):
    data = read_relation_data(str(folder), None, Fixed(), type_source="constant")
    for part in (data.train, data.valid, data.test):
        assert {kind for graph in part for kind in graph.labels.kinds} == {"ENTITY"}
    assert data.protocol()["kinds"] == "constant" and data.train[0].labels.ner[2] == "GIVEN"
    with pytest.raises(InputError, match="type_source 'none' is not one of ner, constant"):
        read_relation_data(str(folder), None, Fixed(), type_source="none")


def test_a_folder_that_moved_is_found_by_its_new_path(folder):
    assert len(read_relation_data("/gone/far", folder, Fixed()).train) == 2
    with pytest.raises(InputError, match="'/gone/far' is not one of .*no folder of relations"):
        read_relation_data("/gone/far", None, Fixed())
    with pytest.raises(InputError, match="did you mean 'tacred'"):
        read_relation_data("tacrd", folder, Fixed())


def test_kbp37_gets_trees_tags_and_kinds_in_one_parse_that_is_cached(tmp_path):
    for name in ("train", "dev", "test"):
        (tmp_path / f"{name}.txt").write_text(MARKED, encoding="utf-8")
    first, second = Fixed(), Fixed()
    cache = tmp_path / "cache"
    data = read_relation_data("kbp37", tmp_path, CachedParser(first, cache))
    again = read_relation_data("kbp37", tmp_path, CachedParser(second, cache))
    assert first.parsed == 2 and second.parsed == 0
    assert len(data.relations) == 37 and data.negative == "no_relation" and data.metric == "kbp37"
    graph = data.valid[0]
    assert graph.labels.kinds == ("PERSON", "O") and graph.heads == [0, 1, 1, 1]
    assert graph.text == "Thom of Radiohead." and graph.pairs[0][2] == "per:employee_of(e1,e2)"
    for one, other in zip(data.train, again.train):
        assert (one.labels, one.heads, one.text) == (other.labels, other.heads, other.text)


def test_semeval_is_parsed_once(tmp_path):
    text = "".join(
        f'{n}\t"The <e1>cup{n}</e1> holds <e2>tea</e2>."\nOther\nComment:\n\n' for n in range(900)
    )
    tree = {"token": ["The", "", "holds", "tea", "."], "subj_start": 1, "subj_end": 1,
            "obj_start": 3, "obj_end": 3, "stanford_head": [2, 3, 0, 3, 3]}  # fmt: skip
    rows = [{**tree, "id": n, "token": ["The", f"cup{n}", "holds", "tea", "."]} for n in range(900)]
    for part in ("train", "test"):
        (tmp_path / f"{part}.txt").write_text(text, encoding="utf-8")
        lines = "\n".join(map(json.dumps, rows))
        (tmp_path / f"{part}.parsed.jsonl").write_text(lines, encoding="utf-8")
    first, second = Fixed(), Fixed()
    data = read_relation_data("semeval", tmp_path, CachedParser(first, tmp_path / "c"), 3)
    again = read_relation_data("semeval", tmp_path, CachedParser(second, tmp_path / "c"), 3)
    assert (first.parsed, second.parsed) == (900, 0)
    assert [len(data.train), len(data.valid), len(data.test)] == [100, 800, 900]
    assert [g.labels for g in data.valid] == [g.labels for g in again.valid]
    assert data.train[0].heads == [2, 3, 0, 3, 3] and data.kinds == "ner"


def test_tacred_and_retacred_are_known_by_name(tmp_path):
    row = {"id": "a", "relation": "no_relation", "token": ["Ann", "ran"], "subj_start": 0,
           "subj_end": 0, "obj_start": 1, "obj_end": 1, "subj_type": "PERSON",
           "obj_type": "TITLE"}  # fmt: skip
    for part in ("train", "dev", "test"):
        (tmp_path / f"{part}.json").write_text(json.dumps([row]), encoding="utf-8")
    for name in ("tacred", "retacred"):
        data = read_relation_data(name, tmp_path, Fixed())
        assert (data.name, data.metric, data.kinds) == (name, "tacred", "given")
        assert data.train[0].labels.kinds == ("PERSON", "TITLE")
    assert {"kbp37", "tacred", "retacred", "semeval", "redocred", "fewrel"} <= set(READERS)
