from __future__ import annotations

import copy

import pytest
import torch

from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.link import GAT, ConvE, DistMult, RotatE
from graphkg.models import LinkPrediction
from graphkg.nn import smoothed_bce
from graphkg.stores import EmbeddingStore, LearnedTable

TRIPLES = [("a", "r", "b"), ("a", "r", "c"), ("b", "s", "c"), ("c", "s", "d"), ("d", "r", "a")]


def training_graph() -> KnowledgeGraph:
    return KnowledgeGraph.from_triples(TRIPLES).with_inverses()


def build(predictor=None, dim: int = 8, relation_dim: int = 8, **options) -> LinkPrediction:
    torch.manual_seed(0)
    graph = training_graph()
    store = EmbeddingStore(
        entity=LearnedTable(4, dim), relation=LearnedTable(4, relation_dim, scale=0.5)
    )
    return LinkPrediction(predictor or DistMult(dim, relation_dim), store, graph, **options)


def test_training_with_all_tails_asks_each_query_once():
    examples = build().examples()
    assert examples.shape == (9, 2) and len(examples.unique(dim=0)) == 9
    assert build(loss="1vsall").examples().shape == (10, 3)


def test_the_label_rows_equal_dense_targets():
    model = build(label_smoothing=0.1)
    batch = model.examples()
    scores = model.score_tails(batch[:, 0], batch[:, 1])
    dense = torch.zeros_like(scores)
    graph = training_graph()
    for h, r, t in zip(graph.heads, graph["entity", "rel", "entity"].edge_type, graph.tails):
        dense[(batch == torch.stack([h, r])).all(1), t] = 1
    loss = model.losses(batch)["link"]
    torch.testing.assert_close(loss, smoothed_bce(scores, dense, 0.1, "conve"))


def test_one_against_all_is_the_cross_entropy_of_the_tail_with_its_extras():
    model = build(loss="1vsall", n3=0.1, relation_weight=0.5)
    batch = model.examples()
    losses = model.losses(batch)
    assert set(losses) == {"link", "n3", "relation"}
    scores = model.score_tails(batch[:, 0], batch[:, 1])
    expected = torch.nn.functional.cross_entropy(scores, batch[:, 2])
    torch.testing.assert_close(losses["link"], expected)
    h, r, t = (
        model.store[name]()[batch[:, column]]
        for name, column in (("entity", 0), ("relation", 1), ("entity", 2))
    )
    cubes = sum(rows.abs().pow(3).sum() for rows in (h, r, t)) / len(batch)
    torch.testing.assert_close(losses["n3"], 0.1 * cubes)
    asked = (h * t) @ model.store["relation"]().t()
    expected = 0.5 * torch.nn.functional.cross_entropy(asked, batch[:, 1])
    torch.testing.assert_close(losses["relation"], expected)


def test_all_entities_as_drawn_candidates_are_one_against_all():
    whole = build(DistMult(8, 8, num_objects=4), loss="1vsall")
    drawn = build(DistMult(8, 8, num_objects=4), loss="1vsall", candidates=4)
    batch = whole.examples()
    for model in (whole, drawn):
        torch.nn.init.constant_(model.predictor.bias[:2], 0.5)
    torch.testing.assert_close(drawn.losses(batch)["link"], whole.losses(batch)["link"])


def test_fewer_candidates_are_drawn_anew_for_each_batch():
    model = build(loss="1vsall", candidates=2)
    batch = model.examples()
    found = {round(float(model.losses(batch)["link"].detach()), 5) for _ in range(30)}
    assert 1 < len(found) <= 6  # two of four entities


def test_shared_negatives_are_those_of_every_triple():
    torch.manual_seed(0)
    model = build(loss="negative", shared=True, negatives=3, temperature=0.0)
    batch = model.examples()
    torch.manual_seed(5)
    found = model.losses(batch)["link"]
    torch.manual_seed(5)
    drawn = torch.randint(4, (3,))
    scores = model.score_tails(batch[:, 0], batch[:, 1])
    true = {tuple(triple) for triple in batch.tolist()}
    each = []
    for (h, r, t), row in zip(batch.tolist(), scores):
        terms = [(-row[k]).sigmoid().log() / 3 for k in drawn.tolist() if (h, r, k) not in true]
        each.append(row[t].sigmoid().log() * -1 - sum(terms) * 3 / max(len(terms), 1))
    torch.testing.assert_close(found, torch.stack(each).mean())


def test_known_tails_do_not_count_as_negatives():
    # a graph whose every entity answers (a, r, ?): filtered, only the true tail is left
    graph = KnowledgeGraph.from_triples(
        [("a", "r", tail) for tail in "abcd"], entities="abcd"
    ).with_inverses()
    store = EmbeddingStore(entity=LearnedTable(4, 8), relation=LearnedTable(2, 8))
    query = torch.tensor([[0, 0, 1]])
    for filtered in (True, False):
        model = LinkPrediction(DistMult(8, 8), store, graph, "negative", filtered=filtered)
        with torch.no_grad():
            own = model.score_tails(query[:, 0], query[:, 1])[0, 1]
            own, loss = -torch.nn.functional.logsigmoid(own), model.losses(query)["link"]
        alone = min(abs(float(loss - own)), abs(float(loss - own / 2)))
        assert (alone < 1e-5) == filtered


def test_heads_are_tails_of_the_inverse_relation():
    model = build()
    relation, tail = torch.tensor([0, 1]), torch.tensor([2, 3])
    heads = model.score_heads(relation, tail)
    assert torch.equal(heads, model.score_tails(tail, relation + model.num_relations))


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize(
    "loss",
    [
        {"loss": "kvsall"},
        {"loss": "1vsall"},
        {"loss": "1vsall", "candidates": 3},
        {"loss": "negative"},
        {"loss": "negative", "shared": True},
    ],
)
def test_gradients_reach_every_parameter(loss, encoded):
    encoder = GAT(8, 8, layers=2, heads=2, dropout=0.0) if encoded else None
    predictor = ConvE(8, 8, width=4, channels=2, num_objects=4)
    model = build(predictor, encoder=encoder, **loss)
    # a part of the examples: the edges of the others carry messages
    sum(model.losses(model.examples()[-2:]).values()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name
    grouped = [p for parameters in model.groups().values() for p in parameters]
    assert {id(p) for p in grouped} == {id(p) for p in model.parameters()}
    assert len(grouped) == len({id(p) for p in grouped})


def test_edges_that_answer_a_query_of_the_batch_carry_no_message():
    model = build(encoder=GAT(8, 8, layers=1, heads=1, dropout=0.0)).eval()
    alone = model.entity_rows()
    query = torch.tensor([0]), torch.tensor([0])  # (a, r, ?): b and c
    hidden = model.entity_rows(*query)
    changed = (alone != hidden).any(1).tolist()
    assert changed == [True, True, True, False]  # d is not touched by (a, r, b) and (a, r, c)
    shown = model._shown(*query)
    kept = torch.stack([model.edge_index[0], model.edge_type, model.edge_index[1]], 1)[shown]
    assert [0, 0, 1] not in kept.tolist() and [1, 2, 0] not in kept.tolist()
    assert len(kept) == 6


def test_a_frozen_ranker_scores_tiles_as_the_whole():
    model = build(DistMult(8, 8, num_objects=4)).eval()
    torch.nn.init.normal_(model.predictor.bias)
    frozen = model.frozen()
    z = frozen.merge("tail", torch.tensor([0, 1]), torch.tensor([1, 0]))
    whole = frozen.score_tile(z, 0, 4)
    torch.testing.assert_close(frozen.score_tile(z, 2, 16)[:, :2], whole[:, 2:])
    torch.testing.assert_close(whole, model.score_tails(torch.tensor([0, 1]), torch.tensor([1, 0])))


def test_a_copy_keeps_the_bits():
    model = build(RotatE(8, 4), relation_dim=4, loss="negative").eval()
    other = copy.deepcopy(model)
    asked = torch.tensor([0, 3]), torch.tensor([1, 0])
    assert torch.equal(model.score_tails(*asked), other.score_tails(*asked))
    assert set(model.state_dict()) == {"store.tables.entity.weight", "store.tables.relation.weight"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": "other"}, "loss 'other' is not one of"),
        ({"n3": 0.1}, "they need triples with one tail"),
        ({"loss": "1vsall", "candidates": 5}, "from 2 to all 4 entities can be drawn"),
        ({"candidates": 3}, "loss='1vsall' alone draws candidates"),
        ({"predictor": DistMult(6, 6)}, "needs \\[4, 6\\]"),
        ({"predictor": DistMult(8, 8, num_objects=3)}, "bias for 3 objects"),
    ],
)
def test_what_does_not_fit_is_told(change, message):
    with pytest.raises(InputError, match=message):
        build(**change)


def test_a_graph_without_inverses_is_refused():
    store = EmbeddingStore(entity=LearnedTable(4, 8), relation=LearnedTable(2, 8))
    with pytest.raises(InputError, match="with_inverses"):
        LinkPrediction(DistMult(8, 8), store, KnowledgeGraph.from_triples(TRIPLES))
