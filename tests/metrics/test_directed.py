"""Scores of directed relations under other labels than those of SemEval."""

from __future__ import annotations

import json

import pytest

from graphkg.errors import InputError
from graphkg.metrics import directed_f1, semeval_f1
from graphkg.metrics.classification import DIRECTED, OTHER

LABELS = ("per:spouse(e1,e2)", "per:spouse(e2,e1)", "org:founded_by(e1,e2)")
HERE, BACK, FOUNDED = LABELS
NONE = "no_relation"


def test_a_wrong_direction_is_a_wrong_guess_of_the_relation():
    gold, predicted = [HERE, HERE, FOUNDED, NONE], [HERE, BACK, NONE, FOUNDED]
    score = directed_f1(gold, predicted, LABELS, NONE, "KBP37")
    spouse, founded = score.by_relation["per:spouse"], score.by_relation["org:founded_by"]
    assert (spouse.correct, spouse.guessed, spouse.gold) == (1, 2, 2)
    assert (founded.correct, founded.guessed, founded.gold) == (0, 1, 1)
    assert score.f1 == pytest.approx(0.5 / 2) and score.micro.f1 == pytest.approx(1 / 3)
    assert score.accuracy == 0.25 and score.relations == 2


def test_what_is_printed_and_saved_names_task_and_negative_label():
    score = directed_f1([HERE, NONE], [HERE, NONE], LABELS, NONE, "KBP37")
    found = json.loads(json.dumps(score.to_dict()))
    assert found["metric"] == "macro F1 of KBP37, (2+1)-way with direction, without no_relation"
    assert "without no_relation" in str(score) and "macro (2*2+1)-way" in str(score)


def test_semeval_is_the_case_of_nine_relations_without_other():
    gold, predicted = [DIRECTED[0], OTHER], [DIRECTED[1], OTHER]
    score = semeval_f1(gold, predicted)
    assert score == directed_f1(gold, predicted, DIRECTED, OTHER, "SemEval-2010 Task 8")
    expected = "macro F1 of SemEval-2010 Task 8, (9+1)-way with direction, without Other"
    assert score.to_dict()["metric"] == expected


def test_labels_that_the_task_lacks_raise():
    with pytest.raises(InputError, match="predicted label 0 is 'Other'"):
        directed_f1([HERE], ["Other"], LABELS, NONE)
