"""PALSTM: the suite of extractors, and a padded second implementation."""

from __future__ import annotations

import pytest
import torch
from cases import RelationExtractorCase, new_store, raw_sentences, sentences
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.relation import PALSTM, Pairs

SIZES = {"word_dim": 20, "pos_dim": 4, "ner_dim": 4, "offset_dim": 4, "limit": 3}
SMALL = {**SIZES, "hidden": 10, "attention_dim": 6}


def attentive(**options) -> PALSTM:
    """With a score that is not 0, as after training."""
    f = PALSTM(3, **{**SMALL, **options})
    torch.nn.init.normal_(f.attention.score)
    return f


class Case(RelationExtractorCase):
    def store(self, vocabularies):
        return new_store(vocabularies, offsets=3)


class TestPALSTM(Case):
    def make(self):
        return attentive()

    def test_gradients_reach_every_parameter(self, parts):
        f, store, graphs = parts
        with torch.no_grad():  # N(0, 0.001) leaves the query's gradient below what float32 sees
            for weight in f.attention.parameters():
                weight.normal_()
        super().test_gradients_reach_every_parameter(parts)


class TestProjected(Case):
    def make(self):
        return attentive(hidden=6, relation_dim=10, layers=1)


class TestLSTM(Case):
    def make(self):
        return PALSTM(3, **SMALL, attention=False)

    def store(self, vocabularies):
        return new_store(vocabularies)

    def test_it_asks_for_no_table_but_those_it_names(self, parts):
        f, store, graphs = parts
        assert "offset" not in store and f(graphs[0], store).shape == (1, 10)


@pytest.fixture
def parts():
    torch.manual_seed(0)
    graphs, vocabularies = sentences()
    return graphs, new_store(vocabularies, offsets=3)


def test_it_equals_the_padded_form_with_masks(parts):
    graphs, store = parts
    f = attentive().eval()
    batch = Batch.from_data_list(graphs)
    rows, pairs = f.rows(batch, store), Pairs.of(batch)
    lengths = pairs.ptr.diff()
    mask = torch.arange(12) < lengths.unsqueeze(1)  # [B, L]
    x = torch.zeros(5, 12, rows.size(1)).masked_scatter(mask.unsqueeze(2), rows)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        x, lengths, batch_first=True, enforce_sorted=False
    )
    out, (state, _) = f.lstm(packed)
    h = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True)[0]
    offsets = torch.zeros(5, 12, 8).masked_scatter(mask.unsqueeze(2), f._offsets(batch, store))
    attention = f.attention
    u = attention.token(h) + attention.query(state[-1]).unsqueeze(1) + attention.feature(offsets)
    weight = (u.tanh() @ attention.score).masked_fill(~mask, -torch.inf).softmax(1)
    expected = (weight.unsqueeze(1) @ h).squeeze(1)
    torch.testing.assert_close(f(batch, store), expected)


def test_the_offset_tells_where_subject_and_object_stand(parts):
    graphs, store = parts
    with torch.no_grad():
        store["offset"].weight.copy_(torch.arange(-3.0, 4).unsqueeze(1).expand(7, 4))
    # "SUBJ SUBJ left OBJ today": from the subject 0 0 1 2 3, from the object -3 -2 -1 0 1
    found = attentive()._offsets(graphs[0], store)
    assert found[:, 0].tolist() == [0, 0, 1, 2, 3] and found[:, 4].tolist() == [-3, -2, -1, 0, 1]
    # twelve tokens, subject at 3: those further than the limit share its row
    assert attentive()._offsets(graphs[1], store)[-1, 0] == 3


def test_the_shapes_of_the_paper():
    f = PALSTM(42)
    assert (f.lstm.input_size, f.lstm.hidden_size, f.lstm.num_layers) == (360, 200, 2)
    assert not f.lstm.bidirectional and f.lstm.dropout == f.dropout.p == f.rows.dropout.p == 0.5
    assert f.attention.feature.weight.shape == (200, 60) and f.relation_dim == 200
    assert f.project is None and not f.attention.score.any()


def test_sentences_without_offsets_are_an_error(parts):
    with pytest.raises(InputError, match="graphkg.transforms.Offsets"):
        PALSTM(3, **SMALL)(raw_sentences()[0], parts[1])


def test_another_limit_than_the_table_has_is_an_error(parts):
    graphs, store = parts
    with pytest.raises(InputError, match="7 rows, but offsets of at most 5 need 11"):
        PALSTM(3, **{**SMALL, "limit": 5})(graphs[0], store)


def test_the_printed_form():
    text = "PALSTM(300+30+30 -> 200, 42 relations, 2 layers, attention=True)"
    assert repr(PALSTM(42)) == text
