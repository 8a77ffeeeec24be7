"""The table of systems that rank entities: variants by seeds, runs that are read again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

TOOL = "link_results"
ROOT = Path(__file__).parents[2]
SMALL = ["--sample", "24", "--seeds", "1", "--set", f"data={ROOT / 'datasets' / 'family'}"]
OWN = ["--own-encoder", "dim=16,layers=1,heads=2,pieces=200"]


def test_a_table_has_a_line_a_variant_and_reads_runs_that_are_there(
    tool, tmp_path, capsys, monkeypatch
):
    arguments = ["umls-distmult", *SMALL, "--seeds", "2", "--set", "epochs=1"]
    arguments += ["--variant", "wide: {dim: 8}", "--variant", "narrow: {dim: 4}"]
    tool.main([*arguments, "--runs", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| umls-distmult-sample24-wide",
        "| umls-distmult-sample24-narrow",
    ]
    for line in lines[2:]:
        assert re.search(r"\| 2( \| [\d.]+ \+- [\d.]+){5} \| 1, 1 \|", line), line
    monkeypatch.setattr("graphkg.recipes.link_training.fit", None)
    tool.main([*arguments, "--runs", str(tmp_path)])
    assert capsys.readouterr().out.splitlines() == lines


def test_candidates_of_another_run_are_ranked_anew(tool, tmp_path):
    text = [*OWN, *SMALL, "--set", "epochs=1", "--set", "max_length=16"]
    second, other = tmp_path / "second", tmp_path / "first" / "umls-sample24-0"
    tool.main(["umls", "--system", "lp-bert", *text, "--runs", str(other.parent)])
    tool.main(["umls-minilm", "--system", "mtl-kgc", *text, "--set", "num_negatives=1", "--runs",
               str(second), "--candidates-from", str(other), "--top", "3"])  # fmt: skip
    protocol = json.loads((second / "umls-minilm-sample24-0/test.json").read_text())["protocol"]
    assert "the best 3 of 'umls-sample24-0'" in protocol["candidates"]
    assert protocol["candidates_from"]["system"] == "lp-bert"


def test_a_mistake_is_one_sentence(tmp_path):
    command = [sys.executable, ROOT / "tools" / "link_results.py", "nowhere", "--runs", tmp_path]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 2 and len(found.stderr.splitlines()) == 1
    assert found.stderr.startswith("link_results: ") and "nowhere" in found.stderr
