"""Contrast between the instances of a batch, and of instances with their classes (QIDN).

Letters: N instances, K instances of a bank, R classes, D channels.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from .bank import InstanceBank


def instance_contrast(
    v: Tensor,
    label: Tensor,
    temperature: Tensor | float = 0.1,
    bank: InstanceBank | None = None,
) -> Tensor:
    r"""QIDN, Eq. 9: instances of one class attract each other.

    .. math::
        -\log \frac{e^{S(v_i, v_j) / \tau}}{\sum_{k \ne i} e^{S(v_i, v_k) / \tau}},

    S the cosine, as the mean over the ordered pairs i, j of one class; 0 where there is none. The
    paper prints no :math:`\tau` (1), a sum without mean, and k = i and j = i among the terms.

    Args:
        v: [N, D].
        label: [N] their classes.
        temperature: :math:`\tau`.
        bank: instances of batches before, which are j and k, too.
    """
    others, known = v, label
    if bank is not None:
        others, known = torch.cat([v, bank.rows.to(v.dtype)]), torch.cat([label, bank.label])
    logits = F.normalize(v, dim=1) @ F.normalize(others, dim=1).t() / temperature
    self_ = torch.eye(*logits.shape, dtype=torch.bool, device=v.device)
    # The lowest number in place of -inf: a row without any other instance stays finite.
    left_out = self_ | (known < 0)
    chances = logits.masked_fill(left_out, torch.finfo(logits.dtype).min).log_softmax(1)
    pairs = (label.unsqueeze(1) == known) & ~left_out
    return -chances.masked_fill(~pairs, 0).sum() / pairs.sum().clamp(min=1)


def class_contrast(
    v: Tensor, classes: Tensor, label: Tensor, temperature: Tensor | float = 0.1
) -> Tensor:
    r"""QIDN, Eq. 10: an instance lies near the vector of its class; 0 without instances.

    .. math::
        -\log \frac{e^{S(v_i, r_c) / \tau}}{\sum_{c'} e^{S(v_i, r_{c'}) / \tau}},

    as the mean over instances.

    Args:
        v: [N, D].
        classes: r, [R, D].
        label: c, [N].
        temperature: :math:`\tau` (the paper prints none).
    """
    logits = F.normalize(v, dim=1) @ F.normalize(classes, dim=1).t() / temperature
    return F.cross_entropy(logits, label, reduction="sum") / max(label.numel(), 1)
