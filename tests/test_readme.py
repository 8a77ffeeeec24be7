"""The README's first lines of Python run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graphkg.recipes.base import BUNDLED, DEFAULT

README = Path(__file__).parent.parent / "README.md"


def first_block():
    return re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[1]


@pytest.mark.skipif(not (BUNDLED / DEFAULT).is_dir(), reason="the bundled model is not there")
def test_the_ten_lines_print_triples_with_their_sentences(capsys):
    lines = first_block()
    assert 8 <= len([line for line in lines.splitlines() if line.strip()]) <= 12
    exec(compile(lines, str(README), "exec"), {"__name__": "readme"})
    *triples, graph = capsys.readouterr().out.strip().splitlines()
    assert triples and all(re.match(r"[01]\.\d\d  .+ - .+ - .+  <- .+", line) for line in triples)
    assert graph.startswith("KnowledgeGraph(") and "MultiDiGraph" in graph
