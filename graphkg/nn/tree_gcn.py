"""TreeGCN: the graph convolution of C-GCN."""

from __future__ import annotations

from torch import Tensor, nn
from torch_geometric.nn import MessagePassing
from torch_geometric.utils import degree as count_edges

BIASES = ("official", "paper")


class TreeGCN(MessagePassing):
    r"""One graph convolution over a pruned dependency tree (Zhang, Qi and Manning, 2018, Eq. 2).

    With :math:`\tilde h_i = \sum_j A_{ij} h_j + h_i` and :math:`d_i = 1 + \sum_j A_{ij}`,

    .. math::
        h_i' = \mathrm{ReLU}\big( (W \tilde h_i + 2b) / d_i \big) \quad (\text{official}),
        \qquad
        h_i' = \mathrm{ReLU}\big( W \tilde h_i / d_i + b \big) \quad (\text{paper}).

    The released code applies one linear layer to neighbours and to the token itself, hence its
    bias counts twice and is divided; the published figures come from that form.

    Args:
        in_channels: D_in.
        out_channels: D_out.
        bias: ``"official"`` or ``"paper"``, see above.

    Shapes:
        - input: nodes [T, D_in], edges [2, E] with both directions and no self loops, and
          optionally the number of neighbours [T] that d counts
        - output: [T, D_out]
    """

    def __init__(self, in_channels: int, out_channels: int, bias: str = "official"):
        super().__init__(aggr="add")
        if bias not in BIASES:
            raise ValueError(f"bias is {bias!r}, but it is one of {', '.join(BIASES)}")
        self.in_channels, self.out_channels, self.bias = in_channels, out_channels, bias
        self.linear = nn.Linear(in_channels, out_channels)

    def reset_parameters(self) -> None:
        """Draws the weights anew."""
        super().reset_parameters()
        self.linear.reset_parameters()

    def forward(self, x: Tensor, edge_index: Tensor, neighbours: Tensor | None = None) -> Tensor:
        """Convolves once; `neighbours` overrides the degrees that `edge_index` gives."""
        if neighbours is None:
            neighbours = count_edges(edge_index[1], x.size(0), dtype=x.dtype)
        h = x @ self.linear.weight.t()
        h = h + self.propagate(edge_index, x=h)
        d = (1 + neighbours).unsqueeze(1)
        if self.bias == "official":
            return ((h + 2 * self.linear.bias) / d).relu()
        return (h / d + self.linear.bias).relu()

    def __repr__(self) -> str:
        return f"TreeGCN({self.in_channels}, {self.out_channels}, bias={self.bias!r})"
