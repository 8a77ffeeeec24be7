"""Samples of a graph: entities that hang together, and all that is known among them."""

from __future__ import annotations

from pathlib import Path

import networkx
import pytest

from graphkg.datasets.triple_samples import sample_entities
from graphkg.datasets.triples import read_triple_data
from graphkg.errors import InputError

FAMILY = Path(__file__).parents[2] / "datasets" / "family"


def test_a_sample_has_every_triple_among_its_entities_and_no_other():
    data = read_triple_data(FAMILY)
    data.entity_extracts = {label: f"all about {label}" for label in data.entities}
    sample = sample_entities(data, 60)
    kept = set(sample.entities)
    assert len(kept) == 60 and len(sample.relations) == len(data.relations)
    for name, graph in data.parts.items():
        inside = [t for t in graph.triples() if t[0] in kept and t[2] in kept]
        assert sample.parts[name].triples() == inside and inside
    assert sample.name == "family, 60 entities drawn with seed 0"
    label = next(iter(kept))
    assert sample.name_of(label) == data.name_of(label)
    assert sample.entities.descriptions[label] == data.entities.descriptions[label]
    assert sample.entity_types[label] == data.entity_types[label]
    assert sample.entity_extracts == {label: f"all about {label}" for label in kept}


def test_its_entities_hang_together_and_a_seed_draws_the_same():
    data = read_triple_data(FAMILY)
    sample = sample_entities(data, 40, seed=3)
    graph = networkx.Graph((h, t) for h, _, t in sample.train.triples())
    assert len(graph) == 40 and networkx.is_connected(graph)
    assert list(sample.entities) == list(sample_entities(data, 40, seed=3).entities)
    assert list(sample.entities) != list(sample_entities(data, 40, seed=4).entities)


def test_the_whole_graph_is_a_sample_and_more_is_an_error():
    data = read_triple_data(FAMILY)
    assert list(sample_entities(data, 266).entities) == list(data.entities)
    for count in (1, 267):
        with pytest.raises(InputError, match=f"{count} of 266 entities were asked for"):
            sample_entities(data, count)
