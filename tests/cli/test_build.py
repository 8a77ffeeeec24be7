"""graphkg build: five files that agree, offsets that hold in the file, kills that cost nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphkg import KnowledgeGraph
from graphkg.cli.build import FILES, show_graph
from graphkg.exchange import read_triples
from graphkg.pipeline import text_to_graph
from graphkg.recipes.relation_system import RelationSystem

BORN = {
    ("Marie Curie", "place of birth", "Warsaw"),
    ("Albert Einstein", "place of birth", "Ulm"),
}


class Killed(BaseException):
    """What no code of ours catches, as the end of a process."""


@pytest.fixture
def read(monkeypatch):
    """The first sentences of the documents that a build reads; set ``read.limit`` to be killed."""

    class Read(list):
        limit = 99

    monkeypatch.setattr(text_to_graph, "TOGETHER", 1)
    found, extract = Read(), RelationSystem.extract

    def counted(self, graphs):
        if len(found) == found.limit:
            raise Killed
        found.append(graphs[0].text)
        return extract(self, graphs)

    monkeypatch.setattr(RelationSystem, "extract", counted)
    return found


def rows(output):
    lines = (output / "triples.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_of_texts_becomes_five_files_that_agree(command, texts, model, tmp_path):
    output = tmp_path / "new" / "graph"
    ended = command("build", texts, "-o", output, "--model", model)
    assert ended.code == 0
    assert names(output) == sorted(FILES) and names(tmp_path / "new") == ["graph"]
    graph = read_triples(output / "triples.tsv")
    assert set(graph.triples()) >= BORN
    assert graph.triples() == read_triples(output / "triples.jsonl").triples()
    assert graph.evidence == read_triples(output / "triples.jsonl").evidence
    protocol = json.loads((output / "build.json").read_text(encoding="utf-8"))
    assert protocol["documents"] == 2 and protocol["model"] == "fake"
    assert protocol["triples"] == len(graph.triples())
    assert protocol["entities"] == len(graph.entities)
    assert protocol["statements"] == len(rows(output))
    page = (output / "graph.html").read_text(encoding="utf-8")
    assert "Albert Einstein" in page and "Marie Curie was born in Warsaw." in page
    assert f"{len(graph.triples())} triples" in ended.err and str(output) in ended.err


def test_offsets_hold_in_the_file_whatever_its_line_ends_and_characters(command, model, tmp_path):
    path, output = tmp_path / "odd.txt", tmp_path / "graph"
    text = (
        "\ufeffMarie Curie was born in Warsaw.\r\n\r\n"
        "🧪 𝒜 was written here. Albert Einstein was\r\nborn in Ulm.\r\n"
    )
    path.write_bytes(text.encode("utf-8"))
    assert command("build", path, "-o", output, "--model", model).code == 0
    for row in rows(output):
        document = Path(row["document"]).read_bytes().decode("utf-8")
        assert document[row["subject_start"] : row["subject_end"]] == row["subject"]
        assert document[row["object_start"] : row["object_end"]] == row["object"]
        assert document[row["sentence_start"] :].startswith(row["text"])
    assert {(row["head"], row["relation"], row["tail"]) for row in rows(output)} >= BORN


def test_files_and_standard_input_are_documents_of_one_graph(command, texts, model, tmp_path):
    output = tmp_path / "graph"
    stdin = (texts / "deep" / "others.md").read_bytes()
    arguments = ("build", texts / "curie.txt", "-", "-o", output, "--model", model)
    assert command(*arguments, stdin=stdin).code == 0
    found = {row["document"] for row in rows(output)}
    assert found == {(texts / "curie.txt").as_posix(), "stdin"}


def test_triples_below_the_minimum_score_are_left_out(command, texts, model, tmp_path):
    arguments = ("build", texts, "--model", model, "-o")
    assert command(*arguments, tmp_path / "all").code == 0
    scores = sorted({row["score"] for row in rows(tmp_path / "all")})
    assert len(scores) > 1
    assert command(*arguments, tmp_path / "best", "--minimum-score", scores[-1]).code == 0
    assert {row["score"] for row in rows(tmp_path / "best")} == {scores[-1]}


def test_a_killed_build_goes_on_and_writes_what_an_uninterrupted_one_writes(
    command, texts, model, tmp_path, read
):
    (texts / "zoo.txt").write_text("Ada Lovelace was born in London.\n", encoding="utf-8")
    arguments = ("build", texts, "--model", model, "-o")
    assert command(*arguments, tmp_path / "whole" / "graph").code == 0
    everything, read[:], read.limit = list(read), [], 2
    output = tmp_path / "killed" / "graph"
    with pytest.raises(Killed):
        command(*arguments, output)
    assert names(output.parent) == [".graph.journal"]
    with (output.parent / ".graph.journal").open("ab") as file:
        file.write('{"id": "é'.encode()[:-1])
    read.limit = 99
    assert command(*arguments, output).code == 0
    assert read == everything and len(read) == 3
    assert names(output.parent) == ["graph"]
    for name in FILES:
        assert (output / name).read_bytes() == (tmp_path / "whole/graph" / name).read_bytes()


def test_what_changed_since_the_kill_is_read_anew(command, texts, model, tmp_path, read):
    arguments = ("build", texts, "--model", model, "-o", tmp_path / "graph")
    read.limit = 1
    with pytest.raises(Killed):
        command(*arguments)
    (texts / "curie.txt").write_text("Marie Curie was born in Poland.\n", encoding="utf-8")
    read.limit = 99
    assert command(*arguments).code == 0
    assert [text.split()[-1] for text in read] == ["Warsaw.", "Poland.", "Ulm."]
    assert all("Warsaw" not in row["text"] for row in rows(tmp_path / "graph"))


def test_names_that_look_like_markup_are_shown_as_they_are(capsys, tmp_path):
    graph = KnowledgeGraph.from_triples([("[/b] Ann", "[bold]", "C:\\[x]")])
    show_graph(graph, tmp_path)
    said = capsys.readouterr().out
    assert "[/b] Ann" in said and "[bold]" in said


def test_a_folder_is_replaced_only_with_overwrite(command, refused, texts, model, tmp_path):
    output = tmp_path / "graph"
    output.mkdir()
    arguments = ("build", texts, "--model", model, "-o", output)
    assert command(*arguments).code == 0  # an empty folder is as good as none
    assert "is not empty: name another folder, or add --overwrite" in refused(*arguments)
    (texts / "deep" / "others.md").unlink()
    assert command(*arguments, "--overwrite").code == 0
    assert {row["tail"] for row in rows(output)} & {"Warsaw", "Ulm"} == {"Warsaw"}


def test_a_folder_with_files_of_others_is_never_replaced(refused, texts, model, tmp_path):
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "thesis.doc").write_text("three years of work")
    arguments = ("build", texts, "--model", model, "-o", tmp_path / "graph", "--overwrite")
    assert "'thesis.doc', which graphkg build did not write" in refused(*arguments)
    arguments = (*arguments[:-2], tmp_path / "graph" / "thesis.doc")
    assert "thesis.doc is a file, but a folder is to be written" in refused(*arguments)
