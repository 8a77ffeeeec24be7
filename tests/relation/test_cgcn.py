"""CGCN: the suite of extractors, and a dense, padded second implementation."""

from __future__ import annotations

import pytest
import torch
from cases import RelationExtractorCase, new_store, sentences
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs.sentence import PATH
from graphkg.relation import CGCN, Encoded

SIZES = {"word_dim": 20, "pos_dim": 4, "ner_dim": 4, "hidden": 6, "relation_dim": 10}


class TestCGCN(RelationExtractorCase):
    def make(self):
        return CGCN(3, **SIZES)


class TestGCN(RelationExtractorCase):
    def make(self):
        return CGCN(3, **SIZES, lstm=False, pooling="avg", gcn_bias="paper")


def padded(f, graphs, store, pad_pooling=False):
    """The released code's way in eval mode: [B, L, D] with zeros, dense adjacency, masks."""
    length = max(graph["token"].num_nodes for graph in graphs)
    rows = []
    for graph in graphs:
        token, count = graph["token"], graph["token"].num_nodes
        pads = torch.zeros(length - count, dtype=torch.long)
        ids = {
            n: torch.cat([token[a], pads])
            for n, a in (("token", "word"), ("pos", "pos"), ("ner", "ner"))
        }
        x = torch.cat([store[name](index) for name, index in ids.items()], dim=1)
        if f.lstm is not None:
            x = torch.cat(
                [f.lstm(x[:count])[0], x.new_zeros(length - count, 2 * f.lstm.hidden_size)]
            )
        a = torch.zeros(length, length)
        a[tuple(graph[PATH].edge_index)] = 1.0
        d, mask = a.sum(1, keepdim=True) + 1, a.sum(1) > 0
        a = torch.zeros_like(a) if f.no_adjacency else a
        for gcn in f.gcn:
            x = ((gcn.linear(a @ x) + gcn.linear(x)) / d).relu()
        pooled = [x[mask].amax(0)]
        for mention in graph["mention"].span[graph["mention", "rel", "mention"].edge_index[:, 0]]:
            inside = torch.arange(length)
            inside = (inside >= mention[0]) & (inside < mention[1])
            inside[count:] = pad_pooling
            pooled.append(x[inside].amax(0))
        rows.append(f.mlp(torch.cat(pooled)))
    return torch.stack(rows)


@pytest.fixture
def parts():
    torch.manual_seed(0)
    graphs, vocabularies = sentences()
    return graphs[:4], new_store(vocabularies)  # the last one's tree is a single node


@pytest.mark.parametrize("options", [{}, {"lstm": False}, {"no_adjacency": True}])
@pytest.mark.parametrize("pad_pooling", [False, True])
def test_it_equals_the_padded_dense_form(parts, options, pad_pooling):
    graphs, store = parts
    f = CGCN(3, **SIZES, **options, official_pad_pooling=pad_pooling).eval()
    expected = padded(f, graphs, store, pad_pooling)
    torch.testing.assert_close(f(Batch.from_data_list(graphs), store), expected)


def test_official_pad_pooling_makes_a_result_depend_on_its_batch(parts):
    graphs, store = parts
    f = CGCN(3, **SIZES, official_pad_pooling=True).eval()
    with torch.no_grad():
        for gcn in f.gcn:
            gcn.linear.bias.fill_(1.0)
    alone, beside = f(graphs[0], store), f(Batch.from_data_list(graphs), store)[:1]
    assert not torch.allclose(alone, beside)
    torch.testing.assert_close(beside[:1], padded(f, graphs, store, True)[:1])


def test_a_tree_of_one_node_is_pooled_not_masked():
    torch.manual_seed(0)
    graphs, vocabularies = sentences(k=0)
    lonely = graphs[4]
    assert lonely[PATH].edge_index.size(1) == 0 and lonely["token"].kept.tolist() == [True, False]
    encoded = CGCN(3, **SIZES).eval().encode(lonely, new_store(vocabularies))
    assert encoded.sentence.abs().sum() > 0 and encoded.sentence.abs().max() < 1e3


def test_word_dropout_replaces_words_by_the_unknown_one_in_training_only(parts):
    graphs, store = parts
    f = CGCN(3, **SIZES, word_dropout=0.5, unknown=1)
    torch.manual_seed(0)
    word = torch.full((10_000,), 7)
    dropped = f.rows.drop_words(word)
    assert set(dropped.tolist()) == {1, 7} and 0.45 < float((dropped == 1).float().mean()) < 0.55
    assert torch.equal(f.eval().rows.drop_words(word), word)


def test_the_penalty_by_hand():
    f = CGCN(3, **SIZES, pooling_l2=0.5, conv_l2=0.1)
    with torch.no_grad():
        for weight in f.gcn.parameters():
            weight.fill_(1.0)
    count = sum(weight.numel() for weight in f.gcn.parameters())
    encoded = Encoded(torch.zeros(2, 10), torch.tensor([[1.0, 2.0], [0.0, 3.0]]))
    assert float(f.penalty(encoded).detach()) == pytest.approx(0.5 * (5 + 9) / 2 + 0.1 * count)
    assert CGCN(3, **SIZES, pooling_l2=0.0).penalty(encoded) is None


def test_the_shapes_of_the_paper():
    f = CGCN(42, relation_dim=100)
    assert f.lstm.input_size == 360 and f.lstm.hidden_size == 200 and f.lstm.bidirectional
    assert [(g.in_channels, g.out_channels) for g in f.gcn] == [(400, 200), (200, 200)]
    linears = [layer for layer in f.mlp if isinstance(layer, torch.nn.Linear)]
    assert [(x.in_features, x.out_features) for x in linears] == [(600, 200), (200, 100)]
    assert isinstance(f.mlp[-1], torch.nn.ReLU)
    assert not isinstance(CGCN(42, final_relu=False).mlp[-1], torch.nn.ReLU)


def test_dropouts_are_those_of_the_paper():
    f = CGCN(42)
    assert (f.rows.dropout.p, f.lstm_dropout.p, f.gcn_dropout.p) == (0.5, 0.5, 0.5)
    assert (f.rows.word_dropout, f.pooling_l2, f.conv_l2) == (0.04, 0.003, 0.0)


def test_tags_can_be_left_out(parts):
    graphs, store = parts
    f = CGCN(3, **{**SIZES, "pos_dim": 0, "ner_dim": 0}).eval()
    assert f(graphs[0], store).shape == (1, 10)


def test_sentences_that_were_not_pruned_are_an_error(parts):
    from cases import raw_sentences

    with pytest.raises(InputError, match="PruneTree"):
        CGCN(3, **SIZES)(raw_sentences()[0], parts[1])


@pytest.mark.parametrize("options", [{"pooling": "mean"}, {"gcn_bias": "none"}])
def test_an_unknown_choice_is_an_error(options):
    with pytest.raises(InputError, match="is one of"):
        CGCN(3, **options)


def test_detached_logits_leave_the_classifier_untouched(parts):
    graphs, store = parts
    f = CGCN(3, **SIZES)
    f.logits(f(graphs[0], store), store, detach=True).sum().backward()
    assert f.bias.grad is None and store["relation"].weight.grad is None
    assert f.mlp[0].weight.grad is not None


def test_the_printed_form():
    text = "CGCN(300+30+30 -> 100, 42 relations, 2 convolutions, lstm=True)"
    assert repr(CGCN(42, relation_dim=100)) == text
