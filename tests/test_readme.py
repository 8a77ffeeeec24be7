"""The README's first lines of Python run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graphkg.recipes.base import BUNDLED, DEFAULT

README = Path(__file__).parent.parent / "README.md"


def blocks():
    return re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.skipif(not (BUNDLED / DEFAULT).is_dir(), reason="the bundled model is not there")
def test_the_ten_lines_print_triples_with_their_sentences(capsys):
    lines = blocks()[0]
    assert 8 <= len([line for line in lines.splitlines() if line.strip()]) <= 12
    exec(compile(lines, str(README), "exec"), {"__name__": "readme"})
    *triples, graph = capsys.readouterr().out.strip().splitlines()
    assert triples and all(re.match(r"[01]\.\d\d  .+ - .+ - .+  <- .+", line) for line in triples)
    assert graph.startswith("KnowledgeGraph(") and "MultiDiGraph" in graph


def test_the_lines_on_link_prediction_train_and_answer(capsys, tmp_path):
    (lines,) = (block for block in blocks() if "train_link" in block)
    lines = lines.replace('"datasets/', f'"{README.parent}/datasets/').replace(
        '"runs/', f'"{tmp_path}/runs/'
    )
    lines = lines.replace('"epochs": 20', '"epochs": 1, "progress": False')
    exec(compile(lines, str(README), "exec"), {"__name__": "readme"})
    out = capsys.readouterr().out
    assert "both sides" in out and "ties: realistic" in out and "Answer(label=" in out
