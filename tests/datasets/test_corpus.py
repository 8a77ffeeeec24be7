"""The corpus of graphkg: texts with offsets, and the graph with names, aliases, categories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphkg.datasets import Corpus
from graphkg.errors import InputError

TEXT = "Marie Curie left Warsaw. Curie was Polish.\n"
ROW = {
    "key": "curie",
    "title": "Marie Curie",
    "text": TEXT,
    "sentences": [[0, 24], [25, 42]],
    "mentions": [
        {"start": 0, "end": 11, "kind": "PERSON", "entity": "Marie Curie"},
        {"start": 17, "end": 23, "kind": "LOCATION", "entity": "Warsaw"},
        {"start": 25, "end": 30, "kind": "PERSON", "entity": "Marie Curie"},
    ],
    "triples": [
        {"head": "Marie Curie", "relation": "residence", "tail": "Warsaw", "sentence": 0,
         "within_sentence": True, "inferred": False},
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "kg").mkdir()
    (tmp_path / "dev.jsonl").write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    (tmp_path / "kg" / "entities.tsv").write_text(
        "name\tkind\tcategory\tdescription\taliases\n"
        "Marie Curie\tPERSON\tphysicist\tA physicist.\tCurie; Maria Skłodowska\n"
        "Warsaw\tLOCATION\tcity\tA city.\t\n",
        encoding="utf-8",
    )
    triple = "Marie Curie\tresidence\tWarsaw\n"
    (tmp_path / "kg" / "triples.tsv").write_text(triple, encoding="utf-8")
    return tmp_path


def test_texts_keep_their_offsets(folder):
    (text,) = Corpus(folder).dev
    assert [TEXT[m.start : m.end] for m in text.mentions] == ["Marie Curie", "Warsaw", "Curie"]
    first, second = text.graphs()
    assert first.triples() == [("Marie Curie", "residence", "Warsaw")]
    assert second.key == "curie#1" and int(second.offset) == 25
    assert [m.text for m in second.mentions] == ["Curie"] and not second.pairs
    assert repr(text) == "Text('curie', 2 sentences, 3 mentions, 1 triples)"


def test_the_graph_has_names_aliases_descriptions_and_categories(folder):
    corpus = Corpus(folder)
    graph = corpus.graph
    assert graph.triples() == [("Marie Curie", "residence", "Warsaw")]
    assert graph.entities.aliases["Marie Curie"] == ["Curie", "Maria Skłodowska"]
    assert graph.entities.descriptions["Warsaw"] == "A city."
    assert graph["entity"].category.tolist() == [0, 1]
    assert corpus.categories.labels == ["physicist", "city"]
    assert corpus.kinds == ["PERSON", "LOCATION"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mentions": [{"start": 0}]}, "dev.jsonl:1: .*a mention has start, end, kind"),
        ({"sentences": [[0, 99]]}, r"the span \[0, 99\) does not lie in the text"),
    ],
)
def test_malformed_texts_raise_with_their_line(folder, change, message):
    (folder / "dev.jsonl").write_text(json.dumps(ROW | change), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        _ = Corpus(folder).dev


def test_the_corpus_of_graphkg_holds_together():
    corpus = Corpus(Path(__file__).parents[2] / "datasets" / "texts")
    assert corpus.dev and corpus.test
    triples = set(corpus.graph.triples())
    for text in (*corpus.dev, *corpus.test):
        assert {(t.head, t.relation, t.tail) for t in text.triples} <= triples
        graphs = text.graphs()
        assert [m.text for g in graphs for m in g.mentions] == [
            text.text[m.start : m.end] for m in text.mentions
        ]
        for graph, (start, end) in zip(graphs, text.sentences):
            assert graph.text == text.text[start:end] and int(graph.offset) == start
