"""Descriptions: what is said of each entity or relation, in pieces, and where it is named there.

Letters: N nodes, B asked, P pieces of what is asked.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from ..vocab import Vocabulary
from .graph_texts import framing_pieces
from .sequences import Frame, Sequences
from .texts import NodeText

LIMIT = 64  # pieces of a description that JAKET reads
CHUNK = 4096


@dataclass(frozen=True)
class Described:
    """The descriptions of B nodes.

    Attributes:
        sequences: ``[CLS] text [SEP]`` of each.
        first: [B] the first piece of its mention, a place among all pieces.
        last: [B] the last one, likewise.
    """

    sequences: Sequences
    first: Tensor
    last: Tensor


@dataclass(frozen=True)
class Descriptions:
    """A text for each of N nodes, tokenised once, with the place of the node's mention in it.

    The mention is the first place where the name stands as whole words, in its own case or else in
    any. Where the text (as far as it is read) does not hold it, the first special piece stands for
    it. A node without a description is described by its name; one without either has no piece but
    the special ones.

    Attributes:
        text: the pieces of each text without the special ones, N rows.
        first: [N] the first piece of the mention, counted in ``[CLS] text [SEP]``.
        last: [N] its last piece.
        frame: the special pieces and the longest text.
        counts: nodes ``without_description``, ``without_text``, ``unmentioned`` (there is a
            description, but the name is not in it) and ``cut``.
    """

    text: NodeText
    first: Tensor
    last: Tensor
    frame: Frame
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_texts(
        cls, names: Sequence[str], texts: Sequence[str], tokenizer: Any, limit: int = LIMIT
    ) -> Descriptions:
        """Tokenises the descriptions.

        Args:
            names: N names; may be empty.
            texts: N descriptions; may be empty.
            tokenizer: a fast one of Hugging Face transformers, with special pieces.
            limit: most pieces of a text, the two special ones included.

        Raises:
            InputError: another number of names than of texts, a limit below 3, or a tokenizer
                that frames no text or does not say where its pieces stand.
        """
        if len(names) != len(texts):
            raise InputError(
                f"{len(names)} names and {len(texts)} descriptions were given: give one each, "
                "'' where there is none"
            )
        if limit < 3:
            raise InputError(f"Descriptions(limit={limit}) was asked for, but it is at least 3")
        if not getattr(tokenizer, "is_fast", False):
            raise InputError(
                f"the tokenizer {type(tokenizer).__name__} does not say where its pieces stand in "
                "a text: take a fast one"
            )
        frame, counts = Frame(*framing_pieces(tokenizer), limit), Counter[str]()
        rows: list[list[int]] = []
        ends: list[tuple[int, int]] = []
        for name, text, ids, places in _tokenised(names, texts, tokenizer):
            room = limit - 2
            found = _mention(name, text or name, places[:room])
            counts["without_description"] += not text
            counts["without_text"] += not ids
            counts["unmentioned"] += bool(text) and found is None
            counts["cut"] += len(ids) > room
            rows.append(ids[:room])
            ends.append(found or (0, 0))
        first, last = torch.tensor(ends, dtype=torch.long).view(-1, 2).unbind(1)
        kept = ("without_description", "without_text", "unmentioned", "cut")
        return cls(
            NodeText.from_rows(rows), first, last, frame, {name: counts[name] for name in kept}
        )

    @classmethod
    def from_vocabulary(cls, names: Vocabulary, tokenizer: Any, limit: int = LIMIT) -> Descriptions:
        """Tokenises the labels and descriptions of a graph's entities or relations."""
        texts = [names.descriptions.get(label, "") for label in names.labels]
        return cls.from_texts(names.labels, texts, tokenizer, limit)

    def __len__(self) -> int:
        return len(self.text)

    def gather(self, nodes: Tensor) -> Described:
        """Returns the descriptions of `nodes` [B], on their device."""
        made = self.frame.join([self.text.gather(nodes)])
        first, last = (x[nodes.to(x.device)].to(nodes.device) for x in (self.first, self.last))
        return Described(made, made.ptr[:-1] + first, made.ptr[:-1] + last)

    def followed_by(self, other: Descriptions) -> Descriptions:
        """Returns these descriptions and, behind them, those of further nodes.

        Raises:
            InputError: descriptions by another tokenizer or of another length.
        """
        if self.frame != other.frame:
            raise InputError(
                f"descriptions framed by {other.frame} cannot follow those framed by {self.frame}: "
                "make both with one tokenizer and one limit"
            )
        return Descriptions(
            self.text.followed_by(other.text),
            torch.cat([self.first, other.first]),
            torch.cat([self.last, other.last]),
            self.frame,
            {name: count + other.counts.get(name, 0) for name, count in self.counts.items()},
        )

    def checksum(self) -> str:
        """Returns a digest of the texts and of where the names stand in them."""
        digest = hashlib.blake2b(str(self.frame).encode(), digest_size=16)
        for values in (self.text.ids.int(), self.text.ptr, self.first, self.last):
            digest.update(values.contiguous().view(torch.uint8).numpy().data)
        return digest.hexdigest()

    def __repr__(self) -> str:
        sizes = f"{len(self)} nodes, {self.text.ids.numel()} pieces, limit={self.frame.limit}"
        return f"Descriptions({sizes})"


def _tokenised(
    names: Sequence[str], texts: Sequence[str], tokenizer: Any
) -> Iterator[tuple[str, str, list[int], list[tuple[int, int]]]]:
    """Yields name, description, piece ids and where each piece stands in the text."""
    for start in range(0, len(names), CHUNK):
        part = slice(start, start + CHUNK)
        own = [(name.strip(), text.strip()) for name, text in zip(names[part], texts[part])]
        given = tokenizer(
            [text or name for name, text in own],
            add_special_tokens=False,
            return_offsets_mapping=True,
            verbose=False,
        )
        for (name, text), *row in zip(own, given["input_ids"], given["offset_mapping"]):
            yield (name, text, *row)


def _mention(name: str, text: str, places: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The first and last piece of the name, counted behind ``[CLS]``, if all of it is there."""
    if not name:
        return None
    pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
    found = re.search(pattern, text) or re.search(pattern, text, re.IGNORECASE)
    if found is None or not places or places[-1][1] < found.end():
        return None
    start, stop = found.span()
    inside = [n for n, (begin, end) in enumerate(places, 1) if begin < stop and end > start]
    return (inside[0], inside[-1]) if inside else None
