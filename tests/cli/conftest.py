"""The command in this process, with the bundled pipeline loaded once for all tests."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from functools import cache

import pytest

from graphkg.cli import main

FIRST = "Marie Curie was born in Warsaw. Marie Curie married Pierre Curie in spring.\n"
SECOND = "Albert Einstein was born in Ulm. Tim Cook works for Apple in London.\n"


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def one_pipeline():
    """Loads a pipeline once, however many commands ask for it."""
    from graphkg.parsing import spacy_parser

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spacy_parser, "load_pipeline", cache(spacy_parser.load_pipeline))
        yield


@pytest.fixture
def command(capsys, monkeypatch):
    """``command("parse", file, stdin=b"...")`` runs ``graphkg parse file``."""

    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ended(ended.value.code or 0, said.out, said.err)

    return run


@pytest.fixture
def refused(command, tmp_path):
    """Runs a command that must fail: one sentence, exit code 2, no file made or changed."""

    def files():
        return {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def run(*arguments, stdin=b""):
        before = files()
        ended = command(*arguments, stdin=stdin)
        assert ended.code == 2
        *_, last = ended.err.splitlines()
        assert last.startswith("graphkg: ") and "Traceback" not in ended.err
        assert ended.out == "" and files() == before
        return last.removeprefix("graphkg: ")

    return run


@pytest.fixture
def texts(tmp_path):
    """A folder with two texts, and a file that is none."""
    folder = tmp_path / "texts"
    (folder / "deep").mkdir(parents=True)
    (folder / "curie.txt").write_text(FIRST, encoding="utf-8")
    (folder / "deep" / "others.md").write_text(SECOND, encoding="utf-8")
    (folder / "table.csv").write_text("a,b\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def model(run):
    """The folder of a tiny trained system."""
    return run[1]
