"""Tables whose rows are learned: LearnedTable owns its rows, TableView names rows of another table.

Letters: N rows, D channels.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError


class LearnedTable(nn.Module):
    """N rows of width D: the parameter ``weight``, and with `trained` the buffer ``fixed``.

    Args:
        num: number of rows N.
        dim: width of a row D.
        padding: a row that is zero and gets no gradient.
        trained: only the first `trained` rows are learned, as the most frequent words of C-GCN; by
            default all are. The others are a buffer: no gradient, no optimiser state, no decay.
        weight: initial values [N, D], copied; by default drawn as `init` says.
        init: ``"uniform"`` in [-`scale`, `scale`), ``"normal"`` with deviation `scale`,
            ``"xavier"`` (normal, `scale` is its gain) or ``"zeros"``.
        scale: see `init`; the default is that of PA-LSTM and C-GCN, U(-1, 1).

    Shapes:
        - index: [*] ids, or ``None`` for all rows
        - output: [*, D], or [N, D]

    Raises:
        InputError: sizes that do not fit each other.

    Example:
        >>> LearnedTable(5, 3, padding=0)(torch.tensor([[0, 4]])).shape
        torch.Size([1, 2, 3])
    """

    fixed: Tensor | None

    def __init__(
        self,
        num: int,
        dim: int,
        padding: int | None = None,
        trained: int | None = None,
        weight: Tensor | None = None,
        init: str = "uniform",
        scale: float = 1.0,
    ):
        super().__init__()
        if weight is not None and tuple(weight.shape) != (num, dim):
            raise InputError(
                f"initial rows of shape {list(weight.shape)} were given for a table of "
                f"[{num}, {dim}]: give one row of width {dim} for each of the {num} ids"
            )
        if padding is not None and not 0 <= padding < num:
            raise InputError(f"padding row {padding} was given, but the rows are 0-{num - 1}")
        if trained is not None and not 0 <= trained <= num:
            raise InputError(f"{trained} trained rows were asked of a table of {num} rows")
        self.padding, self.trained = padding, trained
        values = _drawn(num, dim, init, scale) if weight is None else weight.detach().clone()
        if padding is not None:
            values[padding] = 0.0
        self.weight = nn.Parameter(values if trained is None else values[:trained].clone())
        self.register_buffer("fixed", None if trained is None else values[trained:].clone())

    def forward(self, index: Tensor | None = None) -> Tensor:
        """Returns the rows `index` [*] as [*, D], or all of them [N, D]."""
        if index is None:
            rows = self.weight if self.fixed is None else torch.cat([self.weight, self.fixed])
            if self.padding is None:
                return rows
            number = torch.arange(len(self), device=rows.device)
            return rows.masked_fill((number == self.padding).unsqueeze(-1), 0.0)
        if self.fixed is None:
            return F.embedding(index, self.weight, padding_idx=self._learned_padding)
        learned = index < self.weight.size(0)
        rows = self.weight.new_empty(*index.shape, self.dim)
        own = F.embedding(index[learned], self.weight, padding_idx=self._learned_padding)
        rows = rows.index_put((learned,), own)
        return rows.index_put((~learned,), self.fixed[index[~learned] - self.weight.size(0)])

    @property
    def _learned_padding(self) -> int | None:
        inside = self.padding is not None and self.padding < self.weight.size(0)
        return self.padding if inside else None

    def __len__(self) -> int:
        return self.weight.size(0) + (0 if self.fixed is None else self.fixed.size(0))

    @property
    def dim(self) -> int:
        """Width of a row."""
        return self.weight.size(1)

    def __repr__(self) -> str:
        options = "" if self.padding is None else f", padding={self.padding}"
        options += "" if self.trained is None else f", trained={self.trained}"
        return f"LearnedTable({len(self)}, {self.dim}{options})"


class TableView(nn.Module):
    """Rows of another table, without weights of its own: how two parts share an embedding.

    The reference to the other table is kept outside the module tree, so that a shared parameter is
    counted, saved and moved once; a deep copy of the store, or of the model around both, stays tied
    to its own copy.

    Args:
        source: the name of a table in the same store, or a module with rows: a table, or the
            ``nn.Embedding`` of a text encoder.
        rows: [n] ids of the source's rows, in the order of this table's ids; by default all.

    Example:
        >>> from graphkg.stores import EmbeddingStore
        >>> store = EmbeddingStore(token=LearnedTable(9, 4), object=TableView("token", [7, 8]))
        >>> torch.equal(store["object"](torch.tensor(0)), store["token"](torch.tensor(7)))
        True
    """

    rows: Tensor | None

    def __init__(self, source: str | nn.Module, rows: Any = None):
        super().__init__()
        if rows is not None:
            rows = torch.as_tensor(rows, dtype=torch.long).detach().clone().view(-1)
        self.register_buffer("rows", rows)
        self.source_name = source if isinstance(source, str) else type(source).__name__
        self.__dict__["_source"] = None
        if not isinstance(source, str):
            self.bind(source)

    @property
    def source(self) -> Any:
        """The table whose rows these are."""
        source = self.__dict__["_source"]
        if source is None:
            raise InputError(
                f"a view of {self.source_name!r} stands alone: give it to an EmbeddingStore "
                f"that has a table {self.source_name!r}"
            )
        return source

    @property
    def is_bound(self) -> bool:
        """Whether the table behind the view is known."""
        return self.__dict__["_source"] is not None

    def bind(self, source: nn.Module) -> None:
        """Ties the view to its table, as the store does when it takes both in."""
        num = _size(source)[0]
        if self.rows is not None and self.rows.numel():
            low, high = int(self.rows.min()), int(self.rows.max())
            if low < 0 or high >= num:
                raise InputError(
                    f"a view names rows {low}-{high} of {self.source_name!r}, which has {num} "
                    f"rows (0-{num - 1})"
                )
        self.__dict__["_source"] = source

    def forward(self, index: Tensor | None = None) -> Tensor:
        """Returns the rows `index` [*] as [*, D], or all of them [n, D]."""
        if self.rows is not None:
            index = self.rows if index is None else self.rows.to(index.device)[index]
        source = self.source
        if isinstance(source, nn.Embedding):
            return source.weight if index is None else source(index)
        return source(index)

    def __len__(self) -> int:
        return _size(self.source)[0] if self.rows is None else self.rows.numel()

    @property
    def dim(self) -> int:
        """Width of a row."""
        return _size(self.source)[1]

    def __repr__(self) -> str:
        if not self.is_bound:
            return f"TableView({self.source_name!r}, unbound)"
        return f"TableView({self.source_name!r}, {len(self)}, {self.dim})"


def _size(table: Any) -> tuple[int, int]:
    if isinstance(table, nn.Embedding):
        return table.num_embeddings, table.embedding_dim
    return len(table), table.dim


def _drawn(num: int, dim: int, init: str, scale: float) -> Tensor:
    values = torch.empty(num, dim)
    if init == "uniform":
        return values.uniform_(-scale, scale)
    if init == "normal":
        return values.normal_(0.0, scale)
    if init == "xavier":
        return nn.init.xavier_normal_(values, gain=scale)
    if init == "zeros":
        return values.zero_()
    raise InputError(f"init {init!r} was given, but it is 'uniform', 'normal', 'xavier' or 'zeros'")
