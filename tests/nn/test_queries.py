"""Queries: two branches over the same slots, or one."""

from __future__ import annotations

import torch

from graphkg.nn import Queries


def test_both_branches_are_products_of_the_same_rows():
    queries = Queries(3, 4)
    relation, entity = (queries.branches[name] for name in ("relation", "entity"))
    expected = torch.cat([queries.rows @ relation.weight.t(), queries.rows @ entity.weight.t()])
    torch.testing.assert_close(queries(), expected)
    decoded = torch.arange(6.0).view(1, 6, 1)
    q_r, q_e = queries.split(decoded)
    assert q_r.flatten().tolist() == [0, 1, 2] and q_e.flatten().tolist() == [3, 4, 5]


def test_one_branch_serves_both():
    queries = Queries(3, 4, branches=False, positions=True)
    assert queries() is queries.rows and queries.position.shape == (3, 4)
    q_r, q_e = queries.split(torch.arange(3.0).view(1, 3, 1))
    assert torch.equal(q_r, q_e) and q_r.shape == (1, 3, 1)


def test_positions_are_of_both_branches():
    assert Queries(3, 4, positions=True).position.shape == (6, 4)
    assert Queries(3, 4).position is None


def test_the_mask_is_no_part_of_the_saved_weights():
    queries = Queries(3, 4, hidden="both")
    assert queries.hidden.sum() == 18
    assert "hidden" not in queries.state_dict() and Queries(3, 4).hidden is None


def test_the_printed_form():
    assert repr(Queries(3, 4)) == "Queries(3, 4, branches=2)"
    assert repr(Queries(3, 4, branches=False)) == "Queries(3, 4, branches=1)"
