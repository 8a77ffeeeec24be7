from __future__ import annotations

import copy
import pickle

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.graphs.knowledge import EDGE
from graphkg.vocab import Vocabulary

LABEL = st.text(min_size=1, max_size=3)


def test_ids_follow_first_appearance(family):
    assert family.entities.labels == ["a", "b", "c", "d"]
    assert family.relations.labels == ["child", "friend"]
    assert family[EDGE].edge_index.tolist() == [[0, 0, 1, 0], [1, 2, 3, 3]]
    assert family[EDGE].edge_type.tolist() == [0, 0, 0, 1]
    assert family.heads.tolist() == [0, 0, 1, 0] and family.tails.tolist() == [1, 2, 3, 3]
    assert family["entity"].num_nodes == 4 and family["relation"].num_nodes == 2
    assert repr(family) == "KnowledgeGraph(4 entities, 2 relations, 4 triples)"


@given(st.lists(st.tuples(LABEL, LABEL, LABEL), max_size=6))
def test_triples_come_back_in_order_with_duplicates(triples):
    assert KnowledgeGraph.from_triples(triples).triples() == triples


def test_given_entities_keep_their_ids_even_without_triples():
    graph = KnowledgeGraph.from_triples([("b", "r", "a")], entities=["a", "b", "c"])
    assert graph.heads.tolist() == [1] and graph["entity"].num_nodes == 3
    assert KnowledgeGraph.from_triples([]).triples() == []


def test_a_split_shares_its_vocabularies(family):
    split = KnowledgeGraph.from_triples([("d", "friend", "c")], family.entities, family.relations)
    assert split.entities is family.entities
    assert (split.heads.tolist(), split[EDGE].edge_type.tolist()) == ([3], [1])


@pytest.mark.parametrize("row", [("a", "r"), ("a", "r", 3), "abc", ("a", "r", None)])
def test_a_row_that_is_no_triple_is_refused_with_its_number(row):
    with pytest.raises(InputError, match="triple 1 is .* three labels"):
        KnowledgeGraph.from_triples([("a", "r", "b"), row])


def test_a_label_outside_the_given_ones_is_refused_with_its_triple():
    triples = [("a", "r", "b"), ("a", "r", "bb")]
    with pytest.raises(InputError, match="triple 1: entity 'bb' .* did you mean 'bbb'"):
        KnowledgeGraph.from_triples(triples, entities=["a", "b", "bbb"])
    with pytest.raises(InputError, match="triple 0: relation 'r'"):
        KnowledgeGraph.from_triples(triples, relations=["q"])


def test_ids_outside_the_vocabularies_are_refused(family):
    index, types = torch.tensor([[0, 1], [1, 4]]), torch.tensor([0, 0])
    with pytest.raises(InputError, match=r"entity id 4 in edge 1, but .* 4 \(0-3\)"):
        KnowledgeGraph.from_ids(index, types, family.entities, family.relations)
    with pytest.raises(InputError, match=r"relation id -1 in edge 0"):
        KnowledgeGraph.from_ids(index % 4, types - 1, family.entities, family.relations)
    with pytest.raises(InputError, match=r"\[2, 2\] and edge_type of shape \[3\]"):
        KnowledgeGraph.from_ids(index, torch.zeros(3).long(), family.entities, family.relations)


def test_from_tsv_reads_lines_with_any_ending_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "kg.tsv"
    path.write_bytes('\ufeffå b\tr\tc\r\n\nc\tr\t"d"\n'.encode())
    assert KnowledgeGraph.from_tsv(path).triples() == [("å b", "r", "c"), ("c", "r", '"d"')]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\tr\tb\n\na\tr\n", r":3: 2 columns, but a triple has 3"),
        (b"a r b\n", r":1: 1 columns"),
        (b"a\tr\tb\tc\n", r":1: 4 columns"),
        (b"a\t\tb\n", r":1: the relation is empty"),
        (b"a\tr\tb\n\na\tr\tzz\n", r":3: entity 'zz' is not one of the 2"),
        (b"a\tr\t\xff\n", r" is not UTF-8 \(byte 4\)"),
    ],
)
def test_from_tsv_names_file_and_line_of_a_mistake(tmp_path, content, message):
    path = tmp_path / "kg.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError, match="kg.tsv" + message):
        KnowledgeGraph.from_tsv(path, entities=["a", "b"])


def test_from_tsv_needs_a_file(tmp_path):
    for path in (tmp_path / "none.tsv", tmp_path):
        with pytest.raises(InputError, match="is no file"):
            KnowledgeGraph.from_tsv(path)


def test_inverses_turn_every_edge_and_know_each_other(family):
    graph = family.with_inverses()
    assert graph[EDGE].edge_index.tolist() == [[0, 0, 1, 0, 1, 2, 3, 3], [1, 2, 3, 3, 0, 0, 1, 0]]
    assert graph[EDGE].edge_type.tolist() == [0, 0, 0, 1, 2, 2, 2, 3]
    assert graph["relation"].inverse.tolist() == [2, 3, 0, 1]
    assert graph.relations.label(3) == "friend (inverse)"
    assert ("b", "child (inverse)", "a") in graph.triples()
    assert len(family.relations) == 2 and family[EDGE].edge_type.numel() == 4


def test_inverses_carry_the_attributes_of_their_edges(family):
    family[EDGE].weight = torch.tensor([1.0, 2.0, 3.0, 4.0])
    family[EDGE].pair = torch.zeros(4, 2)
    graph = family.with_inverses()
    assert graph[EDGE].weight.tolist() == [1.0, 2.0, 3.0, 4.0] * 2
    assert graph[EDGE].pair.shape == (8, 2)


def test_inverses_of_two_edges_do_not_confuse_ids_with_attributes():
    graph = KnowledgeGraph.from_triples([("a", "r", "b"), ("b", "r", "a")]).with_inverses()
    assert graph[EDGE].edge_index.tolist() == [[0, 1, 1, 0], [1, 0, 0, 1]]


def test_inverses_keep_the_descriptions_of_the_relations():
    relations = Vocabulary(["r"], descriptions={"r": "is near"}, aliases={"r": ["by"]}, name="p")
    named = KnowledgeGraph.from_triples([("a", "r", "b")], relations=relations).with_inverses()
    assert named.relations.descriptions == {"r": "is near"}
    assert named.relations.aliases == {"r": ["by"]} and named.relations.name == "p"


def test_networkx_has_names_parallel_relations_and_isolated_entities():
    graph = KnowledgeGraph.from_triples(
        [("a", "r", "b"), ("a", "s", "b"), ("b", "r", "a")], entities=["a", "b", "alone"]
    ).to_networkx()
    assert set(graph.nodes) == {"a", "b", "alone"}
    assert sorted(graph.edges(keys=True)) == [("a", "b", "r"), ("a", "b", "s"), ("b", "a", "r")]
    assert graph["a"]["b"]["s"]["relation"] == "s"


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda graph: pickle.loads(pickle.dumps(graph)),
        lambda graph: graph.clone(),
        lambda graph: graph.to("cpu"),
    ],
)
def test_a_copy_keeps_class_names_and_edges(family, copied):
    other = copied(family)
    assert type(other) is KnowledgeGraph
    assert other.triples() == family.triples()
    assert other.entities == family.entities and other.relations == family.relations


def test_a_graph_without_names_says_so():
    with pytest.raises(InputError, match="ids alone"):
        KnowledgeGraph().triples()
