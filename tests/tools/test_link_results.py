"""The table of systems that rank entities: variants by seeds, runs that are read again."""

from __future__ import annotations

import json
import re
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
        "| umls-distmult-wide",
        "| umls-distmult-narrow",
    ]
    for line in lines[2:]:
        assert re.search(r"\| 2( \| [\d.]+ \+- [\d.]+){5} \| 1, 1 \|", line), line
    monkeypatch.setattr("graphkg.recipes.link_training.fit", None)
    tool.main([*arguments, "--runs", str(tmp_path)])
    assert capsys.readouterr().out.splitlines() == lines


def test_candidates_of_another_run_are_ranked_anew(tool, tmp_path):
    text = [*OWN, *SMALL, "--set", "epochs=1", "--set", "max_length=16"]
    first, second = tmp_path / "first", tmp_path / "second"
    tool.main(["umls", "--system", "lp-bert", *text, "--runs", str(first)])
    tool.main(["umls-minilm", "--system", "mtl-kgc", *text, "--set", "num_negatives=1", "--runs",
               str(second), "--candidates-from", str(first / "umls-0"), "--top", "3"])  # fmt: skip
    protocol = json.loads((second / "umls-minilm-0/test.json").read_text())["protocol"]
    assert "the best 3 of 'umls-0'" in protocol["candidates"]
    assert protocol["candidates_from"]["system"] == "lp-bert"
