"""Several runs of one system: mean and standard deviation, and t-tests over seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError


@dataclass(frozen=True)
class MeanSD:
    """Mean and sample standard deviation (n - 1) of n values; `sd` is NaN for one value."""

    n: int
    mean: float
    sd: float

    def show(self, scale: float = 1.0, digits: int = 1) -> str:
        """Returns ``74.3 +- 0.5 (n = 5)``, all multiplied by `scale`."""
        spread = "" if self.n < 2 else f" +- {self.sd * scale:.{digits}f}"
        return f"{self.mean * scale:.{digits}f}{spread} (n = {self.n})"

    def to_dict(self) -> dict[str, Any]:
        """Returns the three numbers; `sd` is ``None`` for one value."""
        return {"n": self.n, "mean": self.mean, "sd": None if self.n < 2 else self.sd}

    def __str__(self) -> str:
        return self.show(digits=3 if abs(self.mean) <= 1 else 1)


def mean_and_sd(values: Sequence[float]) -> MeanSD:
    """Mean and sample standard deviation of the scores of several runs.

    The deviation tells how far runs lie apart, not how sure the mean is: that is sd / sqrt(n).

    Raises:
        InputError: no value, or one that is not finite.

    Example:
        >>> print(mean_and_sd([74.0, 74.3, 74.6]))
        74.3 +- 0.3 (n = 3)
    """
    numbers = _numbers(values, least=1)
    mean = math.fsum(numbers) / len(numbers)
    if len(numbers) < 2:
        return MeanSD(1, mean, math.nan)
    squares = math.fsum((number - mean) ** 2 for number in numbers)
    return MeanSD(len(numbers), mean, math.sqrt(squares / (len(numbers) - 1)))


@dataclass(frozen=True)
class TTest:
    """A two-sided t-test over seeds: ``Welch`` or ``paired``."""

    kind: str
    t: float
    df: float
    p: float

    def to_dict(self) -> dict[str, Any]:
        """Returns kind, t, degrees of freedom and p; ``None`` where a number is infinite."""
        numbers = {"t": self.t, "df": self.df, "p": self.p}
        return {"kind": self.kind} | {
            k: v if math.isfinite(v) else None for k, v in numbers.items()
        }

    def __str__(self) -> str:
        return (
            f"{self.kind} t-test over seeds: t = {self.t:.2f}, df = {self.df:.1f}, p = {self.p:.3f}"
        )


def welch_test(first: Sequence[float], second: Sequence[float]) -> TTest:
    """Welch's t-test of second - first: runs drawn apart, variances that may differ.

    It measures the noise of training (seeds) on one test set; the noise of the test sample is
    that of :func:`~graphkg.metrics.paired_bootstrap`. With two or three seeds it finds only large
    gains.

    Raises:
        InputError: fewer than two values on a side.
    """
    a, b = _numbers(first, least=2), _numbers(second, least=2)
    return _test("Welch", a, b, lambda stats: stats.ttest_ind(b, a, equal_var=False))


def paired_test(first: Sequence[float], second: Sequence[float]) -> TTest:
    """The paired t-test of second - first, for runs that share something, as their splits.

    Two systems that only have the seed's number in common share nothing: take :func:`welch_test`.

    Raises:
        InputError: fewer than two values on a side, or not as many on both.
    """
    a, b = _numbers(first, least=2), _numbers(second, least=2)
    if len(a) != len(b):
        raise InputError(f"{len(a)} and {len(b)} values were given: a paired test needs pairs")
    return _test("paired", a, b, lambda stats: stats.ttest_rel(b, a))


def _test(kind: str, first: list[float], second: list[float], run: Any) -> TTest:
    from scipy import stats

    if _is_constant(kind, first, second):
        gain = second[0] - first[0]
        t = math.copysign(math.inf, gain) if gain else 0.0
        return TTest(kind, t, math.nan, 0.0 if gain else 1.0)
    found = run(stats)
    return TTest(kind, float(found.statistic), float(found.df), float(found.pvalue))


def _is_constant(kind: str, first: list[float], second: list[float]) -> bool:
    """Whether nothing varies: t is then infinite, or 0 where there is no gain either."""
    if kind == "paired":
        return len({b - a for a, b in zip(first, second)}) == 1
    return len(set(first)) == len(set(second)) == 1


def _numbers(values: Sequence[float], least: int) -> list[float]:
    numbers = [float(value) for value in values]
    if len(numbers) < least or not all(map(math.isfinite, numbers)):
        raise InputError(
            f"{numbers} were given as scores of runs, but at least {least} finite "
            f"{'number is' if least == 1 else 'numbers are'} expected: one a run"
        )
    return numbers
