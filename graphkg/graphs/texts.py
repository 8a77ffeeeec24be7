"""NodeText: the word pieces of every entity or relation, flat and memory-mappable."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from ..errors import InputError
from .ragged import Ragged


class NodeText:
    """The texts of N nodes as ragged piece ids: row n belongs to node n.

    Args:
        ids: [P] all pieces, one row after the other (int32 or int64).
        ptr: [N + 1] int64 pointers.

    Example:
        >>> texts = NodeText.from_rows([[5, 6], [], [7]])
        >>> texts[0].tolist(), len(texts), texts.gather(torch.tensor([2, 0])).values.tolist()
        ([5, 6], 3, [7, 5, 6])
    """

    def __init__(self, ids: Tensor, ptr: Tensor):
        if ptr.numel() < 1 or int(ptr[0]) != 0 or int(ptr[-1]) != ids.numel():
            raise InputError(
                f"NodeText was given {ids.numel()} pieces and pointers from "
                f"{ptr[:1].tolist()} to {ptr[-1:].tolist()}: pointers run from 0 to their number"
            )
        self.ids, self.ptr = ids, ptr

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[int]]) -> NodeText:
        """Builds the texts from one list of piece ids a node."""
        rows = [list(row) for row in rows]
        flat = torch.tensor([piece for row in rows for piece in row], dtype=torch.int32)
        lengths = torch.tensor([len(row) for row in rows], dtype=torch.long)
        return cls(flat, torch.cat([torch.zeros(1, dtype=torch.long), lengths.cumsum(0)]))

    @classmethod
    def from_texts(cls, texts: Iterable[str], tokenize: Callable[[str], Sequence[int]]) -> NodeText:
        """Tokenises each node's text once with `tokenize` (text -> piece ids)."""
        return cls.from_rows(tokenize(text) for text in texts)

    def __len__(self) -> int:
        return self.ptr.numel() - 1

    def __getitem__(self, node: int) -> Tensor:
        """The pieces of one node as int64."""
        if not 0 <= node < len(self):
            raise InputError(f"node {node} was asked for, but there are {len(self)} texts")
        return self.ids[self.ptr[node] : self.ptr[node + 1]].long()

    def gather(self, nodes: Tensor) -> Ragged:
        """Returns the pieces of `nodes` [B] as ragged int64 rows on the device of `nodes`."""
        rows = Ragged(self.ids, self.ptr).gather(nodes.to(self.ptr.device))
        return Ragged(rows.values.to(nodes.device, torch.long), rows.ptr.to(nodes.device))

    def distinct(self) -> tuple[Tensor, Tensor]:
        """Returns the first node of each different text [U], and which text each node has [N].

        Example:
            >>> first, text = NodeText.from_rows([[5, 6], [7], [5, 6]]).distinct()
            >>> first.tolist(), text.tolist()
            ([0, 1], [0, 1, 0])
        """
        flat, ptr = self.ids.int().contiguous().numpy(), self.ptr.tolist()
        rows = [flat[start:stop].tobytes() for start, stop in zip(ptr, ptr[1:])]
        numbers: dict[bytes, int] = {}
        text = torch.tensor([numbers.setdefault(row, len(numbers)) for row in rows]).long()
        first = torch.full((len(numbers),), len(rows)).scatter_reduce(
            0, text, torch.arange(len(rows)), "amin"
        )
        return first, text

    def followed_by(self, other: NodeText) -> NodeText:
        """Returns these texts and, behind them, those of `other`."""
        ids = torch.cat([self.ids, other.ids.to(self.ids.dtype)])
        return NodeText(ids, torch.cat([self.ptr, other.ptr[1:] + self.ptr[-1]]))

    def save(self, folder: str | Path) -> None:
        """Writes ``ids.bin`` (int32), ``ptr.bin`` (int64) and ``node_text.json``."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, values in (("ids", self.ids.int()), ("ptr", self.ptr.long())):
            beside = folder / f"{name}.bin.part"
            beside.write_bytes(values.contiguous().numpy().tobytes())
            os.replace(beside, folder / f"{name}.bin")
        sizes = {"graphkg": "node_text", "pieces": self.ids.numel(), "nodes": len(self)}
        (folder / "node_text.json").write_text(json.dumps(sizes) + "\n", encoding="utf-8")

    @classmethod
    def open(cls, folder: str | Path, in_memory: bool = False) -> NodeText:
        """Opens what :meth:`save` wrote, memory-mapped (read on demand) unless `in_memory`."""
        folder = Path(folder)
        header = folder / "node_text.json"
        if not header.is_file():
            raise InputError(f"{header} does not exist: {folder} is no folder of NodeText.save")
        sizes = json.loads(header.read_text(encoding="utf-8"))
        ids = _map(folder / "ids.bin", sizes["pieces"], torch.int32)
        ptr = _map(folder / "ptr.bin", sizes["nodes"] + 1, torch.long)
        return cls(ids.clone(), ptr.clone()) if in_memory else cls(ids, ptr)

    def __repr__(self) -> str:
        return f"NodeText({len(self)} nodes, {self.ids.numel()} pieces)"


def _map(path: Path, count: int, dtype: torch.dtype) -> Tensor:
    expected = count * dtype.itemsize
    found = path.stat().st_size if path.is_file() else -1
    if found != expected:
        raise InputError(f"{path} has {found} bytes, but {expected} were written: write it anew")
    if count == 0:
        return torch.empty(0, dtype=dtype)
    return torch.from_file(str(path), shared=False, size=count, dtype=dtype)
