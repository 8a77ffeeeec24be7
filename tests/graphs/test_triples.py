from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph, TripleIndex
from graphkg.vocab import Vocabulary

TRIPLES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 4)), max_size=12)


def graph(triples: list[tuple[int, int, int]]) -> KnowledgeGraph:
    entities = Vocabulary([f"e{n}" for n in range(5)], name="entity")
    relations = Vocabulary([f"r{n}" for n in range(3)], name="relation")
    columns = torch.tensor(triples, dtype=torch.long).view(-1, 3)
    return KnowledgeGraph.from_ids(columns[:, [0, 2]].t(), columns[:, 1], entities, relations)


@given(train=TRIPLES, test=TRIPLES)
def test_known_answers_equal_brute_force(train, test):
    index = TripleIndex(graph(train), graph(test))
    triples = {*train, *test}
    queries = torch.cartesian_prod(torch.arange(5), torch.arange(3))
    tails = index.known_tails(queries[:, 0], queries[:, 1])
    heads = index.known_heads(queries[:, 1], queries[:, 0])
    hot = index.tails_hot(queries[:, 0], queries[:, 1])
    for row, (entity, relation) in enumerate(queries.tolist()):
        expected = sorted({t for h, r, t in triples if (h, r) == (entity, relation)})
        assert tails[row].tolist() == expected
        assert index.known_tails(entity, relation).tolist() == expected
        assert hot[row].nonzero().view(-1).tolist() == expected
        expected = sorted({h for h, r, t in triples if (t, r) == (entity, relation)})
        assert heads[row].tolist() == expected
        assert index.known_heads(relation, entity).tolist() == expected
    assert repr(index) == f"TripleIndex({len(triples)} triples, 5 entities, 3 relations)"


def test_names_of_a_family(family):
    index = TripleIndex(family)
    child, entities = family.relations["child"], family.entities
    assert index.known_tails(entities["a"], child).tolist() == entities.ids(["b", "c"])
    assert index.known_heads(child, entities["d"]).tolist() == [entities["b"]]


def test_repeated_queries_have_repeated_answers():
    index = TripleIndex(graph([(0, 1, 2), (0, 1, 3)]))
    rows = index.known_tails(torch.tensor([0, 4, 0]), torch.tensor([1, 1, 1]))
    assert [row.tolist() for row in (rows[0], rows[1], rows[2])] == [[2, 3], [], [2, 3]]


def test_one_relation_is_asked_of_many_heads():
    index = TripleIndex(graph([(0, 1, 2), (3, 1, 3)]))
    rows = index.known_tails(torch.tensor([0, 3]), 1)
    assert rows[0].tolist() == [2] and rows[1].tolist() == [3]


def test_memory_grows_with_the_triples_and_not_with_entities_times_relations():
    many = Vocabulary([f"e{n}" for n in range(30_000)], name="entity")
    kinds = Vocabulary([f"r{n}" for n in range(3_000)], name="relation")
    edges = torch.tensor([[29_999, 0], [0, 29_999]])
    index = TripleIndex(KnowledgeGraph.from_ids(edges, torch.tensor([2_999, 0]), many, kinds))
    assert index.known_tails(29_999, 2_999).tolist() == [0]
    assert index.known_heads(0, 29_999).tolist() == [0]
    held = [*index._tails[1].__dict__.values(), index._tails[0]]
    assert sum(tensor.numel() for tensor in held) < 20


def test_moved_to_a_device_it_answers_alike():
    index = TripleIndex(graph([(0, 1, 2)])).to("cpu")
    assert index.known_tails(0, 1).tolist() == [2]
    assert TripleIndex(graph([(0, 1, 2)])).to("meta")._tails[0].device.type == "meta"


@pytest.mark.parametrize(("head", "relation", "name"), [(5, 0, "entity"), (0, 3, "relation")])
def test_an_id_that_the_graphs_do_not_have_is_refused(head, relation, name):
    index = TripleIndex(graph([(0, 0, 1)]))
    with pytest.raises(InputError, match=f"{name} id {max(head, relation)} was asked for"):
        index.known_tails(head, relation)
    with pytest.raises(InputError, match=f"{name} id"):
        index.known_tails(torch.tensor([0, head]), torch.tensor([0, relation]))


def test_splits_over_different_vocabularies_are_refused():
    train = KnowledgeGraph.from_triples([("a", "r", "b")])
    with pytest.raises(InputError, match=r"\(entities, relations\) = \[\(2, 1\), \(3, 1\)\]"):
        TripleIndex(train, KnowledgeGraph.from_triples([("a", "r", "b"), ("c", "r", "b")]))
    with pytest.raises(InputError, match="graph 1 .* build the splits over one vocabulary"):
        TripleIndex(train, KnowledgeGraph.from_triples([("b", "r", "a")]))
    with pytest.raises(InputError, match="no graph"):
        TripleIndex()


def test_equal_names_in_two_vocabularies_are_one():
    train = KnowledgeGraph.from_triples([("a", "r", "b")], entities=["a", "b"], relations=["r"])
    test = KnowledgeGraph.from_triples([("b", "r", "a")], entities=["a", "b"], relations=["r"])
    assert TripleIndex(train, test).known_tails(1, 0).tolist() == [0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 3))))
def test_contains_says_which_triples_are_known(triples):
    entities, relations = [f"e{n}" for n in range(4)], ["r0", "r1"]
    labelled = [(entities[h], relations[r], entities[t]) for h, r, t in triples]
    index = TripleIndex(KnowledgeGraph.from_triples(labelled, entities, relations))
    asked = torch.cartesian_prod(torch.arange(4), torch.arange(2), torch.arange(4))
    expected = [tuple(row) in set(triples) for row in asked.tolist()]
    assert index.contains(*asked.t()).tolist() == expected
    assert index.to("cpu").contains(*asked.t()).tolist() == expected
    columns = asked.view(4, 2, 4, 3)
    spread = index.contains(columns[:, :, :1, 0], columns[:, :, :1, 1], columns[..., 2])
    assert spread.flatten().tolist() == expected
