"""ConvE: convolution over a head and a relation that are stacked as images."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..errors import InputError
from .base import LinkPredictor, norm_rows


class ConvE(LinkPredictor):
    r"""ConvE (Dettmers et al., AAAI 2018), in the layer order of its released code.

    .. math::
        z = \mathrm{ReLU}(\mathrm{BN}_2(\mathrm{Drop}_h(W\,\mathrm{vec}(
            \mathrm{Drop2d}_f(\mathrm{ReLU}(\mathrm{BN}_1(\omega *
            \mathrm{Drop}_i(\mathrm{BN}_0([\bar e; \bar r])))))))))

    :math:`\bar e, \bar r` are the vectors with `width` columns, stacked along the rows:

    ========================  ===============  ==============  =======  ============  ========
    use                       entity           relation        stack    convolution   flat
    ========================  ===============  ==============  =======  ============  ========
    alone                     200 -> 20 x 10   200 -> 20 x 10  40 x 10  32 @ 38 x 8   9,728
    JRRELP, PA-LSTM           300 -> 30 x 10   200 -> 20 x 10  50 x 10  32 @ 48 x 8   12,288
    JRRELP, C-GCN             300 -> 30 x 10   100 -> 10 x 10  40 x 10  32 @ 38 x 8   9,728
    JRRELP, SpanBERT-large    1024 -> 32 x 32  1024 -> 32x32   64 x 32  64 @ 62 x 30  119,040
    ========================  ===============  ==============  =======  ============  ========

    Args:
        entity_dim: D_v, a multiple of `width`.
        relation_dim: D_r, a multiple of `width`.
        width: columns of the stack.
        channels: filters of the convolution.
        kernel: their size; stride 1, no padding.
        input_dropout, feature_dropout, hidden_dropout: see above.
        conv_bias: whether the convolution has a bias (SpanBERT's setting).
        num_objects: how many objects have a bias, see :class:`LinkPredictor`.

    Shapes:
        - input: heads [B, D_v], relations [B, D_r]
        - output: [B, D_v]
    """

    def __init__(
        self,
        entity_dim: int,
        relation_dim: int,
        width: int = 10,
        channels: int = 32,
        kernel: int = 3,
        input_dropout: float = 0.2,
        feature_dropout: float = 0.2,
        hidden_dropout: float = 0.3,
        conv_bias: bool = False,
        num_objects: int | None = None,
    ):
        super().__init__(entity_dim, relation_dim, num_objects)
        for name, dim in (("entity_dim", entity_dim), ("relation_dim", relation_dim)):
            if dim < width or dim % width:
                raise InputError(
                    f"ConvE({name}={dim}) cannot be laid out in {width} columns: give a width "
                    f"that divides {dim}"
                )
        self.width = width
        self.rows = (entity_dim + relation_dim) // width
        if min(self.rows, width) < kernel:
            raise InputError(
                f"ConvE stacks to {self.rows} x {width}, smaller than its kernel of {kernel} x "
                f"{kernel}: give wider vectors or a smaller kernel"
            )
        self.flat = channels * (self.rows - kernel + 1) * (width - kernel + 1)
        self.conv = nn.Conv2d(1, channels, kernel, bias=conv_bias)
        self.project = nn.Linear(self.flat, entity_dim)
        self.stack_norm, self.feature_norm = nn.BatchNorm2d(1), nn.BatchNorm2d(channels)
        self.hidden_norm = nn.BatchNorm1d(entity_dim)
        self.input_dropout = nn.Dropout(input_dropout)
        self.feature_dropout = nn.Dropout2d(feature_dropout)
        self.hidden_dropout = nn.Dropout(hidden_dropout)

    @property
    def floats_per_query(self) -> int:
        """About how many numbers :meth:`merge` holds for one query: the image and its copies."""
        return 4 * self.flat

    def merge(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns z = g(head, relation), [B, D_v]."""
        stack = torch.cat([head, relation], dim=1).view(-1, 1, self.rows, self.width)
        x = self.input_dropout(self.stack_norm(stack))
        x = self.feature_dropout(self.feature_norm(self.conv(x)).relu())
        x = self.hidden_dropout(self.project(x.flatten(1)))
        return norm_rows(self.hidden_norm, x).relu()
