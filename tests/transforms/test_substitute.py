"""Substitute: mentions become masks, all else stays."""

from __future__ import annotations

import pytest
import torch
from cases import TransformCase, raw_sentences

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.transforms import Substitute
from graphkg.vocab import Vocabularies


class TestSubstitute(TransformCase):
    def make(self):
        return Substitute()


def test_every_word_of_a_mention_becomes_its_mask():
    masked = Substitute()(raw_sentences()[0])
    assert masked.words == ("SUBJ-PER", "SUBJ-PER", "left", "OBJ-LOC", "today")


def test_names_are_kept_behind_the_masks_if_asked():
    plain = raw_sentences()[0]
    masked = Substitute(names=True)(plain)
    assert masked.labels.names == (*plain.words[:2], "[PAD]", plain.words[3], "[PAD]")
    vocabularies = Vocabularies()
    for word in (*plain.words, *masked.words):
        vocabularies.word.add(word)
    for relation in masked.labels.relations:
        vocabularies.relation.add(relation)
    found = masked.encode(vocabularies)["token"].name.tolist()
    assert found == vocabularies.word.ids(masked.labels.names) and found[2] == 0
    assert "name" not in Substitute()(plain)["token"]


def test_the_object_wins_where_mentions_overlap():
    nested = Substitute()(raw_sentences()[2])
    assert nested.words == ("the", "SUBJ-LOC", "SUBJ-LOC", "OBJ-LOC", "fell")
    assert Substitute()(raw_sentences()[4]).words == ("OBJ-ORG", "Ann")


def test_text_tags_and_structure_stay():
    given = raw_sentences()[0]
    masked = Substitute()(given)
    assert masked.text == given.text and masked.labels.pos == given.labels.pos
    assert masked.heads == given.heads and masked.mentions == given.mentions
    assert torch.equal(masked["token"].chars, given["token"].chars)


def test_masks_get_their_ids_when_the_graph_is_encoded():
    vocabularies = Vocabularies()
    masked = Substitute()(raw_sentences()[0])
    for word in masked.words:
        vocabularies.word.add(word)
    for name, labels in (("kind", masked.labels.kinds), ("relation", masked.labels.relations)):
        for label in labels:
            getattr(vocabularies, name).add(label)
    words = vocabularies.word
    ids = masked.encode(vocabularies)["token"].word.tolist()
    assert ids == [words["SUBJ-PER"]] * 2 + [words["left"], words["OBJ-LOC"], words["today"]]


@pytest.mark.parametrize("pairs", [[], [(0, 1, None), (1, 0, None)]])
def test_other_than_one_pair_is_an_error_that_names_the_remedy(pairs):
    graph = SentenceGraph.build(
        ["a", "b"], mentions=[(0, 1, "X"), (1, 2, "Y")], pairs=pairs, key="s7"
    )
    with pytest.raises(InputError, match=f"'s7' has {len(pairs)} mention pairs.*split_pairs"):
        Substitute()(graph)


def test_several_relations_between_two_mentions_are_one_pair():
    assert Substitute()(raw_sentences()[3]).words == ("OBJ-LOC", ":", "SUBJ-PER", "born", "there")
