"""Losses between queries and candidates of a batch (LP-BERT's, and contrast of likelihoods).

Letters: n queries, m candidates, D channels.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

DISTANCES = ("per_pair", "batch_sum", "off")
SQUASHES = ("none", "half", "sigmoid")


def squashed(scores: Tensor, how: str) -> Tensor:
    """Returns scores as probabilities: as they are, ``(1 + s) / 2``, or their sigmoid."""
    if how not in SQUASHES:
        raise ValueError(f"squash is {how!r}, but it is one of {', '.join(SQUASHES)}")
    if how == "half":
        return (1 + scores) / 2
    return scores.sigmoid() if how == "sigmoid" else scores


def focal_loss(
    probabilities: Tensor, labels: Tensor, alpha: float = 0.8, gamma: float = 2.0
) -> Tensor:
    r"""LP-BERT, Eq. 11, as a mean over all pairs.

    .. math::
        -\alpha_{ij} (1 - p_{ij})^\gamma \log p_{ij},

    p the probability d1 where Y = 1 and 1 - d1 elsewhere; :math:`\alpha_{ij}` likewise
    :math:`\alpha` or :math:`1 - \alpha`. As in the released code only the logarithm is kept from
    0: its argument lies in [1e-4, 1 - 1e-4].

    Args:
        probabilities: d1, [n, m].
        labels: Y, boolean [n, m].
        alpha: weight of the positive pairs.
        gamma: how much easy pairs count less.
    """
    p = torch.where(labels, probabilities, 1 - probabilities)
    weight = torch.where(labels, alpha, 1 - alpha)
    return -(weight * (1 - p).pow(gamma) * p.clamp(1e-4, 1 - 1e-4).log()).mean()


def distance_loss(queries: Tensor, candidates: Tensor, labels: Tensor, form: str) -> Tensor:
    r"""LP-BERT, Eq. 12, on the distances :math:`d_{ij} = \lVert u_i - v_j \rVert`.

    ``"per_pair"`` is the mean of :math:`Y \sigma(d) + (1 - Y) (1 - \sigma(d))`. ``"batch_sum"``,
    the form of the released code, puts the sum of all distances into the sigmoid, which is then 1:
    a constant without gradient.

    Args:
        queries: u, [n, D].
        candidates: v, [m, D].
        labels: Y, boolean [n, m].
        form: of the loss.
    """
    if form not in DISTANCES:
        raise ValueError(f"the distance loss is {form!r}, but it is one of {', '.join(DISTANCES)}")
    if form == "off":
        return queries.new_zeros(())
    d = torch.cdist(queries.unsqueeze(0), candidates.unsqueeze(0)).squeeze(0)
    s = (d.sum() if form == "batch_sum" else d).sigmoid()
    return torch.where(labels, s, 1 - s).mean()


def info_nce(
    scores: Tensor,
    gold: Tensor,
    left_out: Tensor | None,
    inverse_temperature: Tensor | float,
    margin: float = 0.0,
) -> Tensor:
    r"""Cross entropy of the gold candidate (van den Oord et al., 2018; SimKGC, Eq. 3).

    .. math::
        -\log \frac{e^{(s_g - \gamma) / \tau}}
        {e^{(s_g - \gamma) / \tau} + \sum_{j \ne g} e^{s_j / \tau}}

    Args:
        scores: s, [n, m], as cosines.
        gold: g, [n] the column of each query's own answer.
        left_out: boolean [n, m], candidates that are no negatives; the gold is never left out.
        inverse_temperature: :math:`1 / \tau`.
        margin: :math:`\gamma`.
    """
    own = F.one_hot(gold, scores.size(1)).bool()
    logits = (scores - margin * own) * inverse_temperature
    if left_out is not None:
        logits = logits.masked_fill(left_out & ~own, -torch.inf)
    return F.cross_entropy(logits, gold)
