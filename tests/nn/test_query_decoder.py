"""QueryDecoder: what queries may look at, and how they come out."""

from __future__ import annotations

import pytest
import torch

from graphkg.nn import QueryDecoder
from graphkg.nn.query_decoder import hidden_queries, look_at_sums
from graphkg.nn.row_sums import RowSums


@pytest.fixture(name="decoder")
def small_decoder():
    torch.manual_seed(0)
    return QueryDecoder(8, layers=2, heads=2, feedforward=16, dropout=0.5).eval()


KEYS = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(1))
QUERIES = torch.randn(6, 8, generator=torch.Generator().manual_seed(2))
MASK = torch.tensor([[True] * 5, [True] * 3 + [False] * 2])


def test_padding_gets_no_weight_at_all(decoder):
    found = decoder(QUERIES, KEYS, MASK, weights=True)
    assert found.cross.shape == (2, 2, 2, 6, 5) and found.own.shape == (2, 2, 2, 6, 6)
    assert (found.cross[:, 1, ..., 3:] == 0).all() and (found.cross[:, 0] > 0).all()
    torch.testing.assert_close(found.cross.sum(4), torch.ones(2, 2, 2, 6))
    torch.testing.assert_close(found.own.sum(4), torch.ones(2, 2, 2, 6))


def test_asking_for_weights_changes_nothing(decoder):
    with_weights = decoder(QUERIES, KEYS, MASK, weights=True)
    without = decoder(QUERIES, KEYS, MASK)
    assert without.own is None and len(without.layers) == 2
    torch.testing.assert_close(with_weights.last, without.last)


def test_keys_that_are_sums_of_rows_are_looked_at_as_dense_ones(decoder):
    table = torch.cat([torch.zeros(1, 8), torch.randn(6, 8)]).requires_grad_()
    index = torch.randint(1, 7, (2, 5, 3)).masked_fill(~MASK.unsqueeze(2), 0)
    sums = RowSums(table, index)
    found = []
    for keys in (sums, table[index].sum(2)):
        out = decoder(QUERIES, keys, MASK).last
        weights = [table, *decoder.parameters()]
        found.append([out, *torch.autograd.grad(out.square().sum(), weights)])
    for ours, dense in zip(*found):
        torch.testing.assert_close(ours, dense, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        decoder(QUERIES, sums, MASK, weights=True).cross,
        decoder(QUERIES, sums.dense(), MASK, weights=True).cross,
    )


def test_attention_to_sums_of_rows_has_dropout_in_training_alone():
    attention = torch.nn.MultiheadAttention(8, 2, dropout=0.5, batch_first=True)
    sums = RowSums(torch.randn(6, 8), torch.randint(1, 6, (2, 5, 3)))
    x, padding = torch.randn(2, 3, 8), ~MASK
    draws = torch.stack([look_at_sums(attention, x, sums, padding) for _ in range(2000)])
    assert not torch.equal(draws[0], draws[1])
    whole = look_at_sums(attention.eval(), x, sums, padding)
    torch.testing.assert_close(draws.mean(0), whole, atol=0.1, rtol=0)


def test_a_sentence_without_keys_reads_zeros_that_are_sums_of_rows(decoder):
    nothing, empty = torch.zeros(1, 5, dtype=torch.bool), torch.zeros(1, 5, 3, dtype=torch.long)
    sums = RowSums(torch.cat([torch.zeros(1, 8), torch.randn(4, 8)]), empty)
    dense = decoder(QUERIES, torch.zeros(1, 5, 8), nothing).last
    torch.testing.assert_close(decoder(QUERIES, sums, nothing).last, dense)


def test_a_batch_is_its_members_one_by_one(decoder):
    both = decoder(QUERIES, KEYS, MASK).last
    torch.testing.assert_close(both[1:], decoder(QUERIES, KEYS[1:, :3], MASK[1:, :3]).last)


@pytest.mark.parametrize("weights", [False, True])
def test_a_sentence_without_keys_reads_a_row_of_zeros(decoder, weights):
    nothing = torch.tensor([[False] * 5])
    found = decoder(QUERIES, torch.zeros(1, 5, 8), nothing, weights=weights).last
    assert found.isfinite().all()
    alone = decoder(QUERIES, torch.zeros(1, 1, 8), nothing[:, :1], weights=weights).last
    torch.testing.assert_close(found, alone)


@pytest.mark.parametrize(
    ("hidden", "relation_moves", "entity_moves"),
    [
        ("none", (True, True), (True, True)),
        ("entity_to_relation", (True, True), (False, True)),
        ("relation_to_entity", (True, False), (True, True)),
        ("both", (True, False), (False, True)),
    ],
)
def test_a_hidden_branch_does_not_reach_the_other(decoder, hidden, relation_moves, entity_moves):
    """Pairs say whether (relation, entity) outputs move when the named queries do."""
    mask = hidden_queries(3, hidden)
    before = decoder(QUERIES, KEYS, MASK, mask).last
    for rows, moves in ((slice(0, 3), relation_moves), (slice(3, 6), entity_moves)):
        changed = QUERIES.clone()
        changed[rows] = changed[rows].flip(1)
        after = decoder(changed, KEYS, MASK, mask).last
        same = [torch.equal(before[:, part], after[:, part]) for part in (slice(3), slice(3, 6))]
        assert same == [not move for move in moves]


def test_positions_count_where_queries_look_alone(decoder):
    moved = decoder(QUERIES, KEYS, MASK, position=torch.randn(6, 8)).last
    assert not torch.allclose(moved, decoder(QUERIES, KEYS, MASK).last)
    # With one query and one key there is nowhere else to look.
    one, key, there = QUERIES[:1], KEYS[:, :1], MASK[:, :1]
    moved = decoder(one, key, there, position=torch.randn(1, 8)).last
    torch.testing.assert_close(moved, decoder(one, key, there).last)


def test_every_part_is_trained(decoder):
    target = torch.randn(2, 6, 8)
    (decoder(QUERIES, KEYS, MASK).last - target).square().sum().backward()
    for name, parameter in decoder.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


def test_wrong_choices_are_named():
    with pytest.raises(ValueError, match="entity_to_relation"):
        hidden_queries(3, "all")
    with pytest.raises(ValueError, match="relu"):
        QueryDecoder(8, activation="tanh")


def test_the_printed_form(decoder):
    assert repr(decoder) == "QueryDecoder(8, layers=2, heads=2)"
