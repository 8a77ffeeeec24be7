"""The table of JAKET's tasks: rows by presets, runs that are read again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jaket_models import TRIPLES
from jaket_task_runs import fewrel_folder, metaqa_folder
from pieces import tiny_encoder_folder

TOOL = "jaket_tasks_results"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    fewrel_folder(tmp_path / "fewrel")
    metaqa_folder(tmp_path / "metaqa")
    (tmp_path / "graph").mkdir()
    rows = "".join("\t".join(triple) + "\n" for triple in TRIPLES)
    (tmp_path / "graph/train.tsv").write_text(rows, encoding="utf-8")
    tiny_encoder_folder(tmp_path / "encoder")
    monkeypatch.setenv("GRAPHKG_DATA", str(tmp_path))
    return tmp_path


def given(folder, *changes):
    named = [f"encoder={folder / 'encoder'}", "epochs=1", "knowledge_heads=2", *changes]
    return ["--runs", str(folder / "runs"), *(x for change in named for x in ("--set", change))]


def test_a_table_has_a_line_a_row_and_reads_runs_that_are_there(tool, folder, capsys, monkeypatch):
    arguments = ["metaqa-1hop", "metaqa-1hop-half", "--rows", "encoder", "memory-shuffled"]
    arguments += ["--seeds", "2", "--questions", "6", *given(folder, "question_length=16")]
    arguments += ["--set", "held_out=0.2"]
    tool.main(arguments)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| row | metaqa-1hop | metaqa-1hop-half |" and len(lines) == 4
    for line, row in zip(lines[2:], ("encoder", "memory-shuffled")):
        assert re.fullmatch(rf"\| {row}( \| [\d.]+.*? \(of [\d.]+\)){{2}} \|", line), line
    assert (folder / "runs/metaqa-1hop-half-memory-shuffled-1/test.json").is_file()
    monkeypatch.setattr("graphkg.recipes.jaket_metaqa_training.fit", None)
    tool.main(arguments)
    assert capsys.readouterr().out.splitlines() == lines


def test_fewrel_is_scored_on_so_many_episodes_and_shots(tool, folder, capsys, monkeypatch):
    small = ["ways=2", "episodes=4", "valid_relations=2", "valid_episodes=2", "sentence_length=16"]
    arguments = ["fewrel", "--rows", "memory", "--seeds", "1", "--episodes", "5",
                 *given(folder, f"graph={folder / 'graph'}", *small)]  # fmt: skip
    tool.main(arguments)
    assert re.search(r"\| memory \| [\d.]+ ", capsys.readouterr().out)
    assert '"episodes": 5' in (folder / "runs/fewrel-memory-0/test.json").read_text()
    monkeypatch.setattr("graphkg.recipes.jaket_fewrel_training.fit", None)
    tool.main([*arguments, "--shots", "3"])
    assert '"shots": 3' in (folder / "runs/fewrel-memory-0/test-3-shot.json").read_text()


def test_a_row_of_a_pretrained_run_needs_one(tool, folder, capsys):
    with pytest.raises(SystemExit):
        tool.main(["fewrel", "--rows", "jaket", *given(folder)])
    assert "name it by --init" in capsys.readouterr().err
    found = tool.settings("jaket-off", 3, [Path("a"), Path("b")])
    assert found == {"start": "jaket", "kg": "off", "seed": 3, "init": "b"}
