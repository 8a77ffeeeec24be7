"""Loss functions on logits.

Letters: B rows, O objects (candidates), R relations.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

FORMS = ("conve", "standard")


def smooth_targets(targets: Tensor, smoothing: float, form: str = "conve") -> Tensor:
    r"""Softens 0/1 targets [B, O].

    ``"standard"`` is :math:`(1 - \epsilon) y + \epsilon / |O|`; ``"conve"``, the form of ConvE's
    released code, is :math:`(1 - \epsilon) y + 1 / |O|`. The latter exceeds 1 unless
    :math:`\epsilon \ge 1 / |O|`, so the standard form is used below that.
    """
    return (1 - smoothing) * targets + added_mass(targets.size(-1), smoothing, form)


def added_mass(count: int, smoothing: float, form: str = "conve") -> float:
    """Returns what smoothing adds to each of `count` targets, see :func:`smooth_targets`."""
    if form not in FORMS:
        raise ValueError(f"the form of smoothing is {form!r}, but it is one of {', '.join(FORMS)}")
    return 1 / count if form == "conve" and smoothing * count >= 1 else smoothing / count


def smoothed_bce(
    logits: Tensor,
    targets: Tensor,
    smoothing: float = 0.0,
    form: str = "conve",
    rows: Tensor | None = None,
) -> Tensor:
    """1-N binary cross entropy, the mean over B x O.

    Args:
        logits: [B, O].
        targets: [B, O] 0 or 1.
        smoothing: epsilon, see :func:`smooth_targets`.
        form: ``"conve"`` or ``"standard"``.
        rows: [B], true for the rows that count (divided by their number, at least 1).
    """
    soft = smooth_targets(targets.to(logits.dtype), smoothing, form)
    if rows is None:
        return F.binary_cross_entropy_with_logits(logits, soft)
    each = F.binary_cross_entropy_with_logits(logits, soft, reduction="none").mean(1)
    return (each * rows).sum() / rows.sum().clamp(min=1)


def adaptive_threshold_loss(logits: Tensor, targets: Tensor, threshold: int) -> Tensor:
    r"""The adaptive-thresholding loss of ATLOP (Zhou et al., 2021, Eq. 8), the mean over B.

    With the positive relations P of a row, its negative ones N and the threshold class TH,

    .. math::
        L = - \sum_{r \in P} \log \frac{e^{l_r}}{\sum_{r' \in P \cup TH} e^{l_{r'}}}
            - \log \frac{e^{l_{TH}}}{\sum_{r' \in N \cup TH} e^{l_{r'}}}.

    Args:
        logits: [B, R].
        targets: [B, R] 0 or 1; the threshold's column is ignored.
        threshold: the id of TH.
    """
    column = torch.arange(logits.size(1), device=logits.device) == threshold
    positive = targets.bool() & ~column
    low = torch.finfo(logits.dtype).min
    above = logits.masked_fill(~(positive | column), low).log_softmax(1)
    below = logits.masked_fill(positive, low).log_softmax(1)
    return -(above.masked_fill(~positive, 0).sum(1) + below[:, threshold]).mean()
