"""Contrast between instances, and with classes: closed forms, and nothing to compare."""

from __future__ import annotations

import math

import pytest
import torch

from graphkg.nn import InstanceBank, class_contrast, instance_contrast

TWO_AND_ONE = torch.tensor([[2.0, 0.0], [3.0, 0.0], [0.0, 1.0]])


@pytest.mark.parametrize("temperature", [1.0, 0.1])
def test_two_equal_vectors_and_an_orthogonal_one(temperature):
    found = instance_contrast(TWO_AND_ONE, torch.tensor([4, 4, 1]), temperature)
    one = math.exp(1 / temperature)
    assert found.item() == pytest.approx(-math.log(one / (one + 1)), abs=1e-6)


def test_it_is_the_mean_over_ordered_pairs_of_one_class():
    torch.manual_seed(0)
    v, label = torch.randn(5, 3), [0, 1, 0, 0, 1]
    s = torch.nn.functional.cosine_similarity(v.unsqueeze(1), v, dim=2) / 0.5
    terms = [
        s[i, [k for k in range(5) if k != i]].logsumexp(0) - s[i, j]
        for i in range(5)
        for j in range(5)
        if i != j and label[i] == label[j]
    ]
    assert len(terms) == 8
    found = instance_contrast(v, torch.tensor(label), 0.5)
    torch.testing.assert_close(found, torch.stack(terms).mean())


@pytest.mark.parametrize("label", [[], [3], [0, 1, 2]])
def test_without_a_pair_it_is_0_with_finite_gradients(label):
    v = torch.randn(len(label), 4, requires_grad=True)
    loss = instance_contrast(v, torch.tensor(label, dtype=torch.long))
    loss.backward()
    assert loss.item() == 0 and v.grad.isfinite().all()


def test_a_bank_adds_instances_that_get_no_gradient():
    v, label = TWO_AND_ONE.clone().requires_grad_(), torch.tensor([4, 4, 1])
    bank = InstanceBank(2, 2)
    torch.testing.assert_close(
        instance_contrast(v, label, 1.0, bank), instance_contrast(v, label, 1.0)
    )
    bank.remember(TWO_AND_ONE[2:], label[2:])
    both = instance_contrast(v, label, 1.0, bank)
    # Pairs: the two equal ones, either way, and the third with what the bank remembers.
    equal, third = math.log((math.e + 2) / math.e), math.log((math.e + 2) / math.e)
    assert both.item() == pytest.approx((2 * equal + third) / 3, abs=1e-6)
    bank.remember(v, label)
    assert bank.label.tolist() == [4, 4] and not bank.rows.requires_grad


def test_a_bank_forgets_the_oldest():
    bank = InstanceBank(3, 1)
    bank.remember(torch.tensor([[1.0], [2.0]]), torch.tensor([1, 2]))
    bank.remember(torch.tensor([[3.0], [4.0]]), torch.tensor([3, 4]))
    assert bank.label.tolist() == [3, 4, 1] and bank.rows.flatten().tolist() == [3, 4, 1]
    assert repr(bank) == "InstanceBank(3, 1)"


def test_the_class_of_an_instance_is_the_nearest():
    classes, label = torch.tensor([[0.5, 0.0], [0.0, 9.0]]), torch.tensor([0, 0, 1])
    found = class_contrast(TWO_AND_ONE, classes, label, 0.1)
    assert found.item() == pytest.approx(math.log(1 + math.exp(-10)), abs=1e-6)
    wrong = class_contrast(TWO_AND_ONE, classes, 1 - label, 0.1)
    assert wrong.item() == pytest.approx(10 + math.log(1 + math.exp(-10)), abs=1e-5)


def test_no_instance_has_no_class():
    v = torch.zeros(0, 2, requires_grad=True)
    loss = class_contrast(v, torch.eye(2), torch.zeros(0, dtype=torch.long))
    loss.backward()
    assert loss.item() == 0
