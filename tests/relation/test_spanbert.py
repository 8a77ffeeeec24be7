"""SpanBERT: the suite of extractors over a tiny encoder."""

from __future__ import annotations

import pytest
import torch
from cases import RelationExtractorCase, new_store, raw_sentences, sentences
from pieces import mask_ids, tiny_encoder, tiny_tokenizer
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.link import ConvE
from graphkg.models import JRRELP, KindGraph
from graphkg.relation import SpanBERT
from graphkg.stores import EmbeddingStore, LearnedTable, TableView
from graphkg.transforms import Substitute, ToPieces


def with_pieces():
    """The sentences of ``cases.py`` in pieces, their vocabularies and how many masks they have."""
    graphs, vocabularies = sentences()
    masks = mask_ids(graphs)
    return [ToPieces(tiny_tokenizer(), masks)(graph) for graph in graphs], vocabularies, masks


def masked_encoder(pooling="pooler"):
    encoder = tiny_encoder(pooling)
    encoder.add_rows(len(with_pieces()[2]))
    return encoder


class Case(RelationExtractorCase):
    @pytest.fixture
    def parts(self):
        torch.manual_seed(0)
        graphs, vocabularies, _ = with_pieces()
        store = EmbeddingStore(relation=LearnedTable(len(vocabularies.relation), 10))
        return self.make(), store, graphs


class TestSpanBERT(Case):
    def make(self):
        return SpanBERT(3, masked_encoder())


class TestMentions(Case):
    def make(self):
        return SpanBERT(3, masked_encoder("cls"), read="mentions", relation_dim=10)


class TestProjected(Case):
    def make(self):
        encoder = tiny_encoder("mean", dim=6)
        encoder.add_rows(len(with_pieces()[2]))
        return SpanBERT(3, encoder, relation_dim=10)


def test_mentions_are_read_at_their_masks():
    torch.manual_seed(0)
    graphs, vocabularies, _ = with_pieces()
    store = EmbeddingStore(relation=LearnedTable(3, 6))
    f = SpanBERT(3, masked_encoder("cls"), read="mentions", relation_dim=6).eval()
    piece = graphs[0]["piece"]  # [CLS] SUBJ left OBJ today [SEP]
    rows = f.encoder(piece.input_id, torch.tensor([0, 6]))
    expected = torch.tanh(f.project(torch.cat([rows[1], rows[3]]).unsqueeze(0)))
    torch.testing.assert_close(f(Batch.from_data_list(graphs), store)[:1], expected)


def test_masks_are_words_of_f_and_entities_of_g():
    torch.manual_seed(0)
    graphs, vocabularies, masks = with_pieces()
    encoder = tiny_encoder()
    first = encoder.add_rows(len(vocabularies.word))
    kinds = KindGraph.from_sentences(graphs, vocabularies, "no_relation")
    store = EmbeddingStore(
        token=TableView(encoder.embedding, range(first, first + len(vocabularies.word))),
        relation=LearnedTable(3, 10),
        object=TableView("token", kinds.object_rows),
    )
    g = ConvE(10, 10, width=5, channels=4, num_objects=kinds.object_rows.numel())
    model = JRRELP(SpanBERT(3, encoder), g, store, kinds=kinds)
    ids = {mask: first + vocabularies.word[mask] for mask in masks}
    plain = [Substitute()(graph) for graph in raw_sentences()]
    encoded = [ToPieces(tiny_tokenizer(), ids)(graph.encode(vocabularies)) for graph in plain]
    losses = model.losses(Batch.from_data_list(encoded))
    (losses["link"] + losses["coupling"]).backward()
    gradient = encoder.embedding.weight.grad[first:].abs().sum(1)
    used = {vocabularies.word[mask] for mask in masks}
    assert gradient[sorted(used)].gt(0).all()
    names = [name for name, _ in model.named_parameters()]
    assert len([name for name in names if "word_embeddings" in name]) == 1
    assert list(model.groups()) == ["encoder", "extractor", "predictor", "store"]


def test_sentences_without_pieces_are_an_error():
    graphs, vocabularies = sentences()
    with pytest.raises(InputError, match="graphkg.transforms.ToPieces"):
        SpanBERT(3, tiny_encoder())(graphs[0], new_store(vocabularies))


def test_an_unknown_reading_is_an_error():
    with pytest.raises(InputError, match="read is one of"):
        SpanBERT(3, tiny_encoder(), read="middle")


def test_the_printed_form():
    inner = "TextEncoder(bert, 2 layers, 10, 35 pieces, pooler)"
    assert repr(SpanBERT(3, tiny_encoder())) == f"SpanBERT({inner} -> 10, 3 relations, read=text)"
