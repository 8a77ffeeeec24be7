"""ToPieces: which piece is of which token, masks as one piece, the limit."""

from __future__ import annotations

import pytest
import torch
from cases import TransformCase, raw_sentences
from pieces import VOCABULARY, mask_ids, tiny_tokenizer

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.graphs.sentence import OF
from graphkg.transforms import Substitute, ToPieces

UNKNOWN, FIRST, LAST = 1, 2, 3


def ids(*pieces: str) -> list[int]:
    return [VOCABULARY.index(piece) for piece in pieces]


class TestToPieces(TransformCase):
    def make(self):
        return ToPieces(tiny_tokenizer())


def test_words_become_pieces_between_the_special_ones():
    graph = SentenceGraph.build("Romeville -LRB- zzz left".split())
    found = ToPieces(tiny_tokenizer())(graph)
    # "Romeville" is the longest known prefix and the rest; a bracket is written as such
    inner = ids("Rome", "##ville", "(") + [UNKNOWN] + ids("left")
    assert found["piece"].input_id.tolist() == [FIRST, *inner, LAST]
    assert found[OF].edge_index.tolist() == [[1, 2, 3, 4, 5], [0, 0, 1, 2, 3]]
    assert found["piece"].num_nodes == 7 and not found["piece"].segment.any()


def test_a_mention_of_several_masked_tokens_is_one_piece():
    graph = Substitute()(raw_sentences()[0])  # SUBJ SUBJ left OBJ today
    masks = mask_ids([graph])
    found = ToPieces(tiny_tokenizer(), masks)(graph)
    subject, object_ = masks["SUBJ-PER"], masks["OBJ-LOC"]
    expected = [FIRST, subject, *ids("left"), object_, *ids("today"), LAST]
    assert found["piece"].input_id.tolist() == expected
    assert found[OF].edge_index.tolist() == [[1, 1, 2, 3, 4], [0, 1, 2, 3, 4]]


def test_masks_alone_need_no_tokenizer_call():
    graph = Substitute()(raw_sentences()[4])  # OBJ Ann: the object overwrites the subject
    found = ToPieces(tiny_tokenizer(), mask_ids([graph]))(graph)
    assert found["piece"].num_nodes == 4


def test_beyond_the_limit_the_nearest_pieces_to_a_mention_stay():
    words = "a b c d e f g h i j".split()
    mentions, pairs = [(1, 2, "X"), (8, 9, "Y")], [(0, 1, None)]
    graph = SentenceGraph.build(words, mentions=mentions, pairs=pairs)
    found = ToPieces(tiny_tokenizer(), limit=8)(graph)
    # six of ten stay: b and i, then a c h j
    assert found["piece"].input_id.tolist() == [FIRST, *ids("a", "b", "c", "h", "i", "j"), LAST]
    assert found[OF].edge_index.tolist() == [[1, 2, 3, 4, 5, 6], [0, 1, 2, 7, 8, 9]]
    nowhere = ToPieces(tiny_tokenizer(), limit=4)(SentenceGraph.build(words))
    assert nowhere["piece"].input_id.tolist() == [FIRST, *ids("a", "b"), LAST]


def test_beyond_the_limit_the_first_pieces_stay_where_mentions_are_to_be_found():
    words = "a b c d e f g h".split()
    far = SentenceGraph.build(words, mentions=[(6, 8, "X")])
    found = ToPieces(tiny_tokenizer(), limit=5, keep="start")(far)
    assert found["piece"].input_id.tolist() == [FIRST, *ids("a", "b", "c"), LAST]
    with pytest.raises(InputError, match="keep is one of"):
        ToPieces(tiny_tokenizer(), keep="end")


def test_an_empty_sentence_has_the_special_pieces():
    found = ToPieces(tiny_tokenizer())(SentenceGraph.build([]))
    assert found["piece"].input_id.tolist() == [FIRST, LAST]
    assert found[OF].edge_index.shape == (2, 0) and found[OF].edge_index.dtype == torch.long


def test_a_limit_without_room_for_two_mentions_is_an_error():
    with pytest.raises(InputError, match="at least 4"):
        ToPieces(tiny_tokenizer(), limit=3)
