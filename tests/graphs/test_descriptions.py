"""Descriptions: their pieces, where the name stands, and what stands in for it."""

from __future__ import annotations

import pytest
import torch
from jaket_models import ANN, LEE, ROME, ROMEVILLE, A, descriptions
from pieces import VOCABULARY, tiny_tokenizer

from graphkg.errors import InputError
from graphkg.graphs import Descriptions
from graphkg.graphs import descriptions as file


def of(*texts, limit=64):
    names, given = zip(*texts)
    return Descriptions.from_texts(names, given, tiny_tokenizer(), limit)


def shown(found, node):
    """The text as it is read, and its mention."""
    asked = found.gather(torch.tensor([node]))
    pieces = [VOCABULARY[i] for i in asked.sequences.piece.tolist()]
    return " ".join(pieces), " ".join(pieces[int(asked.first) : int(asked.last) + 1])


def test_the_mention_is_where_the_name_first_stands():
    found = descriptions()
    assert shown(found, ANN) == ("[CLS] Ann born today [SEP]", "Ann")
    assert shown(found, ROME) == ("[CLS] the city of Rome [SEP]", "Rome")
    assert shown(found, ROMEVILLE) == ("[CLS] there Rome ##ville fell [SEP]", "Rome ##ville")
    twice = of(("city of Rome", "a city of Rome : city of Rome"))
    assert (twice.first.tolist(), twice.last.tolist()) == ([2], [4])


def test_without_the_name_the_first_special_piece_stands_for_it():
    assert shown(descriptions(), A) == ("[CLS] b c d [SEP]", "[CLS]")


def test_a_name_is_found_as_whole_words_alone_and_first_in_its_own_case():
    assert shown(of(("Rome", "Romeville fell")), 0)[1] == "[CLS]"
    assert of(("Rome", "Romeville Rome")).first.tolist() == [3]
    assert of(("The", "the The")).first.tolist() == [2]
    assert of(("The City", "a the city")).first.tolist() == [2]
    assert of(("a (b)", "c a (b)")).last.tolist() == [5]


def test_the_name_stands_for_a_description_and_special_pieces_for_both():
    found = of(("Lee", ""), ("", ""), ("", "a b"), (" ", " "))
    assert shown(found, 0) == ("[CLS] Lee [SEP]", "Lee")
    assert shown(found, 1) == shown(found, 3) == ("[CLS] [SEP]", "[CLS]")
    assert shown(found, 2) == ("[CLS] a b [SEP]", "[CLS]")
    assert found.counts == {"without_description": 3, "without_text": 2, "unmentioned": 1, "cut": 0}
    assert shown(descriptions(), LEE)[0] == "[CLS] Lee [SEP]"


def test_a_long_text_is_cut_and_a_mention_that_is_cut_is_none():
    found = of(
        ("Rome", "a b c Rome d"), ("Romeville", "a b c Romeville"), ("a", "a b c d"), limit=6
    )
    assert shown(found, 0) == ("[CLS] a b c Rome [SEP]", "Rome")
    assert shown(found, 1) == ("[CLS] a b c Rome [SEP]", "[CLS]")
    assert shown(found, 2) == ("[CLS] a b c d [SEP]", "a")
    assert found.counts["cut"] == 2 and found.counts["unmentioned"] == 1


def test_ends_of_several_nodes_count_all_pieces():
    asked = descriptions().gather(torch.tensor([ROME, A, ROME]))
    assert asked.sequences.ptr.tolist() == [0, 6, 11, 17]
    assert asked.first.tolist() == [4, 6, 15] and asked.last.tolist() == [4, 6, 15]


def test_texts_are_tokenised_in_chunks_alike(monkeypatch):
    whole = descriptions()
    monkeypatch.setattr(file, "CHUNK", 2)
    assert descriptions().checksum() == whole.checksum()
    assert descriptions().counts == whole.counts


def test_further_nodes_stand_behind_the_others():
    more = of(("Lee", "left Lee"))
    both = descriptions().followed_by(more)
    assert len(both) == 6 and shown(both, 5) == ("[CLS] left Lee [SEP]", "Lee")
    assert shown(both, ROME) == shown(descriptions(), ROME)
    assert both.counts["without_description"] == 1
    assert both.checksum() != descriptions().checksum()
    with pytest.raises(InputError, match="one tokenizer and one limit"):
        descriptions().followed_by(of(("a", "a"), limit=9))


def test_what_cannot_be_read_is_one_sentence():
    tokenizer = tiny_tokenizer()
    with pytest.raises(InputError, match="1 names and 2 descriptions"):
        Descriptions.from_texts(["a"], ["a", "b"], tokenizer)
    with pytest.raises(InputError, match="limit=2.* at least 3"):
        Descriptions.from_texts(["a"], ["a"], tokenizer, limit=2)
    with pytest.raises(InputError, match="object does not say where its pieces stand"):
        Descriptions.from_texts(["a"], ["a"], object())
    tokenizer.sep_token = None
    with pytest.raises(InputError, match="no first or no separating piece"):
        Descriptions.from_texts(["a"], ["a"], tokenizer)


def test_the_printed_form():
    assert repr(descriptions()) == "Descriptions(5 nodes, 15 pieces, limit=64)"
