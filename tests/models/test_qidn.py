"""QIDN as a whole (reference checks of the paper): it learns, and what it may not depend on."""

from __future__ import annotations

import copy

import pytest
import torch
from slot_models import batch_of, encoded, found_spans, gold_spans, learn, raw_triples, small_qidn
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.models import QIDN

slow = pytest.mark.slow
ABLATIONS = [
    {},
    {"keys": "token"},
    {"branches": False},
    {"instance_weight": 0.0},
    {"class_weight": 0.0},
    {"instance_weight": 0.0, "class_weight": 0.0},
]
OTHERS = [
    {"hidden": "entity_to_relation"},
    {"hidden": "relation_to_entity"},
    {"hidden": "both"},
    {"token_pooling": "first", "query_positions": True, "activation": "gelu"},
    {"learned_temperature": True, "null_weight": 0.5, "auxiliary": True},
    {"relation_mean": "triples"},
    {"model_dim": 12, "lstm_layers": 3, "instance_bank": 4, "longest": 5},
    {"lstm_residual": True, "query_positions": True},
    {"num_types": 2, "pseudo_instances": True},
]
named = str


@pytest.mark.parametrize(
    "options",
    [ABLATIONS[0], *(pytest.param(each, marks=slow) for each in ABLATIONS[1:] + OTHERS)],
    ids=named,
)
def test_overlapping_triples_are_learned_exactly(options):
    model, batch = small_qidn(**options), batch_of()
    learn(model, batch)
    assert found_spans(model.predict(batch).triples) == gold_spans()


def test_types_and_entities_in_no_triple_are_learned():
    model, batch = small_qidn(num_types=2, pseudo_instances=True), batch_of()
    learn(model, batch)
    found = model.predict(batch)
    spans = zip(found.entities.sentence.tolist(), found.entities.span.tolist())
    kinds = [(n, *span, kind) for (n, span), kind in zip(spans, found.entities.kind.tolist())]
    expected = [
        (n, m.start, m.end, ["PER", "LOC"].index(m.kind))
        for n, graph in enumerate(raw_triples())
        for m in graph.mentions
    ]
    assert sorted(kinds) == sorted(expected)
    assert found.triples.kind.min() >= 0


@pytest.mark.parametrize("options", ABLATIONS + OTHERS, ids=named)
def test_gradients_reach_every_parameter(options):
    model = small_qidn(**options)
    sum(model.losses(batch_of()).values()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("options", [{}, {"keys": "token"}, {"num_types": 2}], ids=named)
def test_a_batch_is_its_members_one_by_one(options):
    model, graphs = small_qidn(**options).eval(), encoded()
    whole = model(Batch.from_data_list(graphs))
    for number, graph in enumerate(graphs):
        alone, width = model(Batch.from_data_list([graph])), len(graph.words)
        for name in ("relation", "instance"):
            both = [getattr(x.slots[0], name) for x in (whole, alone)]
            torch.testing.assert_close(both[0][number], both[1][0], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(
            whole.slots[0].boundary[number, ..., :width],
            alone.slots[0].boundary[0],
            atol=1e-5,
            rtol=1e-4,
        )


def test_losses_do_not_depend_on_the_order_of_triples_and_mentions():
    model = small_qidn(num_types=2, pseudo_instances=True)
    graph = raw_triples()[1]
    mentions = [(m.start, m.end, m.kind) for m in graph.mentions]
    pairs = [(3 - s, 3 - o, relation) for s, o, relation in graph.pairs]
    other = SentenceGraph.build(graph.words, mentions=mentions[::-1], pairs=pairs[::-1])
    one, two = (model.losses(batch_of([each])) for each in (graph, other))
    for name, loss in one.items():
        torch.testing.assert_close(loss, two[name])


def test_a_hidden_entity_branch_leaves_relation_queries_unchanged():
    for hidden, unchanged in (("both", True), ("none", False)):
        model, batch = small_qidn(hidden=hidden).eval(), batch_of()
        before = model(batch)
        torch.nn.init.normal_(model.queries.branches["entity"].weight)
        after = model(batch)
        q_r = [model.queries.split(x.decoded.last)[0] for x in (before, after)]
        assert torch.equal(*q_r) == unchanged
        assert torch.equal(before.slots[0].relation, after.slots[0].relation) == unchanged
        assert not torch.equal(before.slots[0].boundary, after.slots[0].boundary)


def test_predictions_do_not_read_mentions_or_relations():
    model = small_qidn()
    learn(model, batch_of(), 40)
    bare = [SentenceGraph.build(graph.words, text=graph.text) for graph in raw_triples()]
    given, blind = (model.predict(batch_of(graphs)).triples for graphs in (raw_triples(), bare))
    assert len(given.score) and torch.equal(given.score, blind.score)
    assert found_spans(given) == found_spans(blind)


def test_prediction_is_without_dropout_and_leaves_the_mode():
    model, batch = small_qidn(dropout=0.5), batch_of()
    with torch.no_grad():
        assert not torch.equal(model(batch).decoded.last, model(batch).decoded.last)
    one, two = (model._read(batch).decoded.last for _ in range(2))
    assert torch.equal(one, two) and model.training


def test_words_behind_the_last_piece_are_no_boundaries_and_no_keys():
    # Six pieces reach "[CLS] Ann born Ro ##me [SEP]": the gold that ends later is left out.
    model, graphs = small_qidn(), encoded(limit=6)
    batch = Batch.from_data_list([graphs[1], graphs[0]])
    reading = model(batch)
    assert reading.mask.sum(1).tolist() == [3, 4]
    known = reading.spans.last[reading.spans.sentence == 0]
    assert known.max() == 2
    assert (reading.slots[0].boundary[0].exp()[..., 3:] == 0).all()
    losses = model.losses(batch)
    assert all(loss.isfinite() and loss < 100 for loss in losses.values())
    sum(losses.values()).backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())
    assert model.dropped == {"outside": 2, "surplus": 0}
    found = model.predict(batch, joint=True).triples
    assert (torch.cat([found.subject, found.object])[found.sentence.repeat(2) == 0] <= 3).all()


def test_sentences_without_words_have_no_triples():
    empty = SentenceGraph.build([])
    model = small_qidn()
    for graphs in ([empty], [empty, *raw_triples()]):
        batch = batch_of(graphs)
        for joint in (False, True):
            assert not (model.predict(batch, joint).triples.sentence == 0).any()
        losses = model.losses(batch)
        sum(losses.values()).backward()
        assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())


def test_surplus_gold_is_left_out_and_counted_in_training_alone():
    model, batch = small_qidn(num_queries=2), batch_of()
    model.eval().losses(batch)
    assert model.dropped == {"outside": 0, "surplus": 0}
    model.train().losses(batch)
    assert model.dropped == {"outside": 0, "surplus": 1}
    assert model.state_dict().keys() == small_qidn(num_queries=2).state_dict().keys()


def test_losses_have_the_names_that_have_a_weight():
    batch = batch_of()
    assert list(small_qidn().losses(batch)) == ["triple", "instance", "class"]
    assert list(small_qidn(**ABLATIONS[-1]).losses(batch)) == ["triple"]
    auxiliary = small_qidn(auxiliary=True, class_weight=0.0)
    assert list(auxiliary.losses(batch)) == ["triple", "auxiliary", "instance"]
    assert list(auxiliary.eval().losses(batch)) == ["triple", "instance"]
    doubled = small_qidn(instance_weight=2.0, class_weight=3.0).losses(batch)
    plain = small_qidn().losses(batch)
    torch.testing.assert_close(doubled["instance"], 2 * plain["instance"])
    torch.testing.assert_close(doubled["class"], 3 * plain["class"])


def test_a_batch_without_triples_trains_the_null_class():
    model = small_qidn()
    losses = model.losses(batch_of(raw_triples()[3:]))
    assert losses["instance"] == 0 and losses["class"] == 0 and losses["triple"] > 0
    sum(losses.values()).backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())


def test_loaded_weights_give_the_same_bits():
    model, other = small_qidn(instance_bank=4), small_qidn(instance_bank=4)
    model.losses(batch_of())
    torch.nn.init.normal_(model.queries.rows)
    other.load_state_dict(copy.deepcopy(model.state_dict()))
    one, two = (x.eval()(batch_of()).slots[0] for x in (model, other))
    assert torch.equal(one.boundary, two.boundary) and torch.equal(one.relation, two.relation)
    assert torch.equal(model.objective.bank.label, other.objective.bank.label)


def test_groups_hold_every_parameter_once():
    model = small_qidn()
    groups = model.groups()
    assert list(groups) == ["encoder", "head"]
    both = [id(p) for group in groups.values() for p in group]
    assert sorted(both) == sorted(map(id, model.parameters()))
    assert {id(p) for p in groups["encoder"]} == {id(p) for p in model.tokens.encoder.parameters()}


@pytest.mark.parametrize(("branches", "width"), [(True, 10), (False, 5)])
def test_a_picture_gets_the_weights_of_every_span(branches, width):
    model, graph = small_qidn(branches=branches), encoded()[0]
    seen = model.attention(graph)
    spans = [[i, j] for i in range(4) for j in range(i + 1, 5)]
    assert seen.spans.tolist() == spans
    assert seen.cross.shape == (2, 2, width, len(spans)) and seen.own.shape[2:] == (width, width)
    torch.testing.assert_close(seen.cross.sum(3), torch.ones(2, 2, width))
    tokens = small_qidn(keys="token").attention(graph)
    assert tokens.spans.tolist() == [[i, i + 1] for i in range(4)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keys": "words"}, "keys is one of"),
        ({"hidden": "all"}, "hidden is one of"),
        ({"activation": "tanh"}, "activation is one of"),
        ({"token_pooling": "mean"}, "token_pooling is one of"),
        ({"temperature": 0.0}, "temperature is greater than 0"),
        ({"num_queries": 0}, "num_queries is greater than 0"),
        ({"heads": 3}, "3 heads were asked for over 16 channels"),
        ({"model_dim": 15, "heads": 3}, "make it even"),
        ({"hidden": "both", "branches": False}, "leave one of the two out"),
        ({"pseudo_instances": True}, "give num_types"),
    ],
)
def test_options_that_do_not_fit_are_errors(options, message):
    with pytest.raises(InputError, match=message):
        small_qidn(**options)


def test_the_printed_form():
    assert repr(small_qidn()) == (
        "QIDN(TextEncoder(bert, 2 layers, 16, 35 pieces, cls), 3 relations, 0 types, "
        "Queries(5, 16, branches=2), QueryDecoder(16, layers=2, heads=2), spans up to 8)"
    )
    assert repr(small_qidn(keys="token")).endswith("tokens)")
    assert repr(small_qidn().objective) == "QIDNLosses(3 relations, instance=1.0, class=1.0)"


def test_the_sizes_of_the_paper_are_the_defaults():
    encoder = small_qidn(heads=2).tokens.encoder
    model = QIDN(encoder, 24)
    assert model.queries.rows.shape == (15, 16) and len(model.decoder.layers) == 5
    assert model.tokens.lstm.num_layers == 3 and model.longest == 8
