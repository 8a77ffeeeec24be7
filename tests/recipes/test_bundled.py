"""The relation model that ships with graphkg: its size, its files, what it finds."""

from __future__ import annotations

import re

import pytest

import graphkg
from graphkg.parsing import SpacyParser
from graphkg.recipes.base import BUNDLED, DEFAULT
from graphkg.recipes.relation_data import read_redocred
from graphkg.training.saving import check_checksums

FOLDER = BUNDLED / DEFAULT


@pytest.fixture(scope="module")
def system():
    return graphkg.load()


@pytest.fixture(scope="module")
def parser():
    return SpacyParser()


def said(system, parser, text):
    graphs = list(parser.parse([text]))
    return {
        (triple.subject.text, triple.relation, triple.object.text)
        for triples in system.extract(graphs)
        for triple in triples
    }


def test_it_is_whole_and_small():
    check_checksums(FOLDER)
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 20e6
    assert {"MODEL_CARD.md", "LICENSE", "recipe.yaml"} <= {path.name for path in FOLDER.iterdir()}


def test_it_finds_what_plain_sentences_state(system, parser):
    text = "Marie Curie was born in Warsaw. Paris is the capital of France."
    found = said(system, parser, text)
    assert ("Marie Curie", "place of birth", "Warsaw") in found
    assert ("Paris", "country", "France") in found


@pytest.mark.parametrize(
    "text",
    [
        "Tom Hanks phoned Angela Merkel.",
        "On Monday Anna Smith thanked Peter Jones.",
        "In 1998 the shop sold 40 bicycles.",
    ],
)
def test_it_says_nothing_of_two_mentions_that_no_relation_joins(system, parser, text):
    assert sum(len(graph.mentions) for graph in parser.parse([text])) >= 2
    assert said(system, parser, text) == set()


def test_scores_lie_above_one_half_and_names_are_the_texts_own(system, parser):
    text = "Berlin 🙂 is the capital of Germany. Ada Lovelace was born in London in 1815."
    graphs = list(parser.parse([("doc", text)]))
    triples = [(g, t) for g, found in zip(graphs, system.extract(graphs)) for t in found]
    assert triples
    for graph, triple in triples:
        assert 0.5 < triple.score <= 1
        for mention in (triple.subject, triple.object):
            start, end = (int(graph.offset) + place for place in mention.chars)
            assert text[start:end] == mention.text


@pytest.mark.slow
def test_its_score_on_redocred_is_not_below_its_card(system, parser, data_folder):
    card = (FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")
    row = next(line for line in card.splitlines() if line.startswith("| **JRRELP"))
    f1 = float(re.findall(r"[\d.]+", row)[-1])
    data = read_redocred(data_folder / "redocred", parser)
    assert round(100 * system.evaluate(data.test).score.f1, 1) >= f1 - 0.1
