"""Imports point down only: the table of ``docs/architecture.md``, checked without importing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "graphkg"

# Every room may import its own files, `errors` and `version`; the rest is said here.
# A dot names one file: models know the two base classes, never a concrete extractor or predictor.
MAY = {
    "errors": "",
    "version": "",
    "nn": "",
    "metrics": "",
    "vocab": "",
    "stores": "",
    "training": "metrics",
    "graphs": "vocab",
    "relation": "nn stores graphs",
    "link": "nn stores graphs",
    "transforms": "graphs vocab",
    "sampling": "graphs vocab",
    "datasets": "graphs vocab",
    "parsing": "graphs vocab",
    "linking": "graphs vocab nn",
    "exchange": "graphs vocab",
    "models": "relation.base link.base nn stores graphs vocab",
    "recipes": "models relation link transforms sampling datasets parsing linking exchange"
    " graphs stores training vocab nn metrics",
    "pipeline": "graphs parsing linking exchange models recipes vocab",
    "cli": "*",
}


def imports(source: str, package: tuple[str, ...]) -> list[tuple[int, str]]:
    """Line and absolute name of all that a file of `package` imports, wherever it stands."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            start = ".".join([*base, *([node.module] if node.module else [])])
            found += [(node.lineno, f"{start}.{alias.name}") for alias in node.names]
    return found


def violations(room: str, source: str, package: tuple[str, ...]) -> list[tuple[int, str]]:
    """The lines of a file in `room` that import what the table does not allow."""
    allowed = {room, "errors", "version", *MAY[room].split()}
    wrong = []
    for line, name in imports(source, package):
        inside = name.split(".")[1:] if name.split(".")[0] == "graphkg" else None
        if inside is None or MAY[room] == "*":
            continue
        places = {".".join(inside[: end + 1]) for end in range(len(inside))}
        if not places & allowed:
            wrong.append((line, name))
    return wrong


def test_every_room_stands_in_the_table():
    rooms = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in ROOT.rglob("*.py")}
    assert rooms - {"__init__"} <= set(MAY)


@pytest.mark.parametrize("room", MAY)
def test_a_room_imports_only_what_lies_below_it(room):
    files = [*(ROOT / room).rglob("*.py"), *ROOT.glob(f"{room}.py")]
    wrong = [
        f"graphkg/{path.relative_to(ROOT)}:{line}: {room} may not import {name}"
        for path in files
        for line, name in violations(
            room, path.read_text(encoding="utf-8"), ("graphkg", *path.relative_to(ROOT).parts[:-1])
        )
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("room", "line", "allowed"),
    [
        ("graphs", "from ..vocab import Vocabulary", True),
        ("graphs", "from ..stores import EmbeddingStore", False),
        ("graphs", "from .. import stores", False),
        ("graphs", "from .ragged import Ragged", True),
        ("graphs", "import graphkg.models", False),
        ("graphs", "import graphkg", False),
        ("graphs", "def f():\n    from graphkg.stores.store import EmbeddingStore", False),
        ("graphs", "if TYPE_CHECKING:\n    from ..models import JRRELP", False),
        ("graphs", "import torch", True),
        ("nn", "from ..errors import InputError", True),
        ("models", "from ..link.base import LinkPredictor", True),
        ("models", "from ..link import base", True),
        ("models", "from ..link.conve import ConvE", False),
        ("models", "from ..link import ConvE", False),
        ("datasets", "from ..parsing.base import Parser", False),
        ("cli", "from .pipeline import TextToGraph", True),
    ],
)
def test_the_rule_sees_every_way_of_importing(room, line, allowed):
    package = ("graphkg", room) if room != "cli" else ("graphkg",)
    assert bool(violations(room, line, package)) != allowed
