"""TACRED and Re-TACRED on invented records: arrays, lines, the patch."""

from __future__ import annotations

import json

import pytest

from graphkg.datasets import TACRED, ReTACRED
from graphkg.errors import DataWarning, InputError


def record(number, relation):
    return {
        "id": f"e{number}",
        "docid": "d",
        "relation": relation,
        "token": ["Ann", "Lee", "is", "a", "chemist"],
        "subj_start": 0,
        "subj_end": 1,
        "obj_start": 4,
        "obj_end": 4,
        "subj_type": "PERSON",
        "obj_type": "TITLE",
        "stanford_pos": ["NNP", "NNP", "VBZ", "DT", "NN"],
        "stanford_ner": ["PERSON", "PERSON", "O", "O", "TITLE"],
        "stanford_head": ["5", "1", "5", "5", "0"],
        "stanford_deprel": ["nsubj", "flat", "cop", "det", "ROOT"],
    }


ROWS = [record(1, "per:title"), record(2, "no_relation"), record(3, "org:parents")]


@pytest.fixture
def folder(tmp_path):
    for part in ("train", "dev", "test"):
        (tmp_path / f"{part}.json").write_text(json.dumps(ROWS), encoding="utf-8")
    return tmp_path


@pytest.fixture
def patch(folder):
    for part in ("train", "dev", "test"):
        labels = {"e1": "per:identity", "e2": "no_relation"}
        (folder / f"{part}_id2label.json").write_text(json.dumps(labels), encoding="utf-8")
    return folder


def test_an_array_a_split_is_read_with_trees_tags_and_kinds(folder):
    data = TACRED(folder)
    assert [len(part) for part in (data.train, data.valid, data.test)] == [3, 3, 3]
    assert data.labels == ["no_relation", "org:parents", "per:title"]
    graph = data.train[0]
    assert graph.heads == [5, 1, 5, 5, 0] and graph.labels.kinds == ("PERSON", "TITLE")
    assert graph.key == "e1" and graph.triples() == [("Ann Lee", "per:title", "chemist")]


def test_json_lines_give_the_same_sentences(folder):
    expected = TACRED(folder).train
    (folder / "train.json").unlink()
    lines = "\n".join(json.dumps(row) for row in ROWS)
    (folder / "train.jsonl").write_text(lines, encoding="utf-8")
    found = TACRED(folder).train
    assert [(g.labels, g.heads, g.pairs) for g in found] == [
        (g.labels, g.heads, g.pairs) for g in expected
    ]


def test_the_patch_relabels_by_id_and_leaves_others_out(patch):
    data = ReTACRED(patch)
    assert [graph.labels.relations[0] for graph in data.train] == ["per:identity", "no_relation"]
    assert data.labels == ["no_relation", "per:identity"]
    assert len(TACRED(patch).train) == 3 and len(TACRED(patch, patch=patch).test) == 2


def test_ids_of_the_patch_that_the_data_lack_are_told(patch):
    labels = {"e1": "per:identity", "f9": "no_relation"}
    (patch / "train_id2label.json").write_text(json.dumps(labels))
    with pytest.warns(DataWarning, match="1 of 2 ids .such as 'f9'. are not in train.json"):
        assert len(ReTACRED(patch).train) == 1
    (patch / "train_id2label.json").write_text('{"f9": "no_relation"}')
    with pytest.raises(InputError, match="none of its 1 ids is in .*train.json"):
        _ = ReTACRED(patch).train
    (patch / "train_id2label.json").write_text('["no_relation"]')
    with pytest.raises(InputError, match="expected one JSON object with a label for each id"):
        _ = ReTACRED(patch).train


def test_tacreds_labels_without_a_patch_are_not_taken_for_retacred(folder):
    with pytest.raises(InputError, match="'org:parents', which is TACRED's.*read them as tacred"):
        _ = ReTACRED(folder).labels


def test_a_mistake_names_line_and_record(folder):
    rows = [ROWS[0], {**ROWS[1], "obj_end": 5}]
    (folder / "train.json").write_text(json.dumps(rows, indent=1))
    with pytest.raises(InputError, match=r"train.json:\d+ \(record 2\): obj_start is 4"):
        _ = TACRED(folder).train
