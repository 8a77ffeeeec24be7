"""E^context: what the lower layers of an encoder make of the descriptions of a graph's nodes.

Letters: N nodes, B asked, D channels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from ..errors import InputError
from ..graphs import Descriptions
from ..nn.text_encoder import TextEncoder
from ..stores import EmbeddingStore, MemoryTable

CHUNK = 2048


def describe(
    encoder: TextEncoder, descriptions: Descriptions, nodes: Tensor, budget: int | None = None
) -> Tensor:
    r"""Returns the mean of the first and last piece of each node's mention, [B, D].

    .. math:: E^{(0)}_j = (Z_s + Z_o) / 2, \quad Z = \mathrm{LM}_1(x^{e_j})

    (JAKET: Yu et al., 2020, Section 3.2.)

    Args:
        encoder: LM1.
        descriptions: of the nodes.
        nodes: [B] ids, on the encoder's device.
        budget: places of one pass of the encoder, see :meth:`TextEncoder.vectors`.
    """
    if not nodes.numel():
        return next(encoder.parameters()).new_zeros(0, encoder.dim)
    asked = descriptions.gather(nodes)
    given = asked.sequences
    rows = encoder.hidden(given.piece, given.ptr, given.segment, budget)
    return (rows[asked.first] + rows[asked.last]) / 2


def refresh(
    memory: MemoryTable,
    encoder: TextEncoder,
    descriptions: Descriptions,
    momentum: float = 0.0,
    budget: int | None = None,
) -> None:
    """Writes the rows of all nodes: without dropout and gradient, texts of a length together.

    Args:
        memory: [N, D]; rows that are not filled yet are assigned.
        encoder: LM1; its mode stays as it is.
        descriptions: of the N nodes.
        momentum: of rows that are filled.
        budget: see :func:`describe`.
    """
    device = next(encoder.parameters()).device
    order = descriptions.text.ptr.diff().argsort(stable=True)
    with as_it_predicts(encoder):
        for nodes in order.split(CHUNK):
            rows = describe(encoder, descriptions, nodes.to(device), budget)
            memory.refresh(nodes, rows, momentum)


def draw(memory: MemoryTable, seed: int = 0) -> None:
    """Writes rows of standard normal numbers, the same ones for the same seed."""
    generator = torch.Generator().manual_seed(seed)
    for nodes in torch.arange(len(memory)).split(CHUNK):
        memory.refresh(nodes, torch.randn(nodes.numel(), memory.dim, generator=generator))


def provide(store: EmbeddingStore, name: str, descriptions: Descriptions, dim: int) -> None:
    """Makes the memory `name` of a store if it is not there; checks its kind, size and graph.

    Args:
        store: of the memory.
        name: of the table.
        descriptions: of the N nodes that the rows are of.
        dim: D of the encoder.

    Raises:
        InputError: a table of another kind or size, or a file of another graph.
    """
    size = (len(descriptions), dim)
    if name not in store:
        store.add(name, MemoryTable(*size))
    table = store[name]
    if not isinstance(table, MemoryTable):
        raise InputError(
            f"the table {name!r} of the store is {table!r}, but JAKET keeps such "
            "rows in a MemoryTable"
        )
    if store.sizes[name] != size:
        raise InputError(
            f"the memory {name!r} of the store is of size {list(store.sizes[name])}, but "
            f"{size[0]} descriptions and an encoder of {size[1]} channels need {list(size)}: "
            "it was made for another graph or encoder"
        )
    claim(table, descriptions)


def claim(memory: MemoryTable, descriptions: Descriptions) -> None:
    """Notes beside the file of a memory whose descriptions it is filled from.

    Raises:
        InputError: a file that is filled already, from other descriptions or from unknown ones.
    """
    if memory.path is None:
        return
    note, own = Path(f"{memory.path}.json"), descriptions.checksum()
    if not bool(memory.filled.any()):
        note.write_text(json.dumps({"descriptions": own}) + "\n", encoding="utf-8")
        return
    kept = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    if kept.get("descriptions") != own:
        raise InputError(
            f"{memory.path} is filled from other descriptions (so says {note.name} beside it), but "
            "a memory belongs to one graph: give another path, or remove both files"
        )


@contextmanager
def as_it_predicts(module: nn.Module) -> Iterator[None]:
    """Puts a module into eval mode, without gradients, for the time of a block."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part, mode in modes:
            part.training = mode
