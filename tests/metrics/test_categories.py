"""Entity classification: accuracy and what the most frequent category reaches, by hand."""

from __future__ import annotations

import pytest
import torch

from graphkg.errors import InputError
from graphkg.metrics import category_accuracy


def test_accuracy_stands_beside_the_majority_of_training():
    gold, predicted = torch.tensor([2, 2, 0, 1, 3]), torch.tensor([2, 0, 0, 2, 1])
    scores = category_accuracy(gold, predicted, torch.tensor([2, 0, 0, 2, 1]), 5, {"seed": 1})
    assert scores.accuracy == 0.4
    # 0 and 2 are equally frequent in training: 0 counts, which one of five entities has.
    assert scores.majority_rate == 0.2 and scores.unseen == 1
    assert scores.to_dict()["protocol"] == {"seed": 1} and scores.to_dict()["entities"] == 5
    assert str(scores) == (
        "accuracy 40.0% of 5 entities, 5 categories (most frequent one: 20.0%; 1 entities with a "
        "category that training lacks)"
    )


@pytest.mark.parametrize(
    ("gold", "predicted", "train", "message"),
    [
        ([0, 1], [0], [0], "1 predictions for 2 entities"),
        ([], [], [0], "0 predictions for 0 entities"),
        ([0], [0], [], "with 0 of training"),
        ([-1], [0], [0], r"gold holds the category -1, but there are 3 \(0-2\)"),
        ([0], [3], [0], "predicted holds the category 3"),
    ],
)
def test_what_cannot_be_scored_raises(gold, predicted, train, message):
    tensors = [torch.tensor(ids, dtype=torch.long) for ids in (gold, predicted, train)]
    with pytest.raises(InputError, match=message):
        category_accuracy(*tensors, 3)
