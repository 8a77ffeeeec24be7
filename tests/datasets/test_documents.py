"""Re-DocRED: pairs of mentions take the relations of their entities, or none."""

from __future__ import annotations

import json

import pytest

from graphkg.datasets import ReDocRED
from graphkg.errors import InputError


def mention(sentence, start, end, name, kind):
    return {"sentence": sentence, "start": start, "end": end, "name": name, "kind": kind}


def triple(head, relation, tail, *evidence):
    return {"head": head, "relation": relation, "tail": tail, "evidence": list(evidence)}


ROW = {
    "title": "Curie",
    "sentences": [
        ["Marie", "Curie", "\xa0", "left", "Warsaw", ",", "Poland", "."],
        ["Curie", "loved", "Warsaw", "."],
    ],
    "entities": [
        [mention(0, 0, 2, "Marie Curie", "PER"), mention(1, 0, 1, "Curie", "PER")],
        [mention(0, 4, 5, "Warsaw", "LOC")] * 2 + [mention(1, 2, 3, "Warsaw", "LOC")],
        [mention(0, 6, 7, "Poland", "LOC")],
    ],
    "triples": [
        triple(0, "P19", 1, 0),
        triple(0, "P551", 1),
        triple(1, "P17", 2, 1),
    ],
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "train.docs.jsonl").write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    names = "P19\tplace of birth\nP551\tresidence\nP17\tcountry\n"
    (tmp_path / "relations.tsv").write_text(names, encoding="utf-8")
    return tmp_path


def test_every_ordered_pair_of_different_entities_has_its_relations(folder):
    (document,) = ReDocRED(folder).train
    first, second = document.sentences
    assert first.text == "Marie Curie left Warsaw, Poland." and first.key == "Curie#0"
    assert [(m.text, m.kind) for m in first.mentions] == [
        ("Marie Curie", "PERSON"), ("Warsaw", "LOCATION"), ("Poland", "LOCATION")
    ]  # fmt: skip
    assert first.pairs == [
        (0, 1, "place of birth"),
        (0, 1, "residence"),
        (0, 2, "no_relation"),
        (1, 0, "no_relation"),
        (1, 2, "country"),
        (2, 0, "no_relation"),
        (2, 1, "no_relation"),
    ]
    assert second.triples()[:2] == [
        ("Curie", "place of birth", "Warsaw"), ("Curie", "residence", "Warsaw")
    ]  # fmt: skip
    assert document.names == ["Marie Curie", "Warsaw", "Poland"]
    assert document.mention_entities == [[0, 1, 2], [0, 1]]
    assert len(document.within_sentence()) == 3


def test_evidence_only_keeps_a_relation_to_the_sentences_that_state_it(folder):
    (document,) = ReDocRED(folder, evidence_only=True).train
    first, second = document.sentences
    assert (1, 2, "no_relation") in first.pairs and (0, 1, "place of birth") in first.pairs
    assert second.pairs == [(0, 1, "residence"), (1, 0, "no_relation")]


def test_the_relations_are_those_of_the_table_and_the_negative_one(folder):
    assert ReDocRED(folder).relations.labels == [
        "no_relation", "place of birth", "residence", "country"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"triples": [triple(0, "P1", 1)]}, "'P1' is not in"),
        ({"triples": [triple(0, "P19", 9)]}, "entities 0 and 9"),
        ({"entities": [[mention(0, 0, 2, "Marie", "HUM")]], "triples": []}, "the kind 'HUM'"),
        ({"entities": [[mention(0, 0, 9, "Marie", "PER")]], "triples": []}, "ends after its 8"),
        ({"entities": [[mention(0, 2, 2, "Marie", "PER")]], "triples": []}, r"the span \[2, 2\)"),
    ],
)  # fmt: skip
def test_malformed_documents_raise_with_their_line(folder, change, message):
    text = json.dumps(ROW | change)
    (folder / "train.docs.jsonl").write_text(f"{json.dumps(ROW)}\n{text}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"train.docs.jsonl:2: .*{message}"):
        _ = ReDocRED(folder).train


def test_redocred_has_its_published_counts(data_folder):
    data = ReDocRED(data_folder / "redocred")
    sizes = {}
    for name, documents in (("train", data.train), ("test", data.test)):
        sizes[name] = (
            len(documents),
            sum(len(d.sentences) for d in documents),
            sum(len(d.names) for d in documents),
            sum(len(d.triples) for d in documents),
            sum(len(d.within_sentence()) for d in documents),
        )
    assert sizes == {
        "train": (600, 4929, 11645, 20909, 9625),
        "test": (200, 1597, 3912, 6749, 3208),
    }
    graph = data.test[0].sentences[0]
    assert all(graph.text[slice(*m.chars)] == m.text for m in graph.mentions)
