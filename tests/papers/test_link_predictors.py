"""Link predictors: the formulas of their papers on numbers worked by hand."""

from __future__ import annotations

import math

import pytest
import torch

from graphkg.link import ComplEx, DistMult, RotatE, TransE, TuckER


def score(g, head, relation, tail):
    """The score of one triple, by the single-triple form and by that of all objects."""
    head, relation, tail = (
        torch.tensor([row], dtype=torch.float) for row in (head, relation, tail)
    )
    z = g.eval().merge(head, relation)
    found = g.score(z, tail), g.score_each(z, tail.unsqueeze(1))
    torch.testing.assert_close(*found)
    torch.testing.assert_close(g.score_relations(head, relation, tail), found[0])
    return float(found[0].detach())


def test_distmult_is_a_product_of_three_in_either_direction():
    # 1 * 3 * 5 + 2 * 4 * -1
    assert score(DistMult(2), [1, 2], [3, 4], [5, -1]) == 7
    assert score(DistMult(2), [5, -1], [3, 4], [1, 2]) == 7


def test_complex_is_the_real_part_of_a_product_with_a_conjugate():
    # (1 + 2i)(3 - i)(conj 2 + i) = (5 + 5i)(2 - i) = 15 + 5i
    assert score(ComplEx(2), [1, 2], [3, -1], [2, 1]) == 15
    # and back: (2 + i)(3 - i)(1 - 2i) = (7 + i)(1 - 2i) = 9 - 13i
    assert score(ComplEx(2), [2, 1], [3, -1], [1, 2]) == 9


def test_an_imaginary_relation_of_complex_is_antisymmetric_and_a_real_one_symmetric():
    one, other = [0.5, -1, 2, 1], [1, 3, -1, 0.5]
    for relation, sign in (([0, 0, 2, -1], -1), ([2, -1, 0, 0], 1)):
        forth = score(ComplEx(4), one, relation, other)
        assert forth and forth == sign * score(ComplEx(4), other, relation, one)


def test_complex_without_imaginary_parts_is_distmult():
    torch.manual_seed(0)
    rows = [torch.randn(n, 5) for n in (3, 3, 6)]
    padded = [torch.cat([x, torch.zeros_like(x)], dim=1) for x in rows]
    torch.testing.assert_close(ComplEx(10)(*padded), DistMult(5)(*rows))


@pytest.mark.parametrize("p", [1, 2])
def test_transe_scores_a_translation_with_the_margin(p):
    g = TransE(2, p=p, margin=9.0)
    assert score(g, [1, 2], [3, -1], [4, 1]) == 9
    # h + r = (4, 1) is (3, -4) away from (1, 5)
    assert score(g, [1, 2], [3, -1], [1, 5]) == (2 if p == 1 else 4)


def test_rotate_turns_by_ninety_degrees():
    # i (1 + 2i) = -2 + i
    g = RotatE(2, margin=6.0)
    assert score(g, [1, 2], [math.pi / 2], [-2, 1]) == pytest.approx(6)
    # which is 3 + 4i away from -5 - 3i
    assert score(g, [1, 2], [math.pi / 2], [-5, -3]) == pytest.approx(1)


def test_rotate_adds_the_moduli_of_its_numbers():
    # differences 3 + 4i and 5 + 12i, not turned: 5 + 13
    assert score(RotatE(4, margin=0.0), [3, 5, 4, 12], [0, 0], [0, 0, 0, 0]) == pytest.approx(-18)


def test_rotate_by_half_a_turn_is_symmetric_and_back_is_the_inverse():
    g, one, other = RotatE(2, margin=6.0), [1, 2], [0.5, -1]
    forth, back = score(g, one, [math.pi], other), score(g, other, [math.pi], one)
    assert forth == pytest.approx(back)
    assert score(g, one, [0.7], other) == pytest.approx(score(g, other, [-0.7], one))


def test_tucker_with_a_superdiagonal_core_is_distmult():
    torch.manual_seed(0)
    rows, g = [torch.randn(n, 5) for n in (3, 3, 6)], TuckER(5).eval()
    with torch.no_grad():
        g.core.zero_()[torch.arange(5), torch.arange(5), torch.arange(5)] = 1
    # the two batch norms have only their eps of 1e-5 so far
    torch.testing.assert_close(g(*rows), DistMult(5)(*rows), atol=0, rtol=1e-4)


def test_tucker_multiplies_its_core_by_three_vectors():
    g = TuckER(2, 1)
    with torch.no_grad():
        g.core.copy_(torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    # 2 (1, -1) W = 2 (-2, -2), times (3, 1)
    assert score(g, [1, -1], [2], [3, 1]) == pytest.approx(-16, rel=1e-4)
