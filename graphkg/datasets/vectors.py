"""Word vectors from a folder with ``vectors.npz`` and ``vocab.txt.gz`` (100-d GloVe rows)."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from ..errors import InputError
from .base import locate, read_lines


class WordVectors:
    """Lower-case words, most frequent first, and their vectors.

    Args:
        path: the folder; by default ``glove-100d`` in ``$GRAPHKG_DATA``.

    Attributes:
        words: W words.
        vectors: [W, D], float16 as stored.
    """

    def __init__(self, path: str | Path | None = None):
        import numpy

        folder = locate("glove-100d", path)
        self.words = [line for _, line in read_lines(folder / "vocab.txt.gz")]
        with numpy.load(folder / "vectors.npz", allow_pickle=False) as file:
            self.vectors = torch.from_numpy(file["vectors"])
        if len(self.words) != self.vectors.size(0):
            raise InputError(
                f"{folder} has {len(self.words)} words and {self.vectors.size(0)} vectors, but "
                "row i belongs to word i: fetch the folder anew"
            )
        self._rows = {word: row for row, word in enumerate(self.words)}

    def __contains__(self, word: str) -> bool:
        return word in self._rows

    @property
    def dim(self) -> int:
        """Width of a vector."""
        return self.vectors.size(1)

    def rows(self, words: list[str]) -> tuple[Tensor, Tensor]:
        """Returns which words have a vector (their places), and those vectors as float32."""
        places = [place for place, word in enumerate(words) if word in self._rows]
        rows = [self._rows[words[place]] for place in places]
        return torch.tensor(places, dtype=torch.long), self.vectors[rows].float()

    def __repr__(self) -> str:
        return f"WordVectors({len(self.words)}, {self.dim})"
