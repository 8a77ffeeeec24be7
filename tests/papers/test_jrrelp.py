"""JRRELP (Stoica et al., 2020) and C-GCN: the equations on numbers worked by hand.

Pruning, smoothing, ConvE's shapes and the layer itself are worked by hand where their files' tests
stand (tests/transforms, tests/nn, tests/link, tests/relation); here is what joins them.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from cases import new_store, sentences
from torch_geometric.data import Batch

from graphkg.link import ConvE, LinkPredictor
from graphkg.models import JRRELP, KindGraph
from graphkg.models.jrrelp import LinkExamples
from graphkg.relation import CGCN, Pairs, RelationExtractor
from graphkg.stores import EmbeddingStore, LearnedTable, TableView

SIZES = {"word_dim": 20, "pos_dim": 4, "ner_dim": 4, "hidden": 6, "relation_dim": 10}
SOFTPLUS_1 = math.log(1 + math.exp(-1))  # -log sigmoid(1)


class Product(LinkPredictor):
    """z = head * relation: the smallest g."""

    def merge(self, head, relation):
        return head * relation


class Given(RelationExtractor):
    """An f that says what it was told."""

    def __init__(self, r_hat, num_relations):
        super().__init__(r_hat.size(1), num_relations)
        self.r_hat = torch.nn.Parameter(r_hat)

    def encode(self, graph, store):
        raise AssertionError("not needed here")


@pytest.fixture
def by_hand():
    """Tokens (pad, SUBJ (1, 2), OBJ (1, 0), OBJ (0, -1)), relations (1, 0.5) and (0, 1)."""
    rows = torch.tensor([[0.0, 0.0], [1.0, 2.0], [1.0, 0.0], [0.0, -1.0]])
    store = EmbeddingStore(
        token=LearnedTable(4, 2, weight=rows),
        relation=LearnedTable(2, 2, weight=torch.tensor([[1.0, 0.5], [0.0, 1.0]])),
        object=TableView("token", [2, 3]),
    )
    f = Given(torch.tensor([[1.0, 0.5]]), 2)
    return JRRELP(f, Product(2, 2, num_objects=2), store, label_smoothing=0.0)


def asked_by_hand(model):
    head, objects = model.store["token"](torch.tensor([1])), model.store["object"]()
    zero = torch.tensor([0])
    return LinkExamples(zero, zero, head, objects, torch.tensor([[1.0, 0.0]]))


def test_link_loss_eq_11(by_hand):
    # z = (1, 2) * (1, 0.5) = (1, 1), logits (1, -1), O = (1, 0)
    loss = by_hand.link_loss(asked_by_hand(by_hand))
    assert float(loss.detach()) == pytest.approx(SOFTPLUS_1)


def test_coupling_loss_eq_12_and_13(by_hand):
    # r_hat = (2, 0): z = (2, 0), logits (2, 0) plus b = (-1, -1) -> (1, -1)
    with torch.no_grad():
        by_hand.predictor.bias.fill_(-1.0)
    loss = by_hand.coupling_loss(torch.tensor([[2.0, 0.0]]), asked_by_hand(by_hand))
    assert float(loss.detach()) == pytest.approx(SOFTPLUS_1)


def test_relation_loss_is_the_cross_entropy_of_relation_rows(by_hand):
    # R r_hat + b = (1.25, 0.5) + (-0.25, -0.5) = (1, 0)
    with torch.no_grad():
        by_hand.extractor.bias.copy_(torch.tensor([-0.25, -0.5]))
    zero = torch.tensor([0])
    pairs = Pairs(torch.tensor([0, 1]), zero, zero, zero, zero, zero)
    loss = by_hand.relation_loss(by_hand.extractor.r_hat, pairs)
    assert float(loss.detach()) == pytest.approx(SOFTPLUS_1)


def test_one_relation_vector_gives_both_losses_alike(by_hand):
    asked = asked_by_hand(by_hand)
    torch.testing.assert_close(
        by_hand.coupling_loss(torch.tensor([[1.0, 0.5]]), asked), by_hand.link_loss(asked)
    )


def parts(seed=0):
    torch.manual_seed(seed)
    graphs, vocabularies = sentences()
    kinds = KindGraph.from_sentences(graphs, vocabularies, "no_relation")
    return graphs, vocabularies, kinds, new_store(vocabularies), CGCN(3, **SIZES)


def new_model(**options):
    graphs, vocabularies, kinds, store, f = parts()
    g = ConvE(20, 10, width=5, channels=4, num_objects=2)
    return JRRELP(f, g, store, kinds=kinds, **options), Batch.from_data_list(graphs), vocabularies


def touched(model):
    """The parameters that have a gradient other than zero."""
    return {n for n, p in model.named_parameters() if p.grad is not None and p.grad.any()}


def test_the_coupling_loss_reaches_f_g_and_masks_but_not_the_classifier():
    model, batch, _ = new_model()
    model.losses(batch)["coupling"].backward()
    untouched = {name for name, _ in model.named_parameters()} - touched(model)
    assert untouched == {"extractor.bias", "store.tables.relation.weight"}
    assert model.extractor.bias.grad is None and model.store["relation"].weight.grad is None
    assert {"predictor.bias", "predictor.conv.weight", "extractor.lstm.weight_hh_l0"} <= touched(
        model
    )


def test_the_link_loss_reaches_relations_masks_and_g_alone():
    model, batch, vocabularies = new_model()
    model.losses(batch)["link"].backward()
    g = {name for name, _ in model.named_parameters() if name.startswith("predictor.")}
    assert touched(model) == g | {"store.tables.relation.weight", "store.tables.token.weight"}
    rows = model.store["token"].weight.grad.any(1).nonzero().view(-1).tolist()
    masks = [i for i, word in enumerate(vocabularies.word) if word.startswith(("SUBJ-", "OBJ-"))]
    assert rows == masks


def test_the_coupling_loss_reaches_mask_rows_through_objects_and_words():
    model, batch, vocabularies = new_model()
    model.eval()
    model.losses(batch)["coupling"].backward()
    grad = model.store["token"].weight.grad
    assert grad[vocabularies.word["OBJ-ORG"]].any() and grad[vocabularies.word["left"]].any()


def test_detached_logits_train_relations_by_the_link_loss_alone():
    model, batch, _ = new_model(detach_relation_logits=True)
    model.losses(batch)["relation"].backward()
    assert "store.tables.relation.weight" not in touched(model)
    assert "extractor.bias" not in touched(model)
    model.losses(batch)["link"].backward()
    assert "store.tables.relation.weight" in touched(model)


def test_a_frozen_g_moves_its_statistics_alone():
    model, batch, _ = new_model(freeze_kglp=True)
    before = {n: p.clone() for n, p in model.predictor.named_parameters()}
    mean = model.predictor.hidden_norm.running_mean.clone()
    optimizer = torch.optim.SGD([p for ps in model.groups().values() for p in ps], 0.1)
    sum(model.losses(batch).values()).backward()
    optimizer.step()
    assert all(torch.equal(p, before[n]) for n, p in model.predictor.named_parameters())
    assert not torch.equal(mean, model.predictor.hidden_norm.running_mean)


def test_permuted_objects_permute_the_answers_and_leave_the_losses():
    model, batch, vocabularies = new_model()
    _, _, kinds, _, _ = parts()
    other_way = replace(kinds, object_rows=kinds.object_rows.flip(0), known=kinds.known.flip(2))
    store = new_store(vocabularies)
    store = EmbeddingStore(
        **{name: store[name] for name in ("token", "pos", "ner", "relation")},
        object=TableView("token", other_way.object_rows),
    )
    f, g = CGCN(3, **SIZES), ConvE(20, 10, width=5, channels=4, num_objects=2)
    other = JRRELP(f, g, store, kinds=other_way)
    with torch.no_grad():
        model.predictor.bias.copy_(torch.tensor([0.3, -0.7]))
    state = {k: v.clone() for k, v in model.state_dict().items()}
    state["predictor.bias"] = state["predictor.bias"].flip(0)
    state["known"], rows = state["known"].flip(2), "store.tables.object.rows"
    state[rows] = state[rows].flip(0)
    other.load_state_dict(state)
    model.eval(), other.eval()
    z = torch.randn(4, 20)
    torch.testing.assert_close(
        other.predictor.score(z, other.store["object"]()),
        model.predictor.score(z, model.store["object"]()).flip(1),
    )
    for name, loss in model.losses(batch).items():
        torch.testing.assert_close(other.losses(batch)[name], loss)


def trained(model, batch, steps=3):
    optimizer = torch.optim.SGD(model.groups()["extractor"] + model.groups()["store"], 0.1)
    torch.manual_seed(7)
    for _ in range(steps):
        optimizer.zero_grad()
        sum(model.losses(batch).values()).backward()
        optimizer.step()
    return {n: p.detach() for n, p in model.named_parameters() if not n.startswith("predictor")}


def test_lambda_zero_is_the_extractor_alone_bit_for_bit():
    graphs, _, kinds, store, f = parts()
    batch = Batch.from_data_list(graphs)
    alone = trained(JRRELP(f, None, store, 0.0, 0.0), batch)
    graphs, _, kinds, store, f = parts()
    g = ConvE(20, 10, width=5, channels=4, num_objects=2)
    zero = trained(JRRELP(f, g, store, 0.0, 0.0, kinds=kinds), batch)
    assert alone.keys() == zero.keys()
    assert all(torch.equal(alone[name], zero[name]) for name in alone)


def test_the_bottleneck_is_what_lambda_zero_keeps_from_the_published_baseline():
    # C-GCN ends in 200 channels, JRRELP's f in 100: with lambda 0 the layer 200 -> 100 stays.
    assert CGCN(42).mlp[-2].out_features == 200
    assert CGCN(42, relation_dim=100).mlp[-2].out_features == 100


def test_a_batch_is_its_members_one_by_one():
    model, batch, _ = new_model()
    model.eval()
    alone = torch.cat([model.predict(graph).logits for graph in sentences()[0]])
    torch.testing.assert_close(model.predict(batch).logits, alone, atol=1e-5, rtol=0)


def test_at_test_time_g_is_not_run(monkeypatch):
    model, batch, _ = new_model()
    monkeypatch.setattr(model.predictor, "merge", None)
    assert model.predict(batch).logits.shape == (5, 3)


def test_the_published_sizes_fit_together():
    _, vocabularies, _, _, _ = parts()
    store = new_store(vocabularies, word_dim=300, relation_dim=100, tag_dim=30)
    with torch.no_grad():
        model = JRRELP(CGCN(3, relation_dim=100), ConvE(300, 100, num_objects=2), store)
    assert (model.link_weight, model.coupling_weight, model.label_smoothing) == (0.5, 0.5, 0.1)
