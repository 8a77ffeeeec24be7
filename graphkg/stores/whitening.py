"""Whitening: what makes the channels of rows uncorrelated and alike in size.

Letters: N rows, D channels.
"""

from __future__ import annotations

import torch
from torch import Tensor

CHUNK = 65536
FLOOR = 1e-3


def whitening(rows: Tensor) -> tuple[Tensor, Tensor]:
    r"""Returns the mean and the matrix of ZCA whitening, [D] and [D, D], on the CPU.

    .. math::
        W = c \, V (\Lambda + \epsilon \bar\lambda I)^{-1/2} V^\top, \quad
        \tfrac1N \sum_n (x_n - \mu)(x_n - \mu)^\top = V \Lambda V^\top

    Of all whitened rows :math:`(x - \mu) W` those of ZCA stay nearest to the rows (Kessy, Lewin and
    Strimmer, 2018). :math:`\bar\lambda` is the mean of the variances and :math:`\epsilon` a
    thousandth, so that noise in directions without variance is not blown up; c makes the mean
    square of all numbers 1, also where N < D. Rows that are all alike only lose their mean.

    Args:
        rows: [N, D], read in chunks and counted in float64.

    Example:
        >>> rows = torch.tensor([[1.0, 10.0], [1.0, -10.0], [-1.0, 10.0], [-1.0, -10.0]])
        >>> mean, matrix = whitening(rows)
        >>> ((rows - mean) @ matrix).square().mean()
        tensor(1.)
    """
    count, dim = max(1, len(rows)), rows.shape[1]
    mean, spread = torch.zeros(dim).double(), torch.zeros(dim, dim).double()
    for chunk in rows.split(CHUNK):
        mean += chunk.double().sum(0) / count
    for chunk in rows.split(CHUNK):
        apart = chunk.double() - mean
        spread += apart.T @ apart / count
    variance, directions = torch.linalg.eigh(spread)
    variance = variance.clamp(min=0)
    if not float(variance.sum()) > 0:
        return mean.float(), torch.eye(dim)
    scale = (variance + FLOOR * variance.mean()).rsqrt()
    scale = scale / (variance * scale.square()).mean().sqrt()
    return mean.float(), (directions * scale @ directions.T).float()
