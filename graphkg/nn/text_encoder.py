"""TextEncoder: a pretrained transformer over ragged word pieces.

Letters: P pieces of B texts, one after the other; L the longest text; D channels.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import InputError
from .encoder_files import load_model, transformers
from .pooling import pool
from .split_encoder import UpperLayers, padded, split_layers

# Places of one pass: on a CPU small ones are fastest, on a GPU what fills it.
BUDGETS = {"cpu": 1024}
WIDE_BUDGET = 65_536
POOLINGS = ("pooler", "cls", "mean")


class TextEncoder(nn.Module):
    """Any encoder of Hugging Face transformers, without padding outside.

    Args:
        model: what ``AutoModel`` gives, as BERT, RoBERTa or SpanBERT.
        pooling: what a text's vector is: ``"pooler"`` (the model's own: a layer and tanh on the
            first piece), ``"cls"`` (the first piece) or ``"mean"`` (over all pieces).

    Shapes:
        - input: pieces [P], ptr [B + 1] where each text begins; no text is empty
        - output: [P, D]

    Raises:
        InputError: an unknown pooling, or ``"pooler"`` of a model without one.
    """

    def __init__(self, model: nn.Module, pooling: str = "pooler"):
        super().__init__()
        if pooling not in POOLINGS:
            raise InputError(f"pooling {pooling!r} is not one of {', '.join(POOLINGS)}")
        if pooling == "pooler" and getattr(model, "pooler", None) is None:
            raise InputError(
                f"pooling='pooler' was asked for, but {type(model).__name__} has no pooler: take "
                "'cls' or 'mean'"
            )
        self.model: Any = model
        if pooling != "pooler" and hasattr(model, "pooler"):
            model.pooler = None  # type: ignore[assignment]  # else weights that no loss reaches
        self.pooling = pooling

    @classmethod
    def from_pretrained(cls, name: str | Path, pooling: str = "pooler") -> TextEncoder:
        """Loads weights by the names of :func:`~.encoder_files.encoder_folder`."""
        return cls(load_model(name), pooling)

    @classmethod
    def from_config(cls, config: Any, pooling: str = "pooler") -> TextEncoder:
        """Builds an untrained encoder from a config, or from the folder of one."""
        library = transformers()
        if isinstance(config, (str, Path)):
            config = library.AutoConfig.from_pretrained(str(config), local_files_only=True)
        model = library.AutoModel.from_config(config, attn_implementation="sdpa")
        return cls(model, pooling)

    @property
    def dim(self) -> int:
        """D."""
        return int(self.model.config.hidden_size)

    @property
    def embedding(self) -> nn.Embedding:
        """The rows of the pieces, for a :class:`~graphkg.stores.TableView`."""
        return self.model.get_input_embeddings()

    @property
    def max_length(self) -> int:
        """Most pieces of a text that the model has positions for."""
        config = self.model.config
        longest = int(getattr(config, "max_position_embeddings", 1 << 30))
        # RoBERTa's positions begin behind the padding's.
        return longest - (config.pad_token_id + 1 if "roberta" in config.model_type else 0)

    def set_dropout(self, share: float) -> None:
        """Sets every dropout of the model, also that of attention."""
        for module in self.model.modules():
            if isinstance(module, nn.Dropout):
                module.p = share
        for name in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
            setattr(self.model.config, name, share)

    def add_rows(self, count: int) -> int:
        """Adds rows for `count` new pieces, drawn as the model draws; returns the first's id."""
        first = self.embedding.num_embeddings
        self.model.resize_token_embeddings(first + count, mean_resizing=False)
        return first

    def forward(self, piece: Tensor, ptr: Tensor, segment: Tensor | None = None) -> Tensor:
        """Returns the last hidden state of every piece, [P, D].

        Args:
            piece: [P] ids.
            ptr: [B + 1].
            segment: [P] token types, 0 by default.
        """
        lengths = ptr.diff()
        place = torch.arange(int(lengths.max()), device=piece.device)
        mask = place < lengths.unsqueeze(1)
        given = {"input_ids": padded(piece, mask), "attention_mask": mask.long()}
        if segment is not None and getattr(self.model.config, "type_vocab_size", 0) > 1:
            given["token_type_ids"] = padded(segment, mask)
        return self.model(**given).last_hidden_state[mask]

    def vectors(
        self,
        piece: Tensor,
        ptr: Tensor,
        segment: Tensor | None = None,
        budget: int | None = None,
    ) -> Tensor:
        """Returns the vector of each text, [B, D], encoding texts of similar length together.

        Args:
            piece: [P] ids.
            ptr: [B + 1].
            segment: [P] token types, 0 by default.
            budget: places, padding included, that one pass of the model may have; a longer text
                has a pass of its own. ``None`` = 1,024 on a CPU and 65,536 elsewhere.
        """
        order, place = by_length(ptr)
        passes = self._passes(piece, ptr.diff()[order], segment, place, budget)
        return torch.cat([self.pool(*each) for each in passes])[order.argsort()]

    def hidden(
        self,
        piece: Tensor,
        ptr: Tensor,
        segment: Tensor | None = None,
        budget: int | None = None,
    ) -> Tensor:
        """Returns the last hidden state of every piece, [P, D], likewise in several passes."""
        order, place = by_length(ptr)
        passes = self._passes(piece, ptr.diff()[order], segment, place, budget)
        return torch.cat([rows for rows, _ in passes])[place.argsort()]

    def _passes(
        self,
        piece: Tensor,
        lengths: Tensor,
        segment: Tensor | None,
        place: Tensor,
        budget: int | None,
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yields rows and pointers of texts of rising lengths [B], whose pieces are at `place`."""
        budget = budget or BUDGETS.get(piece.device.type, WIDE_BUDGET)
        piece, segment = piece[place], None if segment is None else segment[place]
        ends = torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])
        for start, stop in _runs(lengths.tolist(), budget):
            own = ends[start : stop + 1]
            inside = slice(int(own[0]), int(own[-1]))
            own = own - own[0]
            yield self(piece[inside], own, None if segment is None else segment[inside]), own

    def split(self, at: int) -> tuple[TextEncoder, UpperLayers]:
        """Returns the embeddings with the first `at` layers, and the layers above them.

        Both share the weights of this encoder; one after the other they give what it gives.

        Raises:
            InputError: a model whose layers are not in ``encoder.layer``, or `at` outside of them.
        """
        lower, upper = split_layers(self.model, at)
        return TextEncoder(lower, "cls"), upper

    def pool(self, rows: Tensor, ptr: Tensor) -> Tensor:
        """Returns the vector of each text from the rows of its pieces, [P, D] -> [B, D]."""
        if self.pooling == "mean":
            lengths = ptr.diff()
            text = torch.arange(lengths.numel(), device=ptr.device).repeat_interleave(lengths)
            return pool(rows, text, lengths.numel(), "avg")
        first = rows[ptr[:-1]]
        return first if self.pooling == "cls" else self.model.pooler(first.unsqueeze(1))

    def __repr__(self) -> str:
        config = self.model.config
        return (
            f"TextEncoder({config.model_type}, {config.num_hidden_layers} layers, {self.dim}, "
            f"{self.embedding.num_embeddings} pieces, {self.pooling})"
        )


def by_length(ptr: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the texts [B] and the places of their pieces [P] in the order of rising length."""
    lengths = ptr.diff()
    order = lengths.argsort(stable=True)
    text = torch.arange(lengths.numel(), device=ptr.device).repeat_interleave(lengths)
    return order, order.argsort()[text].argsort(stable=True)


def in_passes(
    layers: Callable[[Tensor, Tensor], Tensor], rows: Tensor, ptr: Tensor, budget: int | None = None
) -> Tensor:
    """Returns ``layers(rows, ptr)`` [P, D], with texts of similar length in one pass.

    Args:
        layers: such as :class:`~.split_encoder.UpperLayers`.
        rows: [P, D].
        ptr: [B + 1].
        budget: places of a pass, see :meth:`TextEncoder.vectors`.
    """
    budget = budget or BUDGETS.get(rows.device.type, WIDE_BUDGET)
    order, place = by_length(ptr)
    lengths = ptr.diff()[order]
    ends, rows = torch.cat([lengths.new_zeros(1), lengths.cumsum(0)]), rows[place]
    found = []
    for start, stop in _runs(lengths.tolist(), budget):
        own = ends[start : stop + 1]
        found.append(layers(rows[int(own[0]) : int(own[-1])], own - own[0]))
    return torch.cat(found)[place.argsort()]


def _runs(lengths: list[int], budget: int) -> Iterator[tuple[int, int]]:
    """Yields from where to where texts of rising lengths share a pass; at least one does."""
    start = 0
    while start < len(lengths):
        ends = range(start + 2, len(lengths) + 1)
        # The places that a pass takes rise with its last text.
        more = bisect_right(ends, budget, key=lambda stop: lengths[stop - 1] * (stop - start))
        yield start, start + 1 + more
        start += 1 + more
