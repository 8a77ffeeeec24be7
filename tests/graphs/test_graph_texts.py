"""GraphTexts: what a text model reads of a graph."""

from __future__ import annotations

import pytest
import torch
from pieces import VOCABULARY, tiny_tokenizer

from graphkg.errors import InputError
from graphkg.graphs import GraphTexts


def texts(limit=12):
    return GraphTexts.from_texts(
        ["Ann : born today", "Rome the city", "a"], ["Ann", "Rome", "a"], ["born in"],
        tiny_tokenizer(), limit, inverse="of ",
    )  # fmt: skip


def words(sequences, number):
    inside = slice(int(sequences.ptr[number]), int(sequences.ptr[number + 1]))
    return " ".join(VOCABULARY[i] for i in sequences.piece[inside].tolist())


def test_texts_are_framed_as_the_papers_frame_them():
    found = texts()
    one, two = torch.tensor([1, 0]), torch.tensor([0, 1])
    assert words(found.entities(one), 0) == "[CLS] Rome the city [SEP]"
    queries = found.queries(one, two)
    assert words(queries, 0) == "[CLS] Rome the city [SEP] born in [SEP]"
    assert words(queries, 1) == "[CLS] Ann : born today [SEP] of born in [SEP]"
    assert words(found.pairs(one, two), 0) == "[CLS] Rome the city [SEP] Ann : born today [SEP]"
    assert words(found.name_pairs(one, two), 0) == "[CLS] Rome [SEP] Ann [SEP]"
    triple = found.triples(torch.tensor([[2, 0, 1]]))
    assert words(triple, 0) == "[CLS] a [SEP] born in [SEP] Rome the city [SEP]"
    assert triple.segment.tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0]
    assert (found.num_entities, found.num_relations) == (3, 1)


def test_texts_beyond_the_limit_are_cut_and_counted():
    found = texts(limit=5)
    assert found.counts == {"cut": 1}
    assert words(found.entities(torch.tensor([0])), 0) == "[CLS] Ann : born [SEP]"


def test_further_entities_stand_behind_the_others():
    found = texts().with_entities(["Lee left"], ["Lee"], tiny_tokenizer())
    assert found.num_entities == 4
    assert words(found.entities(torch.tensor([3, 0])), 0) == "[CLS] Lee left [SEP]"
    assert found.name[3].tolist() == [VOCABULARY.index("Lee")]
    assert texts().num_entities == 3


def test_a_text_without_a_piece_is_an_error():
    with pytest.raises(InputError, match="the text '' of entity 1 has no word piece"):
        GraphTexts.from_texts(["a", ""], ["a", "b"], ["of"], tiny_tokenizer())


def test_a_tokenizer_without_separating_pieces_is_an_error():
    tokenizer = tiny_tokenizer()
    tokenizer.sep_token = None
    with pytest.raises(InputError, match=r"no first or no separating piece \(\[CLS\], \[SEP\]\)"):
        GraphTexts.from_texts(["a"], ["a"], ["of"], tokenizer)


def test_the_printed_form():
    assert repr(texts()) == "GraphTexts(3 entities, 1 relations, 8 pieces, limit=12)"
