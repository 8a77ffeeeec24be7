"""Length batches: every example once, similar lengths together, drawn anew each epoch."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.training.batches import LengthBatches, QueryBatches, TaskBatches


@given(
    lengths=st.lists(st.integers(1, 60), max_size=120),
    size=st.integers(1, 9),
    window=st.integers(1, 4),
)
def test_every_example_comes_once_and_the_number_of_batches_is_told(lengths, size, window):
    sampler = LengthBatches(lengths, size, window)
    batches = list(sampler)
    assert sorted(n for batch in batches for n in batch) == list(range(len(lengths)))
    assert len(batches) == len(sampler)
    assert all(1 <= len(batch) <= size for batch in batches)


def test_batches_hold_examples_of_similar_length():
    lengths = torch.randint(1, 100, (640,), generator=torch.Generator().manual_seed(0)).tolist()

    def spread(window):
        batches = list(LengthBatches(lengths, 10, window))
        return sum(max(lengths[n] for n in b) - min(lengths[n] for n in b) for b in batches)

    assert spread(16) < spread(1) / 4


def test_the_seed_draws_the_epoch():
    sampler = LengthBatches(list(range(50)), 7)

    def draw(seed):
        torch.manual_seed(seed)
        return list(sampler)

    assert draw(1) == draw(1) != draw(2)


def test_batches_of_whole_queries_hold_all_answers_and_every_triple_once():
    generator = torch.Generator().manual_seed(0)
    triples = torch.randint(0, 6, (200, 3), generator=generator).unique(dim=0)
    batches = QueryBatches(triples, 16)
    torch.manual_seed(1)
    found = list(batches)
    assert len(found) == len(batches) == -(-len(triples) // 16)
    assert torch.cat(found).unique(dim=0).equal(triples) and len(torch.cat(found)) == len(triples)
    queries = [set(map(tuple, batch[:, :2].tolist())) for batch in found]
    assert sum(map(len, queries)) == len(triples[:, :2].unique(dim=0))
    torch.manual_seed(1)
    assert all(a.equal(b) for a, b in zip(found, batches))
    assert not all(len(a) == len(b) and a.equal(b) for a, b in zip(found, batches))


def test_a_query_with_more_answers_than_a_batch_stays_whole():
    triples = torch.tensor([[0, 0, tail] for tail in range(10)] + [[1, 0, 0]])
    found = list(QueryBatches(triples, 3))
    assert sorted(len(batch) for batch in found)[-1] >= 10
    assert len(torch.cat(found)) == 11 and len(found) <= len(QueryBatches(triples, 3))


def tasks(*counts):
    return [[(name, number) for number in range(count)] for name, count in zip("abc", counts)]


@given(counts=st.lists(st.integers(0, 9), min_size=1, max_size=3), seed=st.integers(0, 99))
def test_every_batch_of_every_task_comes_once_in_the_order_of_its_task(counts, seed):
    torch.manual_seed(seed)
    given_tasks = tasks(*counts)
    batches = TaskBatches(given_tasks)
    drawn = list(batches)
    assert len(drawn) == len(batches) == sum(counts)
    for name, task in zip("abc", given_tasks):
        assert [batch for batch in drawn if batch[0] == name] == task


def test_the_first_batch_is_of_a_task_as_often_as_the_task_has_batches():
    torch.manual_seed(0)
    batches, count = TaskBatches(tasks(5, 2, 3)), 4000
    first = [next(iter(batches))[0] for _ in range(count)]
    for name, share in zip("abc", (0.5, 0.2, 0.3)):
        assert abs(first.count(name) / count - share) < 0.03


def test_every_order_of_tasks_is_equally_likely():
    torch.manual_seed(0)
    batches, count = TaskBatches(tasks(2, 1)), 3000
    orders = ["".join(name for name, _ in batches) for _ in range(count)]
    assert set(orders) == {"aab", "aba", "baa"}
    assert all(abs(orders.count(order) / count - 1 / 3) < 0.04 for order in set(orders))


def test_the_order_of_tasks_is_drawn_anew_each_epoch_from_the_seed():
    batches = TaskBatches(tasks(9, 9, 9))
    torch.manual_seed(5)
    first, second = list(batches), list(batches)
    torch.manual_seed(5)
    assert list(batches) == first != second
