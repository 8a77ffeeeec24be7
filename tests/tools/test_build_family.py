"""The shipped graph of families: written by its script, sound, and with facts to infer."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from graphkg.datasets import check_triples, read_triple_data

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "datasets" / "family"


def build(folder, *options):
    command = [sys.executable, str(ROOT / "tools" / "build_family.py"), str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture(scope="module")
def data():
    return read_triple_data(SHIPPED)


def test_the_script_writes_the_shipped_files_byte_for_byte(tmp_path):
    assert build(tmp_path / "family").returncode == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "family").iterdir()}
    assert written == {p.name: p.read_bytes() for p in SHIPPED.iterdir() if p.suffix == ".tsv"}


def test_check_names_the_file_that_differs(tmp_path):
    assert build(SHIPPED, "--check").returncode == 0
    build(tmp_path)
    (tmp_path / "valid.tsv").write_bytes(b"a\tr\tb\n")
    ended = build(tmp_path, "--check")
    assert ended.returncode == 2 and ended.stdout.count("differs") == 1
    assert "valid.tsv: differs" in ended.stdout
    assert (tmp_path / "valid.tsv").read_bytes() == b"a\tr\tb\n"


def test_it_is_sound_and_every_entity_occurs_in_train(data):
    found = check_triples(SHIPPED)
    assert not [problem for problem in found if problem.severity == "error"]
    assert {problem.kind for problem in found} == {"mirrored", "inverse relation"}
    assert not data.unseen.any()
    sizes = [graph.heads.numel() for graph in data.parts.values()]
    assert sum(sizes) == 2_338 and sizes[1] == sizes[2] == sum(sizes) // 10


def test_names_are_unique_and_every_entity_has_a_type_and_a_description(data):
    assert len(set(data.entity_names.values())) == len(data.entities) == 266
    assert set(data.entities.descriptions) == set(data.entities) == set(data.entity_types)
    assert Counter(data.entity_types.values()) == {
        ("person",): 216,
        ("city",): 24,
        ("company",): 20,
        ("region",): 6,
    }


def test_the_facts_follow_from_the_rules(data):
    facts = {fact for graph in data.parts.values() for fact in graph.triples()}
    tails = {(h, r): {t for x, y, t in facts if (x, y) == (h, r)} for h, r, _ in facts}

    def of(people, relation):
        return set().union(*(tails.get((person, relation), set()) for person in people))

    for person, types in data.entity_types.items():
        if types == ("person",):
            parents = of([person], "parent")
            assert len(parents) in (0, 2) and len(of([person], "lives_in")) == 1
            assert of([person], "sibling") == of(parents, "child") - {person}
            assert of([person], "grandparent") == of(parents, "parent")
            assert of([person], "uncle_or_aunt") == of(parents, "sibling")
            assert all(person in of([child], "parent") for child in of([person], "child"))
            assert all(person in of([other], "spouse") for other in of([person], "spouse"))
            household = {person} | of([person], "spouse")
            assert len(of(household, "lives_in")) == 1
            work = of([person], "works_for")
            assert of(work, "based_in") <= of([person], "lives_in")
