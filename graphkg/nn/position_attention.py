"""Position-aware attention: which tokens a relation is read from.

Letters: T tokens of B sentences, H channels of a token, Q of a query, F of a feature, A of the
attention.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch_geometric.utils import scatter, softmax


class PositionAttention(nn.Module):
    r"""Position-aware attention (Zhang et al., EMNLP 2017, Eq. 3-5).

    .. math::
        u_i = \tanh(W_h h_i + b_h + W_q q + W_p p_i), \qquad
        a = \mathrm{softmax}_i(v \cdot u_i), \qquad z = \sum_i a_i h_i

    The paper's :math:`W_s p^s_i + W_o p^o_i` is one matrix on both offsets side by side. The
    released code adds a number to :math:`v \cdot u_i`, which the softmax takes away again; here
    there is none. The weights are drawn from N(0, 0.001), v is 0: attention is uniform at first.

    Args:
        dim: H.
        query_dim: Q.
        feature_dim: F.
        attention_dim: A.

    Shapes:
        - input: tokens [T, H], queries [B, Q], features [T, F], the sentence of each token [T]
        - output: [B, H]
    """

    def __init__(self, dim: int, query_dim: int, feature_dim: int, attention_dim: int = 200):
        super().__init__()
        self.dim, self.attention_dim = dim, attention_dim
        self.token = nn.Linear(dim, attention_dim)
        self.query = nn.Linear(query_dim, attention_dim, bias=False)
        self.feature = nn.Linear(feature_dim, attention_dim, bias=False)
        self.score = nn.Parameter(torch.zeros(attention_dim))
        for layer in (self.token, self.query, self.feature):
            nn.init.normal_(layer.weight, std=0.001)

    def forward(self, x: Tensor, query: Tensor, feature: Tensor, sentence: Tensor) -> Tensor:
        """Returns the tokens of each sentence, weighted and summed, [B, H]."""
        weight = self.weights(x, query, feature, sentence)
        return scatter(weight.unsqueeze(1) * x, sentence, dim=0, dim_size=query.size(0))

    def weights(self, x: Tensor, query: Tensor, feature: Tensor, sentence: Tensor) -> Tensor:
        """Returns the attention a of each token, [T]; it sums to 1 over a sentence."""
        u = torch.tanh(self.token(x) + self.query(query)[sentence] + self.feature(feature))
        return softmax(u @ self.score, sentence, num_nodes=query.size(0))

    def __repr__(self) -> str:
        return f"PositionAttention({self.dim}, {self.attention_dim})"
