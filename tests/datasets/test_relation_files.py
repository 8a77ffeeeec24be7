"""Folders of relations: splits, labels of training, warnings once a file."""

from __future__ import annotations

import gzip
import json

import pytest

from graphkg.datasets import RelationFolder
from graphkg.errors import DataWarning, InputError

ROW = {"words": ["Ann", "met", "Bob"], "subject": [0, 1, "P"], "object": [2, 3, "P"]}


def write(folder, **parts):
    for name, rows in parts.items():
        lines = "".join(json.dumps({**ROW, **row}) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def relations(*labels):
    return [{"relation": label} for label in labels]


def test_labels_are_those_of_training_with_the_negative_one_first(tmp_path):
    write(tmp_path, train=relations("z", "no_relation", "a", "z"), dev=relations("a"))
    data = RelationFolder(tmp_path)
    assert data.labels == ["no_relation", "a", "z"] and data.negative == "no_relation"
    assert [graph.labels.relations[0] for graph in data.valid] == ["a"]
    assert data.train is data.train and repr(data) == f"RelationFolder({str(tmp_path)!r})"
    write(tmp_path, train=relations("b", "a"))
    assert RelationFolder(tmp_path).negative is None


def test_a_label_that_training_lacks_is_refused_with_its_line(tmp_path):
    write(tmp_path, train=relations("spouse", "child"), test=relations("child", "spose"))
    with pytest.raises(InputError, match="test.jsonl:2: the relation 'spose' is not one of the 2"):
        _ = RelationFolder(tmp_path).test


def test_missing_and_empty_parts_are_named(tmp_path):
    write(tmp_path, train=relations("a"))
    with pytest.raises(InputError, match="holds none of valid.jsonl, valid.json, dev.jsonl"):
        _ = RelationFolder(tmp_path).valid
    (tmp_path / "train.jsonl").write_text("[]")
    with pytest.raises(InputError, match="train.jsonl has no sentence"):
        _ = RelationFolder(tmp_path).train
    with pytest.raises(InputError, match="nowhere is not a folder"):
        RelationFolder(tmp_path / "nowhere")


def test_usable_oddities_are_told_once_a_file_with_the_first_place(tmp_path):
    roots = {"relation": "a", "heads": [0, 1, 0]}
    overlap = {"relation": "a", "subject": [0, 3, "P"]}
    write(tmp_path, train=[*relations("a"), roots, overlap, roots])
    with pytest.warns(DataWarning) as told:
        assert len(RelationFolder(tmp_path).train) == 4
    said = [str(warning.message) for warning in told]
    assert len(said) == 2
    assert "train.jsonl:2: the tree has 2 roots" in said[0] and "and 1 more sentences" in said[0]
    assert "train.jsonl:3: subject and object overlap" in said[1] and "more" not in said[1]


def test_a_sentence_with_two_roots_and_overlapping_mentions_can_be_pruned_and_masked(tmp_path):
    from graphkg.transforms import PruneTree, Substitute

    write(tmp_path, train=[{"relation": "a", "heads": [0, 1, 0], "subject": [0, 2, "S"],
                            "object": [1, 3, "O"]}])  # fmt: skip
    with pytest.warns(DataWarning):
        (graph,) = RelationFolder(tmp_path).train
    assert Substitute()(graph).words == ("SUBJ-S", "OBJ-O", "OBJ-O")
    assert PruneTree(1)(graph)["token"].kept.all()


def test_semeval_with_keys_of_tacred_is_read(data_folder, tmp_path):
    packed = (data_folder / "semeval2010-task8" / "test.tacred-keys.jsonl.gz").read_bytes()
    (tmp_path / "train.jsonl.gz").write_bytes(packed)
    with pytest.warns(DataWarning):
        data = RelationFolder(tmp_path)
        assert len(data.train) == 2717 and len(data.labels) == 19 and data.negative is None
    rows = [json.loads(line) for line in gzip.decompress(packed).decode().splitlines()]
    for row, graph in zip(rows, data.train):
        assert list(graph.words) == row["token"] and graph.heads == row["stanford_head"]
        assert graph.mentions[0].end == row["subj_end"] + 1
