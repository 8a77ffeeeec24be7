"""DistMult: the suite of its kind, its error."""

from __future__ import annotations

import pytest
from link_cases import LinkPredictorCase

from graphkg.errors import InputError
from graphkg.link import DistMult


class TestDistMult(LinkPredictorCase):
    relation_dim = 20

    def make(self, num_objects=None):
        return DistMult(20, num_objects=num_objects)


def test_relations_of_another_width_are_an_error():
    with pytest.raises(InputError, match="relation_dim=10.*relation_dim=20"):
        DistMult(20, 10)
