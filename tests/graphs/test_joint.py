from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Batch
from torch_geometric.loader import NodeLoader

from graphkg.errors import InputError
from graphkg.graphs import JointGraph, KnowledgeGraph, SentenceGraph
from graphkg.graphs.joint import REFERS
from graphkg.graphs.knowledge import EDGE
from graphkg.graphs.sentence import IN
from graphkg.vocab import Vocabulary


def sentence(entities: list[int]) -> SentenceGraph:
    count = len(entities)
    mentions = [(n, n + 1, "X") for n in range(count)]
    return SentenceGraph.build(["w"] * count, mentions=mentions, entities=entities)


def piece(nodes: list[int]) -> KnowledgeGraph:
    names = Vocabulary([f"e{node}" for node in nodes], name="entity")
    edges = torch.zeros(2, 0, dtype=torch.long)
    graph = KnowledgeGraph.from_ids(edges, edges[0], names, Vocabulary(name="relation"))
    graph["entity"].n_id = torch.tensor(nodes, dtype=torch.long)
    return graph


@given(
    sentences=st.lists(st.lists(st.integers(-1, 6), max_size=4), min_size=1, max_size=3),
    nodes=st.lists(st.integers(0, 6), unique=True),
)
def test_links_equal_brute_force_on_a_batch(sentences, nodes):
    batch = Batch.from_data_list([sentence(entities) for entities in sentences])
    joint = JointGraph.join(batch, piece(nodes))
    entities = [entity for row in sentences for entity in row]
    expected = [(n, nodes.index(entity)) for n, entity in enumerate(entities) if entity in nodes]
    assert [tuple(link) for link in joint[REFERS].edge_index.t().tolist()] == expected


def test_a_sentence_joins_a_whole_graph(ada, family):
    ada["mention"].entity = torch.tensor([3, -1])
    joint = JointGraph.join(ada, family)
    assert joint[REFERS].edge_index.tolist() == [[0], [3]]
    assert joint["entity"].n_id.tolist() == [0, 1, 2, 3]
    assert joint[EDGE].edge_type.tolist() == [0, 0, 0, 1]
    assert joint["token"].word.tolist() == ada["token"].word.tolist()
    assert repr(joint) == "JointGraph(6 tokens, 2 mentions, 4 entities, 1 links)"


def test_joining_changes_neither_graph(ada, family):
    before = (set(ada.edge_types), set(family["entity"].keys()))
    JointGraph.join(ada, family)["token"].word = torch.zeros(6)
    assert (set(ada.edge_types), set(family["entity"].keys())) == before
    assert ada["token"].word.dtype == torch.long


def test_rows_of_entities_reach_exactly_the_tokens_of_linked_mentions(ada, bob, family):
    ada["mention"].entity = torch.tensor([1, -1])
    batch = Batch.from_data_list([ada, bob])  # bob's mention is linked to entity 2
    joint = JointGraph.join(batch, family)
    mention, entity = joint[REFERS].edge_index
    rows = torch.zeros(joint["mention"].num_nodes).index_add(0, mention, entity.float() + 1)
    token, owner = joint[IN].edge_index
    reached = torch.zeros(joint["token"].num_nodes).index_add(0, token, rows[owner])
    assert reached.tolist() == [2, 2, 0, 0, 0, 0, 3, 0]


def test_a_sampled_piece_links_by_its_global_ids(bob, family, incoming):
    seeds = ("entity", torch.tensor([3, 2]))
    (sampled,) = NodeLoader(family, incoming(family), input_nodes=seeds, batch_size=2)
    joint = JointGraph.join(bob, sampled)
    local = joint[REFERS].edge_index[1]
    assert joint["entity"].n_id[local].tolist() == [2]


def test_batch_pointers_come_along(ada, bob, family):
    joint = JointGraph.join(Batch.from_data_list([ada, bob]), family)
    assert joint["token"].ptr.tolist() == [0, 6, 8]
    assert joint["mention"].batch.tolist() == [0, 0, 1]


def test_an_entity_that_stands_twice_is_refused(bob):
    twice = piece([2, 5, 4])
    twice["entity"].n_id = torch.tensor([2, 5, 2])
    with pytest.raises(InputError, match="holds an entity twice"):
        JointGraph.join(bob, twice)
