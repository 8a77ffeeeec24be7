"""Filtered ranks by counting, under three rules for ties, and what they average to.

Letters: B queries, N candidates.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from ..errors import InputError

Ties = Literal["optimistic", "realistic", "pessimistic"]
TIES: tuple[Ties, ...] = ("optimistic", "realistic", "pessimistic")
HITS = (1, 3, 10)
CACHED = 2**18  # scores that are compared at once: they stay in the cache between two comparisons


@dataclass(frozen=True)
class Ranks:
    r"""Ranks of the gold answers from 1, under three rules for ties.

    With B candidates scored above the gold and Q others scored like it: optimistic
    :math:`B + 1`, pessimistic :math:`B + Q + 1`, realistic their mean, which is what a random
    order of ties gives on average and may be a half.

    Attributes:
        optimistic: [B] float64.
        realistic: [B] float64.
        pessimistic: [B] float64.
        candidates: [B] int64, how many were left after filtering, the gold among them.
    """

    optimistic: Tensor
    realistic: Tensor
    pessimistic: Tensor
    candidates: Tensor

    @classmethod
    def from_counts(cls, greater: Tensor, equal: Tensor, candidates: Tensor, nan: Tensor) -> Ranks:
        """Ranks from counts, each [B].

        Args:
            greater: candidates above the gold.
            equal: other candidates with the score of the gold.
            candidates: all of them, the gold included.
            nan: whether the gold's score is NaN: such a gold is ranked last under every rule.
        """
        last = candidates.double()
        low = torch.where(nan, last, (greater + 1).double())
        high = torch.where(nan, last, (greater + equal + 1).double())
        return cls(low, (low + high) / 2, high, candidates)

    @classmethod
    def join(cls, parts: Sequence[Ranks]) -> Ranks:
        """Returns the ranks of several parts as one."""
        fields = ("optimistic", "realistic", "pessimistic", "candidates")
        return cls(*(torch.cat([getattr(part, name) for part in parts]) for name in fields))

    def __len__(self) -> int:
        return self.candidates.numel()

    def __getitem__(self, which: Tensor) -> Ranks:
        """Returns the ranks that a mask or a tensor of places [B'] picks."""
        fields = (self.optimistic, self.realistic, self.pessimistic, self.candidates)
        return Ranks(*(field[which] for field in fields))


def ranks(scores: Tensor, target: Tensor, known: Any = None) -> Ranks:
    """Ranks gold answers among N candidates, by counting the greater and the equal scores.

    Known answers other than the gold are left out: all candidates are counted, and what the known
    ones counted is subtracted. Scores are compared as they are, without rounding; equal infinities
    are ties. A NaN gold is ranked last, a NaN candidate is never greater or equal; both warn.

    Args:
        scores: [B, N]; higher is better.
        target: [B], the gold of each row.
        known: answers that are true besides: a boolean mask [B, N], rows of ids (`values` and
            `ptr`, as a :class:`~graphkg.graphs.Ragged`), or ``None`` for raw ranks. The gold stays
            a candidate in any case, and ids count once.

    Raises:
        InputError: shapes that do not fit, or ids that are no candidates.

    Example:
        >>> found = ranks(torch.tensor([[0.9, 0.5, 0.5, 0.1]]), torch.tensor([1]))
        >>> found.optimistic.item(), found.realistic.item(), found.pessimistic.item()
        (2.0, 2.5, 3.0)
    """
    _check(scores, target)
    count, width = scores.shape
    gold = scores.gather(1, target.unsqueeze(1)).squeeze(1)
    greater, at_least = count_above(scores, gold)
    keys = known_places(known, count, width).to(scores.device)
    own = torch.arange(count, device=scores.device) * width + target
    keys = keys[~torch.isin(keys, own)]
    row, value = keys // width, scores.flatten()[keys]
    greater = greater - row[value > gold[row]].bincount(minlength=count)
    at_least = at_least - row[value >= gold[row]].bincount(minlength=count)
    nan = gold.isnan()
    if bool(scores.sum(1).isnan().any()):
        others = int(scores.isnan().sum()) - int(value.isnan().sum()) - int(nan.sum())
        warn_of_nan(int(nan.sum()), others, count)
    left = width - row.bincount(minlength=count)
    return Ranks.from_counts(greater, at_least - greater - 1, left, nan)


def summarise(ranks: Ranks, ties: Ties = "realistic") -> dict[str, float]:
    """Averages ranks: ``mrr`` (mean of 1/rank), ``mr`` (mean rank) and the shares ``hits@k``.

    A rank is compared with k as the number it is: 1.5 is no hit at 1.

    Raises:
        InputError: no ranks, or an unknown rule for ties.
    """
    if ties not in TIES:
        raise InputError(f"ties={ties!r} was given, but the rules are {', '.join(TIES)}")
    if not len(ranks):
        raise InputError("there are no ranks to average: rank at least one triple")
    rank: Tensor = getattr(ranks, ties)
    hits = {f"hits@{k}": (rank <= k).double().mean().item() for k in HITS}
    return {"mrr": rank.reciprocal().mean().item(), "mr": rank.mean().item(), **hits}


def count_above(scores: Tensor, bound: Tensor) -> tuple[Tensor, Tensor]:
    """Counts the scores [B, N] that are greater than, and at least, the bound [B] of their row.

    On the CPU NumPy compares, some rows at a time, and eight flags are added in one machine word.
    """
    count, width = scores.shape
    bound = bound.unsqueeze(1)
    if scores.device.type != "cpu" or scores.dtype not in (torch.float32, torch.float64):
        return (scores > bound).sum(1), (scores >= bound).sum(1)
    # A lane of 8 bits holds 255: N = 14,541 is 1,818 words, added as 8 groups of 228.
    words = max(-(-width // 8), 1)
    groups = -(-words // 255)
    lane = -(-words // groups)
    step = min(max(CACHED // max(width, 1), 1), max(count, 1))
    flags = torch.zeros(step, groups * lane * 8, dtype=torch.bool)
    lanes, out = flags.view(torch.int64).view(step, groups, lane), flags.numpy()
    found = torch.empty(2, count, dtype=torch.long)
    x, limit = scores.detach().numpy(), bound.detach().numpy()
    for start in range(0, count, step):
        rows = slice(start, min(start + step, count))
        size = rows.stop - start
        for number, compare in enumerate((np.greater, np.greater_equal)):
            with np.errstate(invalid="ignore"):
                compare(x[rows], limit[rows], out=out[:size, :width])
            added = lanes[:size].sum(-1).view(torch.uint8).view(size, groups * 8)
            torch.sum(added, -1, out=found[number, rows])
    return found[0], found[1]


def known_places(known: Any, count: int, width: int) -> Tensor:
    """Returns the known answers of B rows as rising, distinct numbers ``row * N + answer``.

    Args:
        known: see :func:`ranks`.
        count: B.
        width: N.

    Raises:
        InputError: not B rows, or ids that are no candidates.
    """
    if known is None:
        return torch.empty(0, dtype=torch.long)
    if isinstance(known, Tensor):
        if known.dtype != torch.bool or known.shape != (count, width):
            raise InputError(
                f"known is a {known.dtype} tensor {list(known.shape)}, but a boolean mask "
                f"{[count, width]} is expected, as the scores are: give that, or rows of ids"
            )
        return known.flatten().nonzero().squeeze(1)
    values, ptr = known.values, known.ptr
    if ptr.numel() != count + 1:
        raise InputError(f"known has {ptr.numel() - 1} rows for {count} queries: give one row each")
    if values.numel() and not 0 <= int(values.min()) <= int(values.max()) < width:
        wrong = values[(values < 0) | (values >= width)][0]
        raise InputError(
            f"known holds id {int(wrong)}, but there are {width} candidates (0-{width - 1}): "
            "index the graphs that the scores come from"
        )
    row = torch.arange(count, device=ptr.device).repeat_interleave(ptr.diff())
    keys = row.to(values.device) * width + values
    return keys if bool((keys.diff() > 0).all()) else keys.unique()


def warn_of_nan(golds: int, candidates: int, count: int) -> None:
    """Warns of NaN scores of golds (ranked last) and of other candidates (never above a gold)."""
    if golds or candidates:
        warnings.warn(
            f"in {count} rankings {golds} golds and {candidates} other candidates have NaN scores: "
            "those golds are ranked last, and those candidates make the ranks look better than "
            "they are",
            RuntimeWarning,
            stacklevel=3,
        )


def _check(scores: Tensor, target: Tensor) -> None:
    if scores.dim() != 2 or target.shape != scores.shape[:1] or target.dtype != torch.long:
        raise InputError(
            f"scores {list(scores.shape)} and {target.dtype} targets {list(target.shape)} were "
            "given, but [B, N] and int64 [B] are expected"
        )
    wrong = target[(target < 0) | (target >= scores.size(1))]
    if wrong.numel():
        raise InputError(
            f"target {int(wrong[0])} is no candidate: the scores have {scores.size(1)} columns"
        )
