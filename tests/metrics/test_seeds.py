"""Mean and deviation over seeds, and t-tests, against hand-made numbers and scipy."""

from __future__ import annotations

import json
import math

import pytest
from scipy import stats

from graphkg.errors import InputError
from graphkg.metrics import mean_and_sd
from graphkg.metrics.seeds import paired_test, welch_test

FIRST, SECOND = [73.9, 74.4, 74.1, 73.5], [74.6, 75.2, 74.3, 75.0]


def test_mean_and_sample_deviation_print_as_in_a_table():
    found = mean_and_sd([73.8, 74.3, 74.8])
    assert (found.n, found.mean, found.sd) == (3, pytest.approx(74.3), pytest.approx(0.5))
    assert str(found) == "74.3 +- 0.5 (n = 3)"
    assert str(mean_and_sd([0.35, 0.36])) == "0.355 +- 0.007 (n = 2)"
    assert mean_and_sd([0.743, 0.748]).show(100, 2) == "74.55 +- 0.35 (n = 2)"


def test_one_run_has_no_deviation():
    found = mean_and_sd([74.3])
    assert math.isnan(found.sd) and str(found) == "74.3 (n = 1)"
    assert json.loads(json.dumps(found.to_dict())) == {"n": 1, "mean": 74.3, "sd": None}


def test_t_tests_are_those_of_scipy_with_the_sign_of_the_gain():
    welch, paired = welch_test(FIRST, SECOND), paired_test(FIRST, SECOND)
    oracle = stats.ttest_ind(SECOND, FIRST, equal_var=False)
    assert (welch.t, welch.p) == (pytest.approx(oracle.statistic), pytest.approx(oracle.pvalue))
    assert paired.p == pytest.approx(stats.ttest_rel(SECOND, FIRST).pvalue) and paired.df == 3
    assert welch.t > 0 > welch_test(SECOND, FIRST).t
    assert str(welch).startswith("Welch t-test over seeds: t = ")


def test_runs_that_do_not_vary_are_no_division_by_zero():
    assert welch_test([1, 1], [1, 1]).p == 1
    gained = welch_test([1, 1], [2, 2])
    assert (gained.t, gained.p) == (math.inf, 0)
    assert json.loads(json.dumps(gained.to_dict()))["t"] is None
    assert paired_test([1, 2], [1, 2]).p == 1


def test_too_few_values_are_one_sentence():
    with pytest.raises(InputError, match="at least 1 finite number is expected"):
        mean_and_sd([])
    with pytest.raises(InputError, match="at least 2 finite numbers are expected"):
        welch_test([1.0], [1.0, 2.0])
    with pytest.raises(InputError, match="needs pairs"):
        paired_test([1.0, 2.0, 3.0], [1.0, 2.0])
