"""Sets for triple extraction as graphs: invented folders, and real sets against their counts."""

from __future__ import annotations

import json
import warnings
from functools import cache

import pytest
import torch

from graphkg.datasets import read_extraction_data
from graphkg.errors import DataWarning, InputError
from graphkg.graphs import gold_mentions, gold_triples
from graphkg.graphs.sentence import REL
from graphkg.metrics import overlap_classes
from graphkg.vocab import Vocabularies

ANN = {"text": "Ann Lee left New York", "triples": [["Ann Lee", "left", "New York"]]}
BOB = {"text": "Bob met Ann", "triples": [["Bob", "met", "Ann"], ["Bob", "saw", "Ann"]]}


def write(folder, **parts):
    for part, rows in parts.items():
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{part}.jsonl").write_text(text, encoding="utf-8")
    return folder


def typed(words, entities, relations, **more):
    keys = ("start", "end", "type")
    return {
        "tokens": words.split(),
        "entities": [dict(zip(keys, entity)) for entity in entities],
        "relations": [dict(zip(("head", "type", "tail"), relation)) for relation in relations],
        **more,
    }


def test_a_folder_becomes_graphs_with_an_edge_a_triple(tmp_path):
    data = read_extraction_data(write(tmp_path, train=[BOB, ANN], dev=[ANN], test=[BOB]))
    assert repr(data) == (
        f"ExtractionData({tmp_path.name}, 2 + 1 + 1 sentences, 3 relations, exact match)"
    )
    assert data.relations.labels == ["left", "met", "saw"] and data.kinds is None
    bob, ann = data.train
    assert bob.pairs == [(0, 1, "met"), (0, 1, "saw")] and bob.key == "train.jsonl:1"
    assert ann["mention"].span.tolist() == [[0, 2], [3, 5]]
    assert [ann.text[slice(*m.chars)] for m in ann.mentions] == ["Ann Lee", "New York"]
    encoded = bob.encode(Vocabularies(relation=data.relations))
    assert encoded[REL].edge_type.tolist() == [1, 2]
    assert data.sources == {"train": "train.jsonl", "valid": "dev.jsonl", "test": "test.jsonl"}


def test_relations_keep_the_order_of_their_file_and_partial_mentions_are_last_words(tmp_path):
    write(tmp_path, train=[ANN])
    (tmp_path / "relations.txt").write_text("saw\nmet\nleft\n", encoding="utf-8")
    data = read_extraction_data(tmp_path, match="partial")
    assert data.relations.labels == ["saw", "met", "left"] and data.match == "partial"
    assert data.train[0]["mention"].span.tolist() == [[1, 2], [4, 5]]
    assert data.train[0].triples() == [("Lee", "left", "York")]


def test_strings_that_do_not_occur_are_told_and_stay_gold(tmp_path):
    absent = {"text": "Ann left", "triples": [["Ann", "left", "Cancún"], ["Ann", "left", "Ann"]]}
    write(tmp_path, train=[BOB, {**ANN}], test=[absent, {**absent, "triples": [["x", "met", "y"]]}])
    with pytest.warns(DataWarning, match=r"test.jsonl:1: 'Cancún' does not occur.*2 such in"):
        data = read_extraction_data(tmp_path)
    first, second = data.test
    assert first.triples() == [("Ann", "left", "Ann")] and second.pairs == []
    assert [(s[0], r, o[0]) for s, r, o in gold_triples(first)] == [
        ("Ann", "left", "Ann"), ("Ann", "left", "Cancún")
    ]  # fmt: skip
    assert gold_triples(second) == [(("x", None, "_"), "met", ("y", None, "_"))]
    assert (data.counts["test"].absent, data.counts["test"].triples) == (2, 3)


def test_unknown_relations_are_told_in_evaluation_data_and_refused_in_training(tmp_path):
    new = {"text": "Bob met Ann", "triples": [["Bob", "meets", "Ann"], ["Ann", "met", "Bob"]]}
    write(tmp_path, train=[BOB], valid=[new, new])
    with pytest.warns(DataWarning, match="'meets' is not one of the 2 .*'met'.*2 such in the file"):
        data = read_extraction_data(tmp_path)
    graph = data.valid[0]
    assert graph.triples() == [("Ann", "met", "Bob")] and data.counts["valid"].triples == 4
    assert gold_triples(graph)[1] == (("Bob", (0, 1), "_"), "meets", ("Ann", (2, 3), "_"))
    graph.encode(Vocabularies(relation=data.relations))
    (tmp_path / "relations.txt").write_text("met\n", encoding="utf-8")
    with pytest.raises(InputError, match="train.jsonl:1: the relation 'saw' is not one of the 1"):
        read_extraction_data(tmp_path)


def test_ade_in_sperts_format_has_kinds_and_is_compared_strictly(tmp_path):
    drug = typed(
        "lithium caused tremor and coma",
        [(0, 1, "Drug"), (2, 3, "Adverse-Effect"), (4, 5, "Adverse-Effect")],
        [(1, "Adverse-Effect", 0), (2, "Adverse-Effect", 0)],
        orig_id=7,
    )
    for part in ("train", "test"):
        (tmp_path / f"ade_split_2_{part}.json").write_text(json.dumps([drug] * 3))
    types = {
        "entities": {"Drug": {}, "Adverse-Effect": {}},
        "relations": {"Adverse-Effect": {"symmetric": False}, "With": {"symmetric": True}},
    }
    (tmp_path / "ade_types.json").write_text(json.dumps(types))
    data = read_extraction_data("ade-2", tmp_path)
    assert (data.match, data.kinds.labels) == ("strict", ["Drug", "Adverse-Effect"])
    assert data.relations.labels == ["Adverse-Effect", "With"] and data.symmetric == {"With"}
    graph = data.train[0]
    assert graph.key == "7" and gold_mentions(graph) == {
        (0, 1, "Drug"), (2, 3, "Adverse-Effect"), (4, 5, "Adverse-Effect")
    }  # fmt: skip
    assert graph.pairs == [(1, 0, "Adverse-Effect"), (2, 0, "Adverse-Effect")]
    assert data.valid == []
    with pytest.raises(InputError, match="has no valid part here, only train, test"):
        data.part("valid")


def test_kinds_come_from_training_where_no_file_names_them(tmp_path):
    row = typed("a b", [(0, 1, "X"), (1, 2, "Y")], [(0, "r", 1)])
    odd = typed("a b", [(0, 1, "Z"), (1, 2, "Y")], [(0, "r", 1)])
    write(tmp_path, train=[row], test=[odd])
    with pytest.warns(DataWarning, match="the kind 'Z' is not one of the 2 known ones"):
        data = read_extraction_data(tmp_path)
    assert data.kinds.labels == ["X", "Y"] and gold_mentions(data.test[0]) == {
        (0, 1, "Z"), (1, 2, "Y")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "train.jsonl:2: not JSON"),
        ('{"text": "a"}', "train.jsonl:2: triples is missing"),
        ('{"text": "", "triples": []}', "train.jsonl:2: the text has no word"),
        ('{"text": "a", "triple": []}', "train.jsonl:2: the key 'triple' is not one of"),
        ('{"tokens": ["a"], "triples": [[[0, 2], "r", "a"]]}', "train.jsonl:2: triple 0: the sub"),
    ],
)
def test_malformed_rows_are_refused_with_their_place(tmp_path, row, message):
    (tmp_path / "train.jsonl").write_text(json.dumps(BOB) + "\n" + row, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_extraction_data(tmp_path)


def test_options_and_labels_that_do_not_fit_are_refused(tmp_path):
    write(tmp_path, test=[BOB])
    with pytest.raises(InputError, match="match is one of exact, partial, strict"):
        read_extraction_data(tmp_path, match="fuzzy")
    with pytest.raises(InputError, match="names no relation: give a training part with triples"):
        read_extraction_data(tmp_path)
    (tmp_path / "types.json").write_text("[1]")
    with pytest.raises(InputError, match="types.json was expected to hold an object"):
        read_extraction_data(tmp_path)
    (tmp_path / "types.json").unlink()
    (tmp_path / "relations.txt").write_text("a\nb\na\n")
    with pytest.raises(InputError, match="relations.txt: relation 'a' is given twice"):
        read_extraction_data(tmp_path)


def test_sentences_are_held_out_for_sets_without_a_part_and_the_protocol_says_so(tmp_path):
    rows = [{"text": f"w{n} met Ann", "triples": [[f"w{n}", "met", "Ann"]]} for n in range(20)]
    write(tmp_path, valid=rows + rows[:1], test=[BOB])
    (tmp_path / "relations.txt").write_text("met\nsaw\n")
    whole = read_extraction_data(tmp_path)
    data = whole.held_out(5, "valid", seed=1)
    assert (len(data.train), len(data.valid), len(data.test)) == (16, 5, 1)
    assert {g.key for g in data.train + data.valid} == {g.key for g in whole.valid}
    assert not {g.text for g in data.train} & {g.text for g in data.valid}
    again = whole.held_out(5, "valid", seed=1)
    assert [g.key for g in again.valid] == [g.key for g in data.valid]
    assert data.sources["train"] == "valid.jsonl without 5 drawn sentences (seed 1)"
    found = data.protocol("valid")
    assert found["sentences"] == {"train": 16, "valid": 5, "test": 1}
    assert found["counts"]["triples"] == 5 and json.dumps(found)
    assert found["sha256"] == again.protocol("valid")["sha256"] != data.protocol()["sha256"]
    with pytest.raises(InputError, match="20 sentences were to be held out.* 1 to 19 can be"):
        whole.held_out(20, "valid")
    with pytest.raises(InputError, match="has no train part here, only valid, test"):
        whole.held_out(5)
    with pytest.raises(InputError, match="give train, valid or test"):
        whole.part("dev")


@cache
def real(name, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_extraction_data(name, folder)


# relations, kinds; then of train, valid, test: sentences, triples, absent
COUNTS = {
    "nyt-exact": (24, 0, {"valid": (5000, 7985, 42), "test": (5000, 8120, 44)}),
    "nyt-partial": (24, 0, {"valid": (4999, 7976, 0), "test": (5000, 8110, 0)}),
    "webnlg-exact": (
        216, 0, {"train": (5019, 11312, 0), "valid": (500, 1223, 0), "test": (703, 1607, 0)}
    ),
    "webnlg-partial": (
        171, 0, {"train": (5019, 11687, 0), "valid": (500, 1113, 0), "test": (703, 1581, 0)}
    ),
    "scierc": (7, 6, {"train": (1861, 3215, 0), "valid": (275, 455, 0), "test": (551, 974, 0)}),
    "conll04": (5, 4, {"train": (922, 1283, 0), "valid": (231, 343, 0)}),
}  # fmt: skip
MENTIONS = {"scierc": [5598, 811, 1685], "conll04": [3377, 893]}


@pytest.mark.parametrize("name", COUNTS)
def test_real_sets_have_their_counts_and_every_gold_triple(data_folder, name):
    folder = data_folder / name.split("-")[0]
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    data = real(name, folder)
    relations, kinds, parts = COUNTS[name]
    assert (len(data.relations), len(data.kinds or ())) == (relations, kinds)
    counts = {x: (c.sentences, c.triples, c.absent) for x, c in data.counts.items()}
    assert counts == {x: found for x, found in parts.items() if data.parts[x]} == parts
    assert all(count.unknown_relation == 0 for count in data.counts.values())
    if name in MENTIONS:
        assert [count.mentions for count in data.counts.values()] == MENTIONS[name]
    graphs = [graph for part in data.parts.values() for graph in part]
    assert sum(len(gold_triples(graph)) for graph in graphs) == sum(x[1] for x in parts.values())
    for graph in graphs:
        assert all(graph.text[slice(*m.chars)] == m.text for m in graph.mentions)
        words = [graph.text[start:end] for start, end in graph["token"].chars.tolist()]
        assert words == graph.text.split(" ") == list(graph.words)


@pytest.mark.parametrize(
    ("name", "classes"),
    [("nyt-partial", [3266, 1297, 978, 45]), ("webnlg-exact", [239, 448, 6, 85])],
)
def test_graphs_have_the_published_overlap_classes(data_folder, name, classes):
    folder = data_folder / name.split("-")[0]
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    test = real(name, folder).test
    gold = [[(s[0], r, o[0]) for s, r, o in gold_triples(graph)] for graph in test]
    found = [overlap_classes(triples) for triples in gold]
    assert [sum(x in each for each in found) for x in ("Normal", "SEO", "EPO", "SOO")] == classes


def test_partial_mentions_of_real_sets_are_one_word(data_folder):
    folder = data_folder / "webnlg"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    spans = torch.cat([g["mention"].span for g in real("webnlg-partial", folder).test])
    assert (spans[:, 1] - spans[:, 0]).unique().tolist() == [1]
