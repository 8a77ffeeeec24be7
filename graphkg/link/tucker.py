"""TuckER: a relation chooses a matrix from a core tensor."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .base import LinkPredictor, norm_rows


class TuckER(LinkPredictor):
    r"""TuckER (Balazevic et al., EMNLP 2019), in the layer order of its released code.

    .. math::
        z = \mathrm{Drop}_2(\mathrm{BN}_1(\mathrm{Drop}_i(\mathrm{BN}_0(h))\;
            \mathrm{Drop}_1(\textstyle\sum_k r_k W_k)))

    Args:
        entity_dim: D_v.
        relation_dim: D_r.
        input_dropout, matrix_dropout, hidden_dropout: :math:`\mathrm{Drop}_i, \mathrm{Drop}_1,
            \mathrm{Drop}_2`; the defaults are those for FB15k-237 (WN18RR: 0.2, 0.2, 0.3).
        num_objects: how many objects have a bias, see :class:`LinkPredictor`.

    Shapes:
        - input: heads [B, D_v], relations [B, D_r]
        - output: [B, D_v]
    """

    def __init__(
        self,
        entity_dim: int,
        relation_dim: int | None = None,
        input_dropout: float = 0.3,
        matrix_dropout: float = 0.4,
        hidden_dropout: float = 0.5,
        num_objects: int | None = None,
    ):
        super().__init__(entity_dim, relation_dim, num_objects)
        core = torch.empty(self.relation_dim, entity_dim, entity_dim)
        self.core = nn.Parameter(core.uniform_(-1, 1))
        self.input_norm, self.hidden_norm = nn.BatchNorm1d(entity_dim), nn.BatchNorm1d(entity_dim)
        self.input_dropout = nn.Dropout(input_dropout)
        self.matrix_dropout = nn.Dropout(matrix_dropout)
        self.hidden_dropout = nn.Dropout(hidden_dropout)

    @property
    def floats_per_query(self) -> int:
        """About how many numbers :meth:`merge` holds for one query."""
        return 2 * self.entity_dim * max(self.entity_dim, self.relation_dim)

    def merge(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns z = g(head, relation), [B, D_v]."""
        x = self.input_dropout(norm_rows(self.input_norm, head))
        if self.training and self.matrix_dropout.p:
            x = self._through_dropped(x, relation)
        else:  # head first: a query has D_r x D_v numbers instead of a matrix, D_v x D_v
            parts = (x @ self.core.transpose(0, 1).flatten(1)).view(-1, *self.core.shape[::2])
            x = (relation.unsqueeze(1) @ parts).squeeze(1)
        return self.hidden_dropout(norm_rows(self.hidden_norm, x))

    def _through_dropped(self, x: Tensor, relation: Tensor) -> Tensor:
        """Multiplies x with each query's own matrix after dropout, which needs it whole."""
        matrix = (relation @ self.core.flatten(1)).view(-1, self.entity_dim, self.entity_dim)
        return (x.unsqueeze(1) @ self.matrix_dropout(matrix)).squeeze(1)

    def compare_relations(self, head: Tensor, relations: Tensor, tail: Tensor) -> Tensor:
        """Scores without biases of all relations, [B, R].

        In eval mode the batch norms are linear, so that head, tail and core are contracted before
        any relation is looked at; in training mode all pairs are merged.
        """
        if self.training:
            return super().compare_relations(head, relations, tail)
        norm = self.hidden_norm
        assert norm.running_mean is not None and norm.running_var is not None
        scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
        shift = norm.bias - norm.running_mean * scale
        right = self.core.flatten(0, 1) @ (scale * tail).t()
        right = right.view(self.relation_dim, self.entity_dim, -1)
        x = self.input_norm(head)
        return torch.einsum("kib,bi,rk->br", right, x, relations) + (tail @ shift).unsqueeze(1)
