"""The table of JRRELP: variants by seeds, gains over the first, runs that are read again."""

from __future__ import annotations

import json
import re

import pytest

TOOL = "relation_results"
SMALL = {"vectors": False, "word_dim": 8, "pos_dim": 2, "ner_dim": 2, "hidden": 6, "epochs": 1,
         "conve_width": 4, "device": "cpu"}  # fmt: skip


def row(subject: str, verb: str, relation: str) -> str:
    words = [subject, verb, "Bob"]
    return json.dumps({"words": words, "heads": [2, 0, 2], "deprels": ["nsubj", "root", "obj"],
                       "pos": ["A", "B", "C"], "ner": ["P", "O", "P"], "subject": [0, 1, "P"],
                       "object": [2, 3, "P"], "relation": relation})  # fmt: skip


@pytest.fixture
def arguments(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    said = (("met", "knows"), ("saw", "no_relation"), ("taught", "teaches"))
    rows = [row(name, *one) for name in ("Ann", "Eve", "Kim") for one in said]
    for part in ("train", "valid", "test"):
        (folder / f"{part}.jsonl").write_text("\n".join(rows), encoding="utf-8")
    changes = {**SMALL, "data": str(folder)}
    found = ["tacred-cgcn", "--runs", str(tmp_path / "runs"), "--seeds", "2"]
    found += ["--variants", "alone", "jrrelp"]
    return [*found, *(x for name, value in changes.items() for x in ("--set", f"{name}={value}"))]


def test_a_table_has_a_line_a_variant_and_reads_runs_that_are_there(
    tool, arguments, tmp_path, capsys, monkeypatch
):
    tool.main(arguments)
    lines = capsys.readouterr().out.splitlines()
    for line, name in zip(lines[2:4], ("alone", "jrrelp")):
        assert re.fullmatch(rf"\| {name} \| [\d.]+ \+- [\d.]+ \(n = 2\) \| 1, 1 \| \d+ \|", line)
    assert any(line.startswith("gain") for line in lines[4:])
    saved = [tmp_path / f"runs/tacred-cgcn/jrrelp/{seed}/test.json" for seed in range(2)]
    mean = sum(json.loads(path.read_text())["f1"] for path in saved) / 2
    assert lines[3].startswith(f"| jrrelp | {100 * mean:.2f} +- ")
    monkeypatch.setattr("graphkg.recipes.relation_training.fit", None)
    tool.main(arguments)
    assert capsys.readouterr().out.splitlines() == lines
