"""FewRel: the published form, the flat one, marked words and Wikidata ids."""

from __future__ import annotations

import json

import pytest

from graphkg.datasets import FewRel
from graphkg.errors import InputError

ROW = {
    "tokens": ["Wilton", "Bridge", "\xa0", "crosses", "the", "River", "Wye", "."],
    "h": ["wilton bridge", "Q8", [[0, 1]]],
    "t": ["river wye", None, [[5, 6]]],
}


def test_both_forms_give_the_same_sentences(tmp_path):
    (tmp_path / "val_wiki.json").write_text(json.dumps({"P177": [ROW]}), encoding="utf-8")
    row = json.dumps({"relation": "P177", **ROW})
    (tmp_path / "train_wiki.lowercased.jsonl").write_text(row + "\n", encoding="utf-8")
    data = FewRel(tmp_path)
    for split in (data.val, data.train):
        (graph,) = split
        assert graph.text == "Wilton Bridge crosses the River Wye."
        assert graph.triples() == [("Wilton Bridge", "P177", "River Wye")]
        assert graph["mention"].entity.tolist() == [0, -1]
        assert split.ends.tolist() == [[0, -1]]
        assert split.entities.labels == ["Q8"] and split.by_relation == {"P177": [0]}
    assert repr(data.val) == "FewRelSplit(val, 1, 1 relations)"


def test_relations_have_names_and_descriptions(tmp_path):
    text = "pid\tsplit\tname\tdescription\nP177\tval\tcrosses\tobstacle crossed\n"
    (tmp_path / "relations.tsv").write_text(text, encoding="utf-8")
    data = FewRel(tmp_path)
    assert data.names == {"P177": "crosses"}
    assert data.relations.descriptions["P177"] == "obstacle crossed"


@pytest.mark.parametrize("marks", [[], [[]], [[6, 8]]])
def test_marks_outside_of_the_words_raise(tmp_path, marks):
    row = {"relation": "P177", **ROW, "h": ["wilton bridge", "Q8", marks]}
    (tmp_path / "val_wiki.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(InputError, match=r"val_wiki.jsonl:1: the entity 'wilton bridge' is marked"):
        FewRel(tmp_path).val[0]


def test_fewrel_has_its_published_counts(data_folder):
    data = FewRel(data_folder / "fewrel")
    assert (len(data.val), len(data.train)) == (16 * 700, 64 * 700)
    assert {len(numbers) for numbers in data.train.by_relation.values()} == {700}
    assert set(data.val.labels) | set(data.train.labels) == set(data.relations)
    for graph in data.val[::100]:
        assert all(graph.text[slice(*m.chars)] == m.text for m in graph.mentions)
        assert all(word.strip() for word in graph.words)
