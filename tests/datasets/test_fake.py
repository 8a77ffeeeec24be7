"""Invented sentences: the same for a seed, trees well formed, no fact in two parts."""

from __future__ import annotations

import pytest

from graphkg.datasets import Fake


@pytest.fixture(scope="module")
def fake():
    return Fake(sentences=200, seed=1)


def test_a_seed_gives_the_same_sentences(fake):
    assert [g.text for g in fake.train] == [g.text for g in Fake(200, seed=1).train]
    assert [g.text for g in fake.train] != [g.text for g in Fake(200, seed=2).train]


def test_parts_have_their_sizes_and_share_no_fact(fake):
    parts = [fake.train, fake.valid, fake.test]
    assert [len(part) for part in parts] == [120, 40, 40]
    facts = [{t for g in part for t in g.triples()} for part in parts]
    assert not facts[0] & facts[1] and not facts[0] & facts[2] and not facts[1] & facts[2]


def test_every_sentence_has_a_tree_a_pair_and_linked_mentions(fake):
    for graph in (*fake.train, *fake.test):
        assert graph.heads.count(0) == 1 and len(graph.pairs) == 1
        assert [fake.graph.entities.label(m.entity) for m in graph.mentions] == [
            m.text for m in graph.mentions
        ]
        subject, relation, object_ = graph.triples()[0]
        assert relation == "no_relation" or (subject, relation, object_) in fake.graph.triples()


def test_labels_are_balanced_and_known(fake):
    counts = [g.pairs[0][2] for g in fake.train]
    assert fake.vocabularies.relation.labels[0] == "no_relation" and len(set(counts)) == 6
    assert min(counts.count(label) for label in set(counts)) >= 10
    assert "34 entities, 5 relations" in repr(fake)
