"""TuckER: the suite of its kind, its order of layers."""

from __future__ import annotations

import torch
from link_cases import LinkPredictorCase

from graphkg.link import TuckER


class TestTuckER(LinkPredictorCase):
    def make(self, num_objects=None):
        return TuckER(20, 10, num_objects=num_objects)


def test_dropouts_are_those_of_the_released_code():
    g = TuckER(20)
    rates = (g.input_dropout.p, g.matrix_dropout.p, g.hidden_dropout.p)
    assert rates == (0.3, 0.4, 0.5) and g.relation_dim == 20


def test_training_normalises_before_and_after_the_matrix():
    torch.manual_seed(0)
    g = TuckER(4, 3, 0.0, 0.0, 0.0)
    head, relation = torch.randn(6, 4), torch.randn(6, 3)
    normal = (head - head.mean(0)) / (head.var(0, correction=0) + 1e-5).sqrt()
    x = torch.einsum("bi,br,rij->bj", normal, relation, g.core)
    expected = (x - x.mean(0)) / (x.var(0, correction=0) + 1e-5).sqrt()
    torch.testing.assert_close(g.merge(head, relation), expected, atol=1e-4, rtol=0)


def test_a_batch_of_one_trains_on_running_statistics():
    g = TuckER(4, 3)
    g.merge(torch.randn(1, 4), torch.randn(1, 3)).sum().backward()
    assert int(g.hidden_norm.num_batches_tracked) == 0


def test_relations_in_training_mode_go_through_the_dropouts():
    torch.manual_seed(0)
    g, given = TuckER(4, 3), (torch.randn(6, 4), torch.randn(5, 3), torch.randn(6, 4))
    assert g.score_relations(*given).shape == (6, 5)
    assert not torch.equal(g.score_relations(*given), g.score_relations(*given))
    assert int(g.hidden_norm.num_batches_tracked) == 3


def test_both_orders_of_contraction_give_the_same():
    torch.manual_seed(0)
    g = TuckER(8, 3, 0.0, 1e-12, 0.0)  # so little dropout that nothing is dropped
    head, relation = torch.randn(6, 8), torch.randn(6, 3)
    dropped = g.merge(head, relation)
    g.matrix_dropout.p = 0.0
    torch.testing.assert_close(g.merge(head, relation), dropped, atol=1e-5, rtol=1e-5)
