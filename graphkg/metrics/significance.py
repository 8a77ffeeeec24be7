"""Is a gain real? The paired bootstrap over test examples between two systems.

Letters: n examples, C classes, m resamples, S runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from .outcomes import RANKING, Outcomes, scores_of
from .seeds import MeanSD, TTest, mean_and_sd

DRAWN = 2**21  # places that are drawn at once: 16 MB of int64
ROUNDING = 1e-12  # differences this small are none: the sums of two systems were rounded apart
P_RULE = (
    "two-sided: 2 (k + 1) / (samples + 1), at most 1, where k resamples have no gain, or one of "
    "the other sign"
)


@dataclass(frozen=True)
class Comparison:
    """A gain, second - first, with its noise; scores are shares in [0, 1].

    Attributes:
        metric: the score that was compared.
        names: of the two systems.
        first, second: score of each, mean and sd over its runs.
        difference: second - first.
        low, high: the percentile interval of the difference.
        p: see the protocol's ``p_rule``.
        only_first, only_second: examples that this system alone has right, in most of its runs.
        protocol: samples, seed, n, unit, confidence, rules.
        t_test: over the runs of the two systems, if it was made.
    """

    metric: str
    names: tuple[str, str]
    first: MeanSD
    second: MeanSD
    difference: float
    low: float
    high: float
    p: float
    only_first: int
    only_second: int
    protocol: Mapping[str, Any] = field(default_factory=dict)
    t_test: TTest | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it in plain values."""
        systems = zip(self.names, (self.first, self.second), (self.only_first, self.only_second))
        first, second = (
            {"name": name, **found.to_dict(), "only_right": only} for name, found, only in systems
        )
        return {
            "metric": self.metric,
            "first": first,
            "second": second,
            "difference": self.difference,
            "interval": [self.low, self.high],
            "p": self.p,
            "t_test": None if self.t_test is None else self.t_test.to_dict(),
            "protocol": dict(self.protocol),
        }

    def to_json(self) -> str:
        """Returns :meth:`to_dict` as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)

    def __str__(self) -> str:
        scale, digits = (1, 3) if self.metric in RANKING else (100, 2)
        shown = [x * scale for x in (self.difference, self.low, self.high)]
        gain, low, high = (f"{x:+.{digits}f}" for x in shown)
        level = f"{self.protocol.get('confidence', 0.95):.0%}"
        rows = {
            self.names[0]: self.first.show(scale, digits),
            f"{self.names[1]} ": self.second.show(scale, digits),
            "gain": f"{gain}, {level} interval {low} to {high}, p = {self.p:.4f}",
            "right in one only": f"{self.only_first:,} (first), {self.only_second:,} (second)",
        }
        width = max(map(len, rows))
        lines = [f"{'score':<{width}}  {self.metric}"]
        lines += [f"{name:<{width}}  {value}" for name, value in rows.items()]
        return "\n".join([*lines, *self._facts()])

    def _facts(self) -> list[str]:
        """The lines under the table."""
        facts = self.protocol
        runs = " and the runs of each system" if facts.get("over_seeds") else ""
        drawn = f"{facts.get('n', 0):,} {facts.get('unit')}{runs}"
        lines = [f"resampled: {drawn}, {facts.get('samples', 0):,} times, seed {facts.get('seed')}"]
        if self.t_test is not None:
            lines.append(str(self.t_test))
        if min(self.first.n, self.second.n) == 1:
            lines.append("one run of a system: the interval knows nothing of the noise of its seed")
        return lines


def paired_bootstrap(
    first: Outcomes | Sequence[Outcomes],
    second: Outcomes | Sequence[Outcomes],
    samples: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
    over_seeds: bool = False,
    names: tuple[str, str] = ("first", "second"),
    protocol: Mapping[str, Any] | None = None,
) -> Comparison:
    """Compares two systems on resamples of the test examples that both answered.

    Each resample draws n of the n examples with replacement, the same for all runs of both
    systems, and scores them anew (Efron and Tibshirani, 1993; Koehn, 2004; Berg-Kirkpatrick et
    al., 2012). A system with several runs scores their mean. The interval is the percentile
    interval of the difference second - first.

    What it measures: how much the gain depends on which examples the test set happens to hold.
    What it does not: with one run a system, nothing about the seed, which may matter more; and
    never other data, or the choice of settings on the test set. With `over_seeds` the runs are
    drawn with replacement as well, each system's by themselves: then the noise of training is in
    the interval, as far as so few runs tell it (few runs make it too narrow).

    Args:
        first: outcomes of each run of the first system, on the same examples in the same order.
        second: likewise of the second.
        samples: resamples.
        seed: of the draws; the same seed gives the same result.
        confidence: of the interval.
        over_seeds: draw the runs, too.
        names: of the two systems, for print.
        protocol: what the result shall tell about itself besides, in plain values.

    Raises:
        InputError: a single example, other examples or metrics on the two sides, or arguments out
            of their range.

    Example:
        >>> right = Outcomes.of_values([1.0, 1.0, 0.0, 1.0], "accuracy")
        >>> found = paired_bootstrap(right, right, samples=100)
        >>> found.difference, found.p
        (0.0, 1.0)
    """
    sides = [[given] if isinstance(given, Outcomes) else list(given) for given in (first, second)]
    _check(sides, samples, confidence)
    form, metric = sides[0][0].form, sides[0][0].metric
    counts = torch.stack([run.counts for side in sides for run in side], 1)
    draws = _differences(counts, form, len(sides[0]), samples, seed, over_seeds)
    means = [mean_and_sd([run.score for run in side]) for side in sides]
    gain = means[1].mean - means[0].mean
    ends = torch.tensor([(1 - confidence) / 2, (1 + confidence) / 2], dtype=torch.float64)
    low, high = draws.quantile(ends).tolist()
    alone = [torch.stack([run.right for run in side]).double().mean(0) > 0.5 for side in sides]
    facts = {
        "method": "paired bootstrap, percentile interval of second - first",
        "samples": samples,
        "seed": seed,
        "confidence": confidence,
        "n": len(counts),
        "unit": sides[0][0].unit,
        "over_seeds": over_seeds,
        "p_rule": P_RULE,
        **(protocol or {}),
    }
    return Comparison(
        metric,
        names,
        first=means[0],
        second=means[1],
        difference=gain,
        low=low,
        high=high,
        p=_p_value(draws, gain),
        only_first=int((alone[0] & ~alone[1]).sum()),
        only_second=int((alone[1] & ~alone[0]).sum()),
        protocol=facts,
    )


def _differences(
    counts: Tensor, form: Any, runs: int, samples: int, seed: int, over_seeds: bool
) -> Tensor:
    """The difference of each resample, [m], from counts [n, S, C, 3], the first `runs` first."""
    generator = torch.Generator().manual_seed(seed)
    n, shape, flat = len(counts), counts.shape[1:], counts.flatten(1)
    step = max(1, DRAWN // n)
    parts = []
    for start in range(0, samples, step):
        weights = _weights(min(step, samples - start), n, generator)
        scores = scores_of((weights @ flat).unflatten(1, shape), form)  # [m, S]
        parts.append(scores)
    first, second = torch.cat(parts).split([runs, counts.size(1) - runs], 1)
    if not over_seeds:
        return second.mean(1) - first.mean(1)
    drawn = [_weights(samples, side.size(1), generator) / side.size(1) for side in (first, second)]
    return (drawn[1] * second).sum(1) - (drawn[0] * first).sum(1)


def _weights(rows: int, n: int, generator: torch.Generator) -> Tensor:
    """How often each of n examples is drawn in each of some resamples of size n, [rows, n]."""
    drawn = torch.randint(n, (rows, n), generator=generator)
    drawn += torch.arange(rows).unsqueeze(1) * n
    return drawn.flatten().bincount(minlength=rows * n).view(rows, n).double()


def _p_value(draws: Tensor, gain: float) -> float:
    """See :data:`P_RULE`."""
    if abs(gain) <= ROUNDING:
        return 1.0
    other = draws <= ROUNDING if gain > 0 else draws >= -ROUNDING
    return min(1.0, 2 * (int(other.sum()) + 1) / (len(draws) + 1))


def _check(sides: Sequence[Sequence[Outcomes]], samples: int, confidence: float) -> None:
    if samples < 1 or not 0 < confidence < 1:
        raise InputError(
            f"samples={samples} and confidence={confidence} were given, but at least 1 resample "
            "and a confidence between 0 and 1 are expected"
        )
    if not all(sides):
        raise InputError("a system without runs was given: give the outcomes of at least one run")
    runs = [run for side in sides for run in side]
    one = runs[0]
    for run in runs:
        if (run.metric, run.form) != (one.metric, one.form):
            raise InputError(f"{run.metric} cannot be compared with {one.metric}: score both alike")
        if run.counts.shape != one.counts.shape or len(run.right) != len(one.right):
            raise InputError(
                f"{len(run.counts)} and {len(one.counts)} {one.unit} were given, but a paired "
                "comparison needs the same test examples in the same order"
            )
        differs = (run.counts[..., 2] != one.counts[..., 2]).any(1).nonzero()
        if len(differs):
            raise InputError(
                f"the gold answers differ, first at place {int(differs[0])} of {len(one.counts)} "
                f"{one.unit}: a paired comparison needs the same test examples in the same order"
            )
    if len(one.counts) < 2:
        raise InputError(f"there is 1 of {one.unit}, but resampling needs at least 2: give more")
