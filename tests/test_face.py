"""The lazy face: cheap to import, every promised name is there."""

from __future__ import annotations

import subprocess
import sys

import pytest

import graphkg

HEAVY = ("torch", "torch_geometric", "spacy", "stanza", "transformers", "lightning", "pandas")


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('\\n'.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_graphkg_imports_nothing_heavy():
    assert loaded_after("import graphkg") == set()


def test_the_command_answers_help_without_importing_anything_heavy():
    assert loaded_after("import graphkg.cli") == set()


def test_importing_a_system_does_not_import_parsers_or_the_training_engine():
    # PyTorch Geometric itself imports transformers and pandas where they are installed.
    brought = {"torch", "torch_geometric", "pandas", "transformers"}
    assert loaded_after("from graphkg import JRRELP") <= brought


@pytest.mark.parametrize("name", graphkg.__all__)
def test_every_public_name_is_found(name):
    assert getattr(graphkg, name) is not None


def test_a_wrong_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'JRELP'"):
        _ = graphkg.JRELP
