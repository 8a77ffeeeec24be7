"""Bad input: one sentence that says what, where and what to do; nothing half-written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from graphkg.cli.inputs import find_sources
from graphkg.errors import InputError

BAD = {
    "missing.txt": (None, "does not exist: give text files, folders, or - for stdin"),
    "empty.txt": (b" \n", "is empty, but a text was expected"),
    "binary.txt": (b"ab\ncd\x00", r"binary.txt:2: a zero byte, so this is a binary file"),
    "latin.txt": ("Łódź\nKraków".encode("iso8859-2"), r"latin.txt:1: not UTF-8 \(byte 0xa3 at 0\)"),
}


@pytest.fixture
def bad(tmp_path):
    """A function that makes a bad file and tells what must be said about it."""

    def make(name):
        data, message = BAD[name]
        if data is not None:
            (tmp_path / name).write_bytes(data)
        return tmp_path / name, message

    return make


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_before_any_work_on_the_good_ones(
    refused, bad, texts, model, tmp_path, name
):
    path, message = bad(name)
    output = ("-o", tmp_path / "out")
    for arguments in (
        ("build", texts, path, *output),
        ("parse", texts, path, *output),
        ("extract", model, texts, path, *output),
    ):
        said = refused(*arguments)
        assert str(path) in said
        assert re.search(message, said)


def test_a_file_that_may_not_be_read_is_named(texts, monkeypatch):
    def denied(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    (source,) = find_sources([str(texts / "curie.txt")])
    with pytest.raises(InputError, match=r"curie.txt could not be read \(Permission denied\)"):
        source.read()


def test_empty_standard_input_is_named(refused):
    assert "stdin is empty" in refused("parse", "-", stdin=b"\n")


def test_a_folder_without_texts_says_which_files_count(refused, tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("a")
    said = refused("build", tmp_path / "tables", "-o", tmp_path / "out")
    assert "holds no text file (.txt, .md, .text)" in said


def test_a_file_given_twice_would_be_one_document(refused, texts):
    assert "curie.txt is given twice" in refused("parse", texts, texts / "curie.txt")


def test_texts_of_a_folder_are_found_at_any_depth_in_a_fixed_order(texts):
    (texts / "NEWS.TXT").write_text("Ada slept.")
    found = [source.path.name for source in find_sources([str(texts)])]
    assert found == ["NEWS.TXT", "curie.txt", "others.md"]


def test_a_text_without_entities_and_one_without_relations_build_nothing(refused, model, tmp_path):
    path = tmp_path / "text.txt"
    arguments = ("build", path, "--model", model, "-o", tmp_path / "out")
    path.write_text("it rained, and nothing happened at all.")
    assert "no entity was found in 1 texts" in refused(*arguments)
    path.write_text("Marie Curie was born in Warsaw.")
    said = refused(*arguments, "--minimum-score", "1.1")
    assert "2 mentions were found in 1 texts, but no relation between two of them" in said


def test_a_place_that_cannot_be_written_to_is_named(refused, texts, model):
    output = ("-o", texts / "curie.txt" / "out")
    for arguments in (("build", texts, "--model", model), ("parse", texts)):
        assert f"{texts / 'curie.txt'} cannot be made a folder" in refused(*arguments, *output)


def test_an_unknown_parser_format_or_model_is_answered_with_the_known_ones(
    refused, texts, model, tmp_path
):
    out = ("-o", tmp_path / "out")
    assert "give bundled, spacy:NAME" in refused("parse", texts, "--parser", "nltk", *out)
    assert "no installed spaCy pipeline" in refused("parse", texts, "--parser", "spacy:xx", *out)
    assert "'xml' is not one of jsonl, conllu" in refused("parse", texts, "--format", "xml", *out)
    said = refused("extract", model, texts, "--format", "conllu", *out)
    assert "'conllu' is not one of jsonl, tsv" in said
    said = refused("build", texts, "--model", tmp_path / "none", *out)
    assert "is neither a folder nor bundled (default" in said
    assert "no model folder of graphkg" in refused("extract", texts, texts, *out)


def test_a_model_of_another_format_is_refused(refused, texts, model, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(model, other)
    recipe = (other / "recipe.yaml").read_text(encoding="utf-8")
    (other / "recipe.yaml").write_text(recipe.replace("format: 1", "format: 99"), encoding="utf-8")
    for arguments in (("build", texts, "--model", other), ("extract", other, texts)):
        said = refused(*arguments, "-o", tmp_path / "out")
        assert "is of model format 99" in said and "train it anew" in said
