"""EntityGraph: JRRELP over a given knowledge graph."""

from __future__ import annotations

import pytest
import torch
from cases import new_store, sentences
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.link import ConvE, DistMult
from graphkg.models import JRRELP, EntityGraph, KindGraph
from graphkg.nn import smoothed_bce
from graphkg.relation import CGCN, Pairs
from graphkg.stores import LearnedTable, TableView

SIZES = {"word_dim": 20, "pos_dim": 4, "ner_dim": 4, "hidden": 6, "relation_dim": 10}
KG = KnowledgeGraph.from_triples(
    [("Ann", "P1", "Rome"), ("Ann", "P1", "Oslo"), ("Rome", "P2", "Ann")], ["Ann", "Rome", "Oslo"]
)


@pytest.fixture
def linked():
    """Sentences whose first three subjects are Ann, Ann and nobody known."""
    graphs, vocabularies = sentences()
    for graph, subject in zip(graphs, (0, 0, -1, 1, 2)):
        pair = graph["mention", "rel", "mention"].edge_index[:, 0]
        entity = torch.full_like(graph["mention"].entity, -1)
        entity[pair[0]] = subject
        graph["mention"].entity = entity
    return graphs, vocabularies


def build(linked, predictor=None, **names) -> JRRELP:
    torch.manual_seed(0)
    _, vocabularies = linked
    store = new_store(vocabularies)
    del store.tables["object"]
    store.add("entity", LearnedTable(3, 20))
    store.add("object", TableView("entity"))
    given = names or {"left": "P1", "born_in": "P2"}
    entities = EntityGraph(KG, vocabularies.relation, given)
    g = predictor or ConvE(20, 10, width=5, channels=4, num_objects=3)
    return JRRELP(CGCN(3, **SIZES), g, store, entities=entities)


def test_questions_ask_the_given_graph(linked):
    model = build(linked)
    batch = Batch.from_data_list(linked[0])
    asked = model.link_examples(batch, Pairs.of(batch))
    # left, no_relation, no_relation, (born_in, left), no_relation
    assert asked.relation.tolist() == [2, 0, 0, 1, 2, 0]
    assert asked.rows.tolist() == [True, False, False, True, False, False]
    assert asked.known[0].tolist() == [False, True, True]  # (Ann, P1, ?): Rome and Oslo
    assert asked.known[3].tolist() == [True, False, False]  # (Rome, P2, ?): Ann
    assert torch.equal(asked.objects, model.store["entity"]())
    assert torch.equal(asked.head[0], model.store["entity"]()[0])


def test_only_questions_that_the_graph_answers_count(linked):
    model = build(linked).eval()
    batch = Batch.from_data_list(linked[0])
    asked = model.link_examples(batch, Pairs.of(batch))
    z = model.predictor.merge(asked.head, model.store["relation"](asked.relation))
    logits = model.predictor.score(z, asked.objects)
    expected = 0.5 * smoothed_bce(logits[[0, 3]], asked.known[[0, 3]], 0.1)
    torch.testing.assert_close(model.losses(batch)["link"], expected)


def test_gradients_reach_entities_relations_and_both_parts(linked):
    model = build(linked)
    sum(model.losses(Batch.from_data_list(linked[0])).values()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
    assert model.store["entity"].weight.grad.abs().sum() > 0


def test_a_relation_vector_that_fits_shares_the_relation_rows_alone(linked):
    model = build(linked)
    names = [name for name, _ in model.named_parameters() if "tables" in name]
    assert sorted(n.split(".")[2] for n in names) == ["entity", "ner", "pos", "relation", "token"]
    assert repr(model.entities) == "EntityGraph(3 entities, 2 relations of the sentences)"


def test_what_does_not_fit_is_told(linked):
    with pytest.raises(InputError, match="entity rows have 20 channels.*entities have 10"):
        build(linked, DistMult(10, 10))
    with pytest.raises(InputError, match="relation 'P3' was named"):
        build(linked, left="P3")
    graphs, vocabularies = linked
    with pytest.raises(InputError, match="none of the 3 relations .* P1, P2"):
        EntityGraph(KG, vocabularies.relation)
    kinds = KindGraph.from_sentences(graphs, vocabularies)
    entities = EntityGraph(KG, vocabularies.relation, {"left": "P1"})
    store = new_store(vocabularies)
    f, g = CGCN(3, **SIZES), ConvE(20, 10, width=5)
    with pytest.raises(InputError, match="give one of them"):
        JRRELP(f, g, store, kinds=kinds, entities=entities)
    with pytest.raises(InputError, match="2 candidates, but there are 3 known objects"):
        store.add("entity", LearnedTable(3, 20))
        JRRELP(f, g, store, entities=entities)
