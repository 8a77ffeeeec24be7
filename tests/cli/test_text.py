"""graphkg parse and graphkg extract: lines to a file or to standard output."""

from __future__ import annotations

import json

import pytest

from graphkg.exchange.sentences import read_sentences
from graphkg.graphs import Evidence
from graphkg.parsing import SpacyParser
from graphkg.recipes.relation_system import RelationSystem


def test_parse_writes_sentences_that_read_back_as_the_parser_gave_them(command, texts, tmp_path):
    output = tmp_path / "new" / "sentences.jsonl"
    assert command("parse", texts / "curie.txt", "-o", output).code == 0
    key, text = (texts / "curie.txt").as_posix(), (texts / "curie.txt").read_text()
    found = list(read_sentences(output))
    expected = list(SpacyParser().parse([(key, text)]))
    assert [graph.key for graph in found] == [f"{key}#{n}" for n in range(len(expected))]
    assert [graph.labels for graph in found] == [graph.labels for graph in expected]
    assert [graph.heads for graph in found] == [graph.heads for graph in expected]
    for graph in found:
        for mention in graph.mentions:
            start, end = (graph.offset + place for place in mention.chars)
            assert text[start:end] == mention.text


def test_parse_prints_conllu_with_places_in_the_document(command):
    ended = command("parse", "-", "--format", "conllu", stdin=b"It rained.\r\n\r\nAda slept.\r\n")
    assert ended.code == 0
    blocks = ended.out.strip().split("\n\n")
    ids = [block.split("\n")[0] for block in blocks]
    assert ids == ["# sent_id = stdin#0", "# sent_id = stdin#1"]
    rows = [line.split("\t") for line in blocks[1].split("\n") if not line.startswith("#")]
    assert [row[0] for row in rows] == ["1", "2", "3"] and {len(row) for row in rows} == {10}
    assert rows[0][1] == "Ada" and rows[0][9].endswith("Start=14|End=17")
    assert sum(row[6] == "0" for row in rows) == 1


def test_extract_prints_evidence_with_offsets_and_scores(command, texts, model):
    path = texts / "curie.txt"
    ended = command("extract", model, path)
    assert ended.code == 0
    found = [Evidence(**json.loads(line)) for line in ended.out.splitlines()]
    born = next(e for e in found if e.relation == "place of birth")
    assert (born.subject, born.object, born.model) == ("Marie Curie", "Warsaw", "fake")
    assert born.document == path.as_posix() and 0 < born.score <= 1
    text = path.read_text(encoding="utf-8")
    assert all(text[e.subject_start : e.subject_end] == e.subject for e in found)
    assert all(text[e.object_start : e.object_end] == e.object for e in found)


def test_extract_writes_a_table_of_one_line_cells(command, model, tmp_path):
    output = tmp_path / "found.tsv"
    text = b"Marie Curie was\nborn in\tWarsaw."
    ended = command("extract", model, "-", "--format", "tsv", "-o", output, stdin=text)
    assert ended.code == 0 and ended.out == ""
    header, *rows = (line.split("\t") for line in output.read_text().splitlines())
    assert rows and {len(row) for row in rows} == {len(header)}
    assert "Marie Curie was born in Warsaw." in rows[0]


@pytest.mark.parametrize("old", [None, "before"])
def test_a_stopped_extract_leaves_the_file_as_it_was(
    command, texts, model, tmp_path, monkeypatch, old
):
    output = tmp_path / "found.jsonl"
    if old is not None:
        output.write_text(old)

    def stop(self, graphs):
        raise RuntimeError("a fault")

    monkeypatch.setattr(RelationSystem, "extract", stop)
    with pytest.raises(RuntimeError, match="a fault"):
        command("extract", model, texts, "-o", output)
    assert (output.read_text() if output.exists() else None) == old
    assert not list(tmp_path.glob(".*"))


def test_a_folder_in_the_place_of_the_file_is_told(refused, texts, model, tmp_path):
    for arguments in (("parse", texts), ("extract", model, texts)):
        assert "is a folder, but a file is to be written" in refused(*arguments, "-o", tmp_path)
