"""MemoryTable: rows without gradient that may lie in a file, and when to refresh them.

Letters: N rows, D channels.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import InputError
from .whitening import whitening

CHUNK = 65536


class MemoryTable(nn.Module):
    """N rows of width D that are written by :meth:`refresh` and never trained.

    The rows are no parameter and no buffer: ``.to(device)`` and ``state_dict`` leave them alone,
    since JAKET's take 11 GB. Gathered rows are moved to the device of the index. With a `path` they
    lie in that file, mapped and shared between processes; a pickled or deep-copied table opens the
    same file. What ``state_dict`` leaves out is in :meth:`checkpoint`.

    Args:
        num: number of rows N.
        dim: width of a row D.
        path: a file of ``N * D`` numbers and N flags (which rows were filled); it is made if it is
            missing and continued if it is there.
        dtype: type of the rows.

    Shapes:
        - index: [*] ids, or ``None`` for all rows
        - output: [*, D], or [N, D] on the CPU, not a copy; rows not yet filled are zero

    Raises:
        InputError: a file of another size, or a folder that is not there.

    Example:
        >>> memory = MemoryTable(2, 3)
        >>> memory.refresh(torch.tensor([1]), torch.ones(1, 3))
        >>> memory.refresh(torch.tensor([1]), torch.zeros(1, 3), momentum=0.8)
        >>> memory(torch.tensor([1]))
        tensor([[0.8000, 0.8000, 0.8000]])
    """

    _whitening: tuple[Tensor, Tensor] | None

    def __init__(
        self,
        num: int,
        dim: int,
        path: str | Path | None = None,
        dtype: torch.dtype = torch.float32,
    ):
        super().__init__()
        self.num, self.dim, self.dtype = num, dim, dtype
        self.path = None if path is None else Path(path)
        self._open()

    def forward(self, index: Tensor | None = None) -> Tensor:
        """Returns the rows `index` [*] as [*, D] on the index's device, or all [N, D]."""
        if index is None:
            return self._rows
        return self._rows[index.to("cpu")].to(index.device)

    @torch.no_grad()
    def refresh(self, index: Tensor | None, rows: Tensor, momentum: float = 0.0) -> None:
        r"""Writes :math:`E \leftarrow m E + (1 - m) E_{new}`; the first fill of a row assigns.

        Args:
            index: [n] distinct ids, or ``None`` for all rows in order.
            rows: [n, D] new values, on any device.
            momentum: m in [0, 1]; JAKET's is 0.8, 0 replaces.

        Raises:
            InputError: a momentum outside [0, 1], repeated ids or another number of rows.
        """
        index = torch.arange(self.num) if index is None else index.to("cpu").view(-1)
        if not 0.0 <= momentum <= 1.0:
            raise InputError(f"momentum {momentum} was given, but it lies in [0, 1]")
        if tuple(rows.shape) != (index.numel(), self.dim):
            raise InputError(
                f"rows of shape {list(rows.shape)} were given for {index.numel()} ids of a memory "
                f"of width {self.dim}: give [{index.numel()}, {self.dim}]"
            )
        if index.unique().numel() != index.numel():
            raise InputError("an id is refreshed twice in one call, but the ids must be distinct")
        for places, new in zip(index.split(CHUNK), rows.split(CHUNK)):
            new = new.to("cpu", torch.float32)
            mixed = momentum * self._rows[places].float() + (1.0 - momentum) * new
            first = ~self._filled[places].unsqueeze(-1)
            self._rows[places] = torch.where(first, new, mixed).to(self.dtype)
            self._filled[places] = True
        self._whitening = None

    def whitening(self) -> tuple[Tensor, Tensor]:
        """Returns the mean [D] and the matrix [D, D] that whiten all rows, see :func:`whitening`.

        They are kept until this object writes rows, or restores them.
        """
        if self._whitening is None:
            self._whitening = whitening(self._rows)
        return self._whitening

    def whitened(self, index: Tensor) -> Tensor:
        """Returns the rows `index` [*] whitened, float32 [*, D] on the index's device."""
        mean, matrix = (part.to(index.device) for part in self.whitening())
        with torch.autocast(index.device.type, enabled=False):
            return (self(index).float() - mean) @ matrix

    @property
    def filled(self) -> Tensor:
        """Which rows were ever refreshed, bool [N]."""
        return self._filled

    def checksum(self) -> str:
        """Returns a digest of the rows and of which are filled."""
        digest = hashlib.blake2b(digest_size=16)
        for chunk in self._bytes.split(1 << 24):
            digest.update(chunk.numpy())
        return digest.hexdigest()

    def checkpoint(self, folder: str | Path | None = None, name: str = "memory") -> dict[str, Any]:
        """Returns the state that ``state_dict`` leaves out; only numbers, strings and tensors.

        Args:
            folder: where a file-backed memory is copied to, as ``<name>.bin``. Without it the path,
                the sizes and a checksum are kept, and :meth:`restore` accepts the same bits only.
            name: the name of the copy. A memory without a file is in the returned dict itself.
        """
        state: dict[str, Any] = {
            "num": self.num,
            "dim": self.dim,
            "dtype": str(self.dtype).removeprefix("torch."),
            "path": None if self.path is None else str(self.path),
            "checksum": self.checksum(),
        }
        if self.path is None:
            state["bytes"] = self._bytes.clone()
        elif folder is not None:
            state["copy"] = f"{name}.bin"
            part = Path(folder) / f"{name}.bin.part"
            with part.open("wb") as file:
                for chunk in self._bytes.split(1 << 24):
                    file.write(memoryview(chunk.numpy()))
            part.replace(Path(folder) / state["copy"])
        return state

    def restore(self, state: dict[str, Any], folder: str | Path | None = None) -> None:
        """Puts back what :meth:`checkpoint` returned, bit for bit.

        Args:
            state: what :meth:`checkpoint` returned.
            folder: where its copy lies, if it made one.

        Raises:
            InputError: another size or type, or rows that changed since and have no copy.
        """
        self._whitening = None
        given = (state["num"], state["dim"], state["dtype"])
        own = (self.num, self.dim, str(self.dtype).removeprefix("torch."))
        if given != own:
            raise InputError(
                f"the checkpoint holds a memory of (rows, width, type) {given}, but this one has "
                f"{own}: build the model for the same graph"
            )
        if "bytes" in state:
            self._bytes.copy_(state["bytes"])
        elif "copy" in state and folder is not None:
            copy = Path(folder) / state["copy"]
            if not copy.is_file() or copy.stat().st_size != self._bytes.numel():
                raise InputError(f"{copy} is missing or has another size than the memory's rows")
            kept = torch.from_file(
                str(copy), shared=False, size=self._bytes.numel(), dtype=torch.uint8
            )
            self._bytes.copy_(kept)
        if self.checksum() != state["checksum"]:
            raise InputError(
                f"the rows in {self.path} are not those of the checkpoint (written since, or "
                "another file): fill the memory anew, or keep a copy with checkpoint(folder)"
            )

    def _open(self) -> None:
        self._whitening = None
        size = self.num * self.dim * self.dtype.itemsize
        whole = size + self.num
        if self.path is None:
            self._bytes = torch.zeros(whole, dtype=torch.uint8)
        else:
            self._bytes = _map(self.path, whole)
        self._rows = self._bytes[:size].view(self.dtype).view(self.num, self.dim)
        self._filled = self._bytes[size:].view(torch.bool)

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        del state["_rows"], state["_filled"], state["_whitening"]
        if self.path is not None:
            del state["_bytes"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        kept = state.get("_bytes")
        self._open()
        if kept is not None:
            self._bytes.copy_(kept)

    def __len__(self) -> int:
        return self.num

    def __repr__(self) -> str:
        place = "" if self.path is None else ", in a file"
        return f"MemoryTable({self.num}, {self.dim}, {int(self._filled.sum())} filled{place})"


class RefreshSchedule(nn.Module):
    r"""When a memory is refreshed (JAKET): every T(i) steps, and less and less often.

    .. math:: T(i) = \min(I a^{\lfloor i / r \rfloor}, I_{max})

    i is the number of refreshes done. The counters are a buffer, so that a model that holds its
    schedule saves them with its weights.

    Args:
        initial: the first interval I (JAKET: 10).
        growth: its factor a (2).
        repeats: how many refreshes r use one interval (3).
        maximum: the longest interval (500).

    Example:
        >>> schedule = RefreshSchedule()
        >>> [step for step in range(1, 100) if schedule.due(step)]
        [10, 20, 30, 50, 70, 90]
    """

    counters: Tensor

    def __init__(self, initial: int = 10, growth: float = 2, repeats: int = 3, maximum: int = 500):
        super().__init__()
        if initial < 1 or growth < 1 or repeats < 1 or maximum < initial:
            raise InputError(
                f"RefreshSchedule({initial}, {growth}, {repeats}, {maximum}) was given, but "
                "intervals are at least 1 and grow up to the maximum"
            )
        self.initial, self.growth, self.repeats, self.maximum = initial, growth, repeats, maximum
        self.register_buffer("counters", torch.zeros(2, dtype=torch.long))

    def interval(self, refresh: int) -> int:
        """Returns T(i), the steps before refresh number `refresh` (from 0)."""
        length: float = self.initial
        for _ in range(refresh // self.repeats):
            if length >= self.maximum or self.growth == 1:
                break
            length *= self.growth
        return min(int(length), self.maximum)

    def due(self, step: int) -> bool:
        """Says whether to refresh after `step` (counted from 1), and counts the refresh if so."""
        done, last = self.counters.tolist()
        if step < last + self.interval(done):
            return False
        self.counters.copy_(torch.tensor([done + 1, step]))
        return True

    @property
    def done(self) -> int:
        """How many refreshes were due so far."""
        return int(self.counters[0])

    def __repr__(self) -> str:
        sizes = f"{self.initial}, {self.growth}, {self.repeats}, {self.maximum}"
        return f"RefreshSchedule({sizes}, done={self.done})"


def _map(path: Path, size: int) -> Tensor:
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} does not exist: make the folder of a memory's file first")
    if path.exists() and path.stat().st_size != size:
        raise InputError(
            f"{path} has {path.stat().st_size} bytes, but a memory of this size has {size}: "
            "it was made for another graph or width, choose another path"
        )
    if size == 0:
        return torch.empty(0, dtype=torch.uint8)
    return torch.from_file(str(path), shared=True, size=size, dtype=torch.uint8)
