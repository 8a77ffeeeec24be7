"""EmbeddingStore: the named tables that every part of a model reads its vectors from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import nn

from ..errors import InputError, nearest
from .features import StoreFeatures
from .learned import TableView


class EmbeddingStore(nn.Module):
    """Named tables, each keyed by a node type or an attribute (``token``, ``entity``, ``pos``).

    Every table answers ``table(index=None) -> [*, D]``, ``len(table)`` and ``table.dim``. Models
    receive the store and own no tables, so that sharing is one line here: a
    :class:`~graphkg.stores.TableView` names rows of another table. The same table under two names
    is refused, since its parameter would be saved twice.

    Args:
        tables: the tables by name; a view may stand before the table that it names.

    Raises:
        InputError: a name that no module can carry, a table or a parameter given twice, a view of
            an unknown table.

    Example:
        >>> from graphkg.stores import LearnedTable
        >>> store = EmbeddingStore(token=LearnedTable(9, 4), relation=LearnedTable(3, 2))
        >>> store["relation"]().shape, store
        (torch.Size([3, 2]), EmbeddingStore(token=[9, 4], relation=[3, 2]))
    """

    def __init__(self, **tables: nn.Module):
        super().__init__()
        self.tables = nn.ModuleDict()
        for name, table in tables.items():
            self._take(name, table)
        for name in tables:
            self._bind(name)

    def add(self, name: str, table: nn.Module) -> None:
        """Takes in one more table; a view needs its table to be here already."""
        self._take(name, table)
        try:
            self._bind(name)
        except InputError:
            del self.tables[name]
            raise

    def __getitem__(self, name: str) -> nn.Module:
        if name not in self.tables:
            known = ", ".join(self.names) or "none"
            raise InputError(
                f"the store has no table {name!r}, its tables are: {known}"
                f"{nearest(name, self.names)}"
            )
        return self.tables[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self.tables

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    @property
    def names(self) -> list[str]:
        """The names of the tables, in the order given."""
        return list(self.tables)

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """``(N, D)`` of each table."""
        tables: dict[str, Any] = dict(self.tables.items())
        return {name: (len(table), table.dim) for name, table in tables.items()}

    def features(self) -> StoreFeatures:
        """Returns the store as PyG's loaders see it: a FeatureStore of detached rows."""
        return StoreFeatures(self)

    def _take(self, name: str, table: nn.Module) -> None:
        if name in self.tables:
            raise InputError(f"the store has a table {name!r} already: choose another name")
        owned = {id(p): other for other, t in self.tables.items() for p in t.parameters()}
        twice = [other for other, known in self.tables.items() if known is table]
        twice += [owned[id(p)] for p in table.parameters() if id(p) in owned]
        if twice:
            raise InputError(
                f"{name!r} is the table {twice[0]!r} itself, which would be saved twice: "
                f"give {name}=TableView({twice[0]!r})"
            )
        try:
            self.tables[name] = table
        except (KeyError, TypeError) as error:
            raise InputError(f"{name!r} cannot name a table: {error.args[0]}") from None

    def _bind(self, name: str) -> None:
        view = self.tables[name]
        if not isinstance(view, TableView) or view.is_bound:
            return
        seen, source = [name], view.source_name
        while True:
            if source in seen:
                raise InputError(f"the views {' -> '.join([*seen, source])} form a circle")
            seen.append(source)
            table = self[source]
            if not isinstance(table, TableView) or table.is_bound:
                break
            source = table.source_name
        for link, above in reversed(list(zip(seen, seen[1:]))):
            bound: Any = self.tables[link]
            bound.bind(self.tables[above])

    def __repr__(self) -> str:
        sizes = (f"{name}=[{num}, {dim}]" for name, (num, dim) in self.sizes.items())
        return f"EmbeddingStore({', '.join(sizes)})"
