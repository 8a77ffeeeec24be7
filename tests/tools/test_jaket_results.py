"""The table of entity classification: runs that are there are read, cells are means over seeds."""

from __future__ import annotations

import json

from jaket_runs import people, people_encoder, people_recipe

from graphkg.metrics.categories import CategoryScores
from graphkg.recipes.jaket_classification import build_classification_recipe

TOOL = "jaket_results"
RUN = "model.safetensors"


def test_rows_are_the_papers_each_also_without_and_with_a_shuffled_graph(tool):
    assert tool.ROWS == ["encoder", "random", "random-off", "random-shuffled", "memory",
                         "memory-off", "memory-shuffled", "jaket", "jaket-off",
                         "jaket-shuffled"]  # fmt: skip


def test_a_line_has_a_mean_and_a_deviation_for_each_fraction(tool):
    found = [CategoryScores(correct, 10, 4, 0, 3) for correct in (6, 8)]
    shown = tool.line("jaket", [found, found[:1]])
    assert shown == "| jaket | 70.0 +- 14.1 (n = 2) | 60.0 (n = 1) |"


def test_a_run_that_is_there_is_read_and_not_trained_again(tool, tmp_path):
    encoder = people_encoder(tmp_path / "encoder")
    recipe = people_recipe(encoder, epochs=1, held_out=0.5)
    run = tool.pretrain(tmp_path / "pretraining", recipe, people())
    small = {"start": "jaket", "init": str(run), "epochs": 1, "shares": (0.4, 0.2)}
    own = build_classification_recipe(None, {**small, "progress": False, "device": "cpu"})
    first = tool.classify(tmp_path / "run", own, people())
    stamps = [(path / RUN).stat().st_mtime_ns for path in (run, tmp_path / "run")]
    assert tool.classify(tmp_path / "run", own, people()) == first
    assert tool.pretrain(run, recipe, people()) == run
    assert [(path / RUN).stat().st_mtime_ns for path in (run, tmp_path / "run")] == stamps
    saved = json.loads((tmp_path / "run" / "test.json").read_text())
    assert saved["accuracy"] == first.accuracy
