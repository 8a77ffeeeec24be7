"""The tables of QIDN: variants by seeds, classes of overlap, runs that are read again."""

from __future__ import annotations

import re

import pytest
from qidn_runs import SMALL, write_encoder, write_set

from graphkg.errors import InputError

TOOL = "extraction_results"


@pytest.fixture
def arguments(tmp_path):
    named = {**SMALL, "data": str(write_set(tmp_path / "data")), "epochs": 2, "validate_every": 1,
             "encoder": write_encoder(tmp_path / "encoder")}  # fmt: skip
    found = ["conll04", "--runs", str(tmp_path / "runs"), "--seeds", "2"]
    return [*found, *(x for name, value in named.items() for x in ("--set", f"{name}={value}"))]


def test_a_table_has_a_line_a_variant_and_reads_runs_that_are_there(
    tool, arguments, tmp_path, capsys, monkeypatch
):
    arguments += ["--variant", "no-class", "--variant", "few: {num_queries: 3}", "--tables"]
    tool.main(arguments)
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[1]
        == "| variant | seeds | P | R | F1 | F1 boundaries | NER F1 | best epochs | seconds |"
    )
    for line, name in zip(lines[3:5], ("no-class", "few")):
        assert re.fullmatch(rf"\| {name} \| 2( \| [\d.]+ \+- [\d.]+){{5}} .*", line), line
    assert lines[5] == "F1 by overlap class and number of triples N" and len(lines) == 10
    assert (tmp_path / "runs/conll04/few/1/test.json").is_file()
    monkeypatch.setattr("graphkg.recipes.qidn_training.fit", None)
    tool.main(arguments)
    assert capsys.readouterr().out.splitlines() == lines


def test_training_on_the_first_sentences_says_so(tool, arguments, tmp_path, capsys):
    tool.main([*arguments, "--seeds", "1", "--sample", "2"])
    said = capsys.readouterr().out.splitlines()[0]
    assert "the first 2 of " in said
    assert (tmp_path / "runs/conll04-first2/full/0").is_dir()
    with pytest.raises(InputError, match="was trained with dropout=0.0, but dropout=0.5 is asked"):
        tool.main([*arguments, "--seeds", "1", "--sample", "2", "--set", "dropout=0.5"])


def test_an_unknown_variant_is_answered_with_the_known_ones(tool):
    with pytest.raises(SystemExit, match="give 'name: {...}' or full, tokens, one-branch"):
        tool.read_variants(["half"])
