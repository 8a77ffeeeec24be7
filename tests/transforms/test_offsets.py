"""Offsets: signed distances to both mentions."""

from __future__ import annotations

import pytest
from cases import TransformCase, raw_sentences

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.transforms import Offsets


class TestOffsets(TransformCase):
    def make(self):
        return Offsets()


def test_offsets_count_from_the_nearest_end_of_the_span():
    token = Offsets()(raw_sentences()[2])["token"]  # subject [1, 4), object [3, 4)
    assert token.subject_offset.tolist() == [-1, 0, 0, 0, 1]
    assert token.object_offset.tolist() == [-3, -2, -1, 0, 1]


def test_far_tokens_are_clipped():
    graph = SentenceGraph.build(
        ["w"] * 9, mentions=[(0, 2, "X"), (8, 9, "Y")], pairs=[(0, 1, None)]
    )
    token = Offsets(limit=3)(graph)["token"]
    assert token.subject_offset.tolist() == [0, 0, 1, 2, 3, 3, 3, 3, 3]
    assert token.object_offset.tolist() == [-3, -3, -3, -3, -3, -3, -2, -1, 0]


def test_a_limit_is_at_least_one():
    with pytest.raises(InputError, match="limit=0"):
        Offsets(limit=0)


def test_the_printed_form_has_the_limit():
    assert repr(Offsets(7)) == "Offsets(limit=7)"
