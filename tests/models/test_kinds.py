"""KindGraph: known objects of kinds and relations, rows of the masks."""

from __future__ import annotations

import pytest
import torch
from cases import raw_sentences, sentences

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.models import KindGraph
from graphkg.vocab import Vocabularies


@pytest.fixture
def parts():
    graphs, vocabularies = sentences()
    return graphs, vocabularies


def known(kinds, vocabularies, subject, relation):
    """The labels of the known object masks."""
    row = kinds.known[vocabularies.kind[subject], vocabularies.relation[relation]]
    return {vocabularies.word.label(i) for i in kinds.object_rows[row].tolist()}


def test_known_objects_are_those_of_the_training_sentences(parts):
    graphs, vocabularies = parts
    kinds = KindGraph.from_sentences(graphs, vocabularies)
    assert known(kinds, vocabularies, "PER", "born_in") == {"OBJ-LOC"}
    assert known(kinds, vocabularies, "PER", "no_relation") == {"OBJ-LOC", "OBJ-ORG"}
    assert known(kinds, vocabularies, "LOC", "no_relation") == {"OBJ-LOC"}
    assert known(kinds, vocabularies, "LOC", "left") == set()


def test_rows_name_the_masks(parts):
    graphs, vocabularies = parts
    kinds, words = KindGraph.from_sentences(graphs, vocabularies), vocabularies.word
    assert [words.label(i) for i in kinds.object_rows.tolist()] == ["OBJ-LOC", "OBJ-ORG"]
    subject = kinds.subject_rows[vocabularies.kind.ids(["PER", "LOC", "ORG"])].tolist()
    assert subject == [words["SUBJ-PER"], words["SUBJ-LOC"], 0]  # ORG is never a subject


def test_sentences_may_be_masked_or_not(parts):
    graphs, vocabularies = parts
    one = KindGraph.from_sentences(graphs, vocabularies, "no_relation")
    other = KindGraph.from_sentences(raw_sentences(), vocabularies, "no_relation")
    assert torch.equal(one.known, other.known) and torch.equal(one.object_rows, other.object_rows)


def test_the_three_ways_with_no_relation(parts):
    graphs, vocabularies = parts
    ways = {
        way: KindGraph.from_sentences(graphs, vocabularies, "no_relation", way)
        for way in ("all", "observed", "exclude")
    }
    assert all(kinds.no_relation == 0 for kinds in ways.values())
    assert known(ways["all"], vocabularies, "LOC", "no_relation") == {"OBJ-LOC", "OBJ-ORG"}
    assert known(ways["observed"], vocabularies, "LOC", "no_relation") == {"OBJ-LOC"}
    assert ways["all"].counted.tolist() == ways["observed"].counted.tolist() == [True] * 3
    assert ways["exclude"].counted.tolist() == [False, True, True]


def test_seventeen_object_kinds_leave_the_subject_masks_out():
    names = [f"K{i}" for i in range(17)]
    graphs = [
        SentenceGraph.build(
            ["a", "b"], mentions=[(0, 1, "PERSON"), (1, 2, name)], pairs=[(0, 1, "r")]
        )
        for name in names
    ]
    vocabularies = Vocabularies()
    vocabularies.relation.add("r")
    vocabularies.kind.add("PERSON")
    vocabularies.word.add("SUBJ-PERSON")
    for name in names:
        vocabularies.kind.add(name)
        vocabularies.word.add(f"OBJ-{name}")
    kinds = KindGraph.from_sentences(graphs, vocabularies)
    masks = [vocabularies.word.label(row) for row in kinds.object_rows.tolist()]
    assert masks == [f"OBJ-{name}" for name in names]
    assert repr(kinds) == "KindGraph(20 kinds, 1 relations, 17 candidate objects)"


def test_masks_that_have_no_row_are_named(parts):
    graphs, _ = parts
    vocabularies = Vocabularies()
    for name in ("kind", "relation"):
        for graph in graphs:
            for label in getattr(graph.labels, name + "s"):
                getattr(vocabularies, name).add(label)
    with pytest.raises(InputError, match="lacks OBJ-LOC, OBJ-ORG, SUBJ-PER, SUBJ-LOC"):
        KindGraph.from_sentences(graphs, vocabularies)


def test_other_mistakes_are_named(parts):
    graphs, vocabularies = parts
    with pytest.raises(InputError, match="no_relation_kg is 'none'"):
        KindGraph.from_sentences(graphs, vocabularies, no_relation_kg="none")
    with pytest.raises(InputError, match="no training sentence has a labelled pair"):
        KindGraph.from_sentences([SentenceGraph.build(["a"])], vocabularies)
    with pytest.raises(InputError, match="relation 'no_relatoin'.*did you mean 'no_relation'"):
        KindGraph.from_sentences(graphs, vocabularies, "no_relatoin")
