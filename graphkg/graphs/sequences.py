"""Sequences: what a text encoder reads, made from ragged parts without padding or a loop.

Letters: B sequences, P pieces of all of them, S parts of a sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import InputError
from .ragged import Ragged


@dataclass(frozen=True)
class Sequences:
    """B sequences of word pieces, one after the other.

    Attributes:
        piece: [P] ids.
        ptr: [B + 1] where each sequence begins.
        segment: [P] token types.
        part: [P] the part each piece comes from, -1 for special pieces.
    """

    piece: Tensor
    ptr: Tensor
    segment: Tensor
    part: Tensor

    def __len__(self) -> int:
        return self.ptr.numel() - 1

    @property
    def lengths(self) -> Tensor:
        """Pieces of each sequence, [B]."""
        return self.ptr.diff()


@dataclass(frozen=True)
class Frame:
    """The special pieces around the parts of a sequence, and the longest sequence.

    ``[CLS] part [SEP] part [SEP] ...``: the first piece and the first ``[SEP]`` belong to the first
    part's segment, every other ``[SEP]`` to that of the part before it.

    Args:
        cls, sep: ids of the first piece and of the one after each part.
        limit: most pieces of a sequence, the special ones included.

    Example:
        >>> frame = Frame(cls=1, sep=2, limit=8)
        >>> a, b = Ragged(torch.tensor([5, 6]), torch.tensor([0, 2])), Ragged(
        ...     torch.tensor([7]), torch.tensor([0, 1]))
        >>> made = frame.join([a, b], segments=[0, 1])
        >>> made.piece.tolist(), made.segment.tolist(), made.part.tolist()
        ([1, 5, 6, 2, 7, 2], [0, 0, 0, 0, 1, 1], [-1, 0, 0, -1, 1, -1])
    """

    cls: int
    sep: int
    limit: int

    def join(
        self,
        parts: Sequence[Ragged],
        segments: Sequence[int] | None = None,
        ends: Sequence[int] | None = None,
    ) -> Sequences:
        """Joins row b of every part to sequence b.

        Where a sequence would be too long, the longest part loses its last piece, one at a time
        until it fits; of equally long ones, the later.

        Args:
            parts: S parts of B rows each.
            segments: token type of each part; all 0 by default.
            ends: parts that a ``[SEP]`` follows; all by default.

        Raises:
            InputError: parts of unequal numbers of rows, or a limit without room for a piece each.
        """
        if len({len(part) for part in parts}) != 1:
            raise InputError(
                f"parts of {[len(part) for part in parts]} rows were given, but the parts of "
                "sequences have one row for each"
            )
        count = len(parts)
        ends = range(count) if ends is None else ends
        room = self.limit - len(ends) - 1
        if room < count:
            raise InputError(
                f"limit={self.limit} has no room for {count} parts and {len(ends) + 1} special "
                f"pieces: at least {count + len(ends) + 1} are needed"
            )
        lengths = fitted(torch.stack([part.lengths for part in parts], 1), room)
        kinds = list(segments or [0] * count)
        blocks, of, kind = [_special(parts[0], self.cls)], [-1], kinds[:1]
        for number, part in enumerate(parts):
            blocks.append(shortened(part, lengths[:, number]))
            of.append(number)
            if number in ends:
                blocks.append(_special(part, self.sep))
                of.append(-1)
            kind += [kinds[number]] * (len(blocks) - len(kind))
        joined, block = concatenate(blocks)
        segment, of_part = block.new_tensor(kind)[block], block.new_tensor(of)[block]
        return Sequences(joined.values, joined.ptr, segment, of_part)


def fitted(lengths: Tensor, room: int) -> Tensor:
    """Returns lengths [B, S] that add up to at most `room`: the longest part loses a piece first.

    Of equally long ones the later does. Sequences that fit are left as they are.

    Example:
        >>> fitted(torch.tensor([[6, 1, 6], [2, 2, 2]]), 8)
        tensor([[4, 1, 3],
                [2, 2, 2]])
    """
    levels = torch.arange(room + 1, device=lengths.device)
    capped = torch.minimum(lengths.unsqueeze(2), levels).sum(1)
    level = ((capped <= room).sum(1) - 1).unsqueeze(1)
    kept = torch.minimum(lengths, level)
    rest = room - kept.sum(1, keepdim=True)
    more = lengths > level
    kept = kept + (more & (more.cumsum(1) <= rest)).long()
    return torch.where(lengths.sum(1, keepdim=True) <= room, lengths, kept)


def shortened(rows: Ragged, lengths: Tensor) -> Ragged:
    """Returns the first `lengths` [B] values of each row."""
    place = torch.arange(rows.values.numel(), device=rows.ptr.device) - rows.ptr[rows.row]
    kept = rows.values[place < lengths[rows.row]]
    return Ragged(kept, torch.cat([lengths.new_zeros(1), lengths.cumsum(0)]))


def concatenate(blocks: Sequence[Ragged]) -> tuple[Ragged, Tensor]:
    """Puts the rows b of all blocks one after the other; also the block of each value."""
    lengths = torch.stack([block.lengths for block in blocks], 1)
    starts = lengths.new_zeros(lengths.numel() + 1)
    starts[1:] = lengths.view(-1).cumsum(0)
    values = torch.cat([block.values for block in blocks])
    # Row b of block s begins at starts[b * S + s]; its values follow.
    place = torch.cat(
        [
            (starts[number : -1 : len(blocks)] - block.ptr[:-1])[block.row]
            + torch.arange(block.values.numel(), device=values.device)
            for number, block in enumerate(blocks)
        ]
    )
    out = torch.empty_like(values)
    out[place] = values
    numbers = torch.arange(len(blocks), device=values.device).repeat(len(blocks[0]))
    return Ragged(out, starts[:: len(blocks)]), numbers.repeat_interleave(lengths.view(-1))


def _special(like: Ragged, piece: int) -> Ragged:
    """One piece a row."""
    count = len(like)
    return Ragged(
        like.values.new_full((count,), piece), torch.arange(count + 1, device=like.ptr.device)
    )
