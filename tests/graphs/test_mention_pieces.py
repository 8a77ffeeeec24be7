"""Pieces of mentions, along piece -> token -> mention -> entity edges."""

from __future__ import annotations

import pytest
import torch
from jaket_models import ROME, ROMEVILLE, joined, sentences, small_graph
from pieces import tiny_tokenizer
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import JointGraph, SentenceGraph, check_links, linked_entities
from graphkg.graphs.mention_pieces import mention_ends, mention_pieces
from graphkg.transforms import ToPieces


def batch_of(graphs=None):
    return Batch.from_data_list(graphs or sentences())


def test_pieces_of_mentions_are_those_of_their_tokens():
    # [CLS] Ann left Rome ##ville [SEP] | [CLS] the city of Rome fell [SEP] | [CLS] Lee left [SEP]
    batch = batch_of()
    expected = [(1, 0), (3, 1), (4, 1), (8, 2), (9, 2), (10, 2), (10, 3), (14, 4), (15, 5)]
    pairs = mention_pieces(batch)
    assert [tuple(pair) for pair in pairs.t().tolist()] == expected
    first, last = mention_ends(pairs, 6)
    assert first.tolist() == [1, 3, 8, 10, 14, 15] and last.tolist() == [1, 4, 10, 10, 14, 15]


def test_a_mention_that_was_cut_has_no_piece():
    graph = SentenceGraph.build("a b Rome".split(), mentions=[(2, 3, "X"), (0, 2, "X")])
    graph = ToPieces(tiny_tokenizer(), limit=4, keep="start")(graph)
    pairs = mention_pieces(graph)
    assert pairs.tolist() == [[1, 2], [1, 1]]
    assert [x.tolist() for x in mention_ends(pairs, 2)] == [[-1, 1], [-1, 2]]


def test_one_piece_of_several_tokens_is_in_their_mention_once():
    words = ["SUBJ-X", "SUBJ-X", "left"]
    graph = SentenceGraph.build(words, mentions=[(0, 2, "X")])
    graph = ToPieces(tiny_tokenizer(), masks={"SUBJ-X": 7})(graph)
    assert mention_pieces(graph).tolist() == [[1], [0]]


def test_sentences_without_mentions_have_no_pairs():
    graph = ToPieces(tiny_tokenizer())(SentenceGraph.build(["a"]))
    pairs = mention_pieces(graph)
    assert pairs.shape == (2, 0) and mention_ends(pairs, 0)[0].numel() == 0


def test_without_pieces_it_is_one_sentence():
    with pytest.raises(InputError, match="graphkg.transforms.ToPieces"):
        mention_pieces(SentenceGraph.build(["a"]))


def test_links_lead_from_pieces_to_the_entities_of_their_mentions():
    links = [tuple(pair) for pair in joined().piece_links().t().tolist()]
    one = [(1, 0), (3, ROMEVILLE), (4, ROMEVILLE)]
    two = [(8, ROMEVILLE), (9, ROMEVILLE), (10, ROME), (10, ROMEVILLE)]
    assert links == [*one, *two, (14, 1)]  # Rome lies within another mention; "left" is not linked


def test_overlapping_mentions_of_one_entity_are_one_link():
    graph = sentences()[1]
    graph["mention"].entity = torch.tensor([ROME, ROME])
    links = joined([graph]).piece_links()
    assert links.tolist() == [[2, 3, 4], [ROME] * 3]


def test_an_entity_outside_of_the_piece_of_the_graph_is_no_link():
    piece = small_graph().subgraph({"entity": torch.tensor([ROME])})
    links = JointGraph.join(batch_of(), piece).piece_links()
    assert links.tolist() == [[10], [0]]


def test_seeds_are_the_distinct_linked_entities():
    assert linked_entities(batch_of()).tolist() == [0, 1, 2, 3]


def test_a_link_to_an_unknown_entity_names_sentence_and_mention():
    graphs = sentences()
    check_links(batch_of(graphs), 4)
    said = r"sentence 'two': mention 0 is linked to entity 3, but the graph has 3 \(0-2\)"
    graphs[0]["mention"].entity = torch.tensor([0, 0])
    with pytest.raises(InputError, match=said):
        check_links(batch_of(graphs), 3)
    with pytest.raises(InputError, match=said):
        check_links(graphs[1], 3)
