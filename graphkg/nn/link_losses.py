"""Losses of link prediction, on the scores of candidates.

Letters: B queries, N candidates, K negatives of a query, P positive places.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from .losses import added_mass


def kvsall_bce(
    scores: Tensor,
    row: Tensor,
    column: Tensor,
    smoothing: float = 0.0,
    form: str = "conve",
) -> Tensor:
    r"""1-N binary cross entropy from the places that hold, the mean over B x N.

    What :func:`~graphkg.nn.smoothed_bce` gives for the targets that are 1 at these places, without
    a target matrix: with :math:`y' = (1 - \epsilon) y + a` (see
    :func:`~graphkg.nn.smooth_targets` for a),

    .. math::
        L = \frac{1}{B N} \Big( \sum_{b, o} \mathrm{softplus}(s_{bo}) - a \sum_{b, o} s_{bo}
            - (1 - \epsilon) \sum_{(b, o) \in P} s_{bo} \Big).

    Args:
        scores: [B, N] logits.
        row: [P] the query of each known answer.
        column: [P] the answer; no place may be given twice.
        smoothing: epsilon.
        form: ``"conve"`` or ``"standard"``.
    """
    added = added_mass(scores.size(1), smoothing, form)
    return _PlacesBCE.apply(scores, row, column, smoothing, added)


class _PlacesBCE(torch.autograd.Function):
    """One pass over the scores forward, one backward; the gradient is sigmoid(s) - y'."""

    @staticmethod
    def forward(
        ctx: Any, scores: Tensor, row: Tensor, column: Tensor, smoothing: float, added: float
    ) -> Tensor:
        ctx.save_for_backward(scores, row, column)
        ctx.kept, ctx.added = 1 - smoothing, added
        total = F.softplus(scores).sum() - ctx.kept * scores[row, column].sum()
        if added:
            total = total - added * scores.sum()
        return total / scores.numel()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        scores, row, column = ctx.saved_tensors
        found = scores.sigmoid()
        if ctx.added:
            found.sub_(ctx.added)
        found[row, column] -= ctx.kept
        return found.mul_(gradient / scores.numel()), None, None, None, None


def one_vs_all_ce(scores: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Cross entropy of the true answer against all candidates (Lacroix et al., 2018).

    Args:
        scores: [B, N].
        target: [B] the true answer of each query.
        weight: [B] how much each query counts, divided by their sum; by default all alike.
    """
    if weight is None:
        return F.cross_entropy(scores, target)
    each = F.cross_entropy(scores, target, reduction="none")
    return (weight * each).sum() / weight.sum()


def sampled_ce(positive: Tensor, drawn: Tensor, same: Tensor, num_objects: int) -> Tensor:
    r"""Cross entropy over all N candidates, estimated from K drawn ones; the mean over B.

    .. math::
        L = - s + \log \Big( e^{s} + \frac{N - 1}{K'} \sum_{k \ne t} e^{s_k} \Big)

    with K' the drawn candidates other than the true one, t. The sum is an unbiased estimate of that
    over all; with every candidate drawn once it is exact.

    Args:
        positive: [B] scores s of the true answers.
        drawn: [B, K] scores of candidates drawn uniformly without replacement, K > 1.
        same: [B, K], true where the drawn candidate is the true answer.
        num_objects: N.
    """
    others = (~same).sum(1, keepdim=True)
    each = drawn + ((num_objects - 1) / others).log()
    each = torch.cat([positive.unsqueeze(1), each.masked_fill(same, -torch.inf)], dim=1)
    return (each.logsumexp(1) - positive).mean()


def n3(*factors: Tensor) -> Tensor:
    r"""N3, the cube of the nuclear 3-norm (Lacroix et al., 2018, Eq. 4): the mean over B of

    .. math::
        \lVert h \rVert_3^3 + \lVert r \rVert_3^3 + \lVert t \rVert_3^3.

    Args:
        factors: moduli [B, C], as :meth:`graphkg.link.LinkPredictor.factors` gives them.
    """
    cubes = torch.stack([factor.abs().pow(3).sum() for factor in factors])
    return cubes.sum() / factors[0].size(0)


def self_adversarial(
    positive: Tensor, negative: Tensor, temperature: float = 1.0, keep: Tensor | None = None
) -> Tensor:
    r"""Negative sampling with self-adversarial weights (Sun et al., 2019, Eq. 5), the mean over B.

    .. math::
        L = - \log \sigma(s) - \sum_k p_k \log \sigma(-s_k), \qquad
        p = \mathrm{softmax}(\alpha\, s_1, \dots, \alpha\, s_K)

    The margin is part of the scores, and p has no gradient. The released code halves L.

    Args:
        positive: [B] scores of true triples.
        negative: [B, K] scores of corrupted ones.
        temperature: :math:`\alpha`; 0 weighs all negatives alike.
        keep: [B, K], false for negatives that are true triples and do not count; a query without
            any left has the first term alone.
    """
    weights = temperature * negative.detach()
    if keep is not None:
        weights = weights.masked_fill(~keep, torch.finfo(weights.dtype).min)
    p = weights.softmax(1)
    if keep is not None:
        p = p * keep
    return -(F.logsigmoid(positive) + (p * F.logsigmoid(-negative)).sum(1)).mean()
