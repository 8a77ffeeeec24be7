"""Tables of triples: what is written comes back, whatever the text."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.exchange import read_triples, write_triples
from graphkg.exchange.files import write_whole
from graphkg.exchange.tabular import COLUMNS, entity_kinds, escape, main_kind, unescape
from graphkg.graphs import KnowledgeGraph


@pytest.mark.parametrize("name", ["", "triples.tsv", "triples.jsonl"])
def test_a_graph_comes_back_with_evidence_descriptions_and_aliases(tmp_path, graph, name):
    kg = graph
    folder = write_triples(kg, tmp_path / "new" / "folder")
    read = read_triples(folder / name)
    assert read.triples() == kg.triples() and read.evidence == kg.evidence
    assert read.entities == kg.entities


def test_the_table_has_a_header_and_one_line_a_sentence(tmp_path, graph):
    write_triples(graph, tmp_path)
    header, *rows = (tmp_path / "triples.tsv").read_text(encoding="utf-8").splitlines()
    assert tuple(header.split("\t")) == COLUMNS and COLUMNS[:4] == (
        "head",
        "relation",
        "tail",
        "score",
    )
    assert len(rows) == 4 and all(len(row.split("\t")) == len(COLUMNS) for row in rows)
    assert rows[0].startswith("Marie Curie\tresidence\tWarsaw\t0.75\tcurie\tcurie#3\t100\t")
    assert rows[3] == "Warsaw\tcountry\tPoland </script>" + "\t" * (len(COLUMNS) - 3)
    first = json.loads((tmp_path / "triples.jsonl").read_text(encoding="utf-8").split("\n")[0])
    assert first["subject_start"] == 100 and first["model"] == "test"
    entities = (tmp_path / "entities.tsv").read_text(encoding="utf-8").splitlines()
    assert entities[2] == "Marie Curie\tPERSON\t2\t\tCurie|M\\parie|C\\\\urie"
    assert entities[4] == "Łódź\t\t0\t\t"


def test_evidence_alone_makes_a_graph_of_its_mentions(tmp_path, evidence):
    write_triples([evidence(), evidence(score=0.5), evidence(relation="country")], tmp_path)
    read = read_triples(tmp_path)
    assert read.triples() == [
        ("Marie Curie", "residence", "Warsaw"), ("Marie Curie", "country", "Warsaw")
    ]  # fmt: skip
    assert [len(found) for found in read.evidence] == [2, 1]


@given(st.text())
def test_any_text_fits_in_a_cell(text):
    cell = escape(text)
    assert unescape(cell) == text and not set(cell) & {"\t", "\n", "\r"}


@given(st.lists(st.tuples(*[st.text(min_size=1, max_size=5)] * 3), unique=True))
def test_any_triples_come_back(tmp_path_factory, triples):
    folder = tmp_path_factory.mktemp("triples")
    kg = KnowledgeGraph.from_triples(triples)
    write_triples(kg, folder)
    for name in ("triples.tsv", "triples.jsonl"):
        assert read_triples(folder / name).triples() == triples


def test_kinds_count_each_mention_once_and_take_the_most_frequent(graph):
    kinds = entity_kinds(graph)
    assert kinds["Marie Curie"] == {"PERSON": 2} and kinds["Łódź"] == {}
    assert main_kind(Counter("abb")) == "b" and main_kind(Counter("ab")) == "a"
    assert main_kind(Counter()) == ""


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("triples.tsv", "head\ttail\n", "triples.tsv:1: the header is not head"),
        ("triples.tsv", "\t".join(COLUMNS) + "\na\tb\n", "triples.tsv:2: 2 columns"),
        ("triples.jsonl", "{\n", "triples.jsonl:1: not JSON"),
        ("triples.jsonl", '{"head": "a"}\n', "triples.jsonl:1: expected head, relation and tail"),
    ],
)
def test_malformed_files_raise_with_their_line(tmp_path, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_triples(tmp_path / name)


def test_a_wrong_offset_raises_with_its_line(tmp_path, evidence):
    write_triples([evidence()], tmp_path)
    path = tmp_path / "triples.tsv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("\t100\t", "\tten\t"), encoding="utf-8"
    )
    with pytest.raises(InputError, match="triples.tsv:2: .*ten.*offsets are whole numbers"):
        read_triples(path)


def test_missing_files_and_impossible_folders_raise(tmp_path, graph):
    with pytest.raises(InputError, match="does not exist"):
        read_triples(tmp_path / "none.tsv")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be made a folder"):
        write_triples(graph, tmp_path / "file")


def test_nothing_is_half_written(tmp_path):
    (tmp_path / "a").write_text("old", encoding="utf-8")

    def failing():
        yield "new"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_whole({tmp_path / "a": ["new"], tmp_path / "b": failing()})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text(encoding="utf-8") == "old"
