"""MaskTriples: triples as texts in which an entity, a relation or single pieces are masked.

Letters: B triples, P pieces of their texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs import GraphTexts, Ragged, Sequences
from .noise import IGNORED, Noise

TASKS = ("mlm", "mem", "mrm")
PLAIN, HEAD, TAIL, RELATION = range(4)


@dataclass(frozen=True)
class MaskedTriples:
    """Texts with masks, and what stood there.

    Attributes:
        sequences: what the encoder reads.
        mlm: [P] the piece that stood where one was masked by itself, -100 elsewhere.
        mim: [P] likewise, where a whole entity or relation was masked.
        task: [B] what is masked: 0 nothing but pieces, 1 the head, 2 the tail, 3 the relation.
    """

    sequences: Sequences
    mlm: Tensor
    mim: Tensor
    task: Tensor

    def to(self, device: torch.device | str) -> MaskedTriples:
        """Returns the batch on `device`."""
        s = self.sequences
        moved = (x.to(device) for x in (s.piece, s.ptr, s.segment, s.part))
        rest = (x.to(device) for x in (self.mlm, self.mim, self.task))
        return MaskedTriples(Sequences(*moved), *rest)

    def __len__(self) -> int:
        return self.task.numel()


class MaskTriples:
    r"""Draws one task a triple and masks its text (LP-BERT, Section 3.2).

    With :math:`\alpha \sim U[0, 1)`: the head below .4, the tail below .8, else the relation.

    - tail: ``[CLS] head text [SEP] relation, masks [SEP]``
    - head: ``[CLS] masks [SEP] relation, tail text [SEP]``
    - relation: ``[CLS] head text [SEP] masks, tail text [SEP]``

    The masks are as many as the short name or the relation has pieces. Of the pieces of the texts
    beside them each is chosen with `probability`; of the chosen ones 80 % are masked, 10 % stay and
    10 % become another piece, none of them special. Draws come from torch's global generator.

    Args:
        texts: of the graph.
        num_pieces: size of the vocabulary.
        tasks: among ``mlm``, ``mem``, ``mrm``; without ``mem`` or ``mrm`` the others share its
            draws, and ``mlm`` alone masks pieces of a whole triple.
        probability: of a piece to be chosen.
        shares: of the draws, for the head, the tail and the relation.

    Raises:
        InputError: no task or an unknown one, or a tokenizer without a mask.
    """

    def __init__(
        self,
        texts: GraphTexts,
        num_pieces: int,
        tasks: Sequence[str] = TASKS,
        probability: float = 0.15,
        shares: tuple[float, float, float] = (0.4, 0.4, 0.2),
    ):
        if not tasks or set(tasks) - set(TASKS):
            raise InputError(f"pre-training tasks {list(tasks)} were given: give some of {TASKS}")
        if texts.mask is None:
            raise InputError("the tokenizer has no mask piece ([MASK]), which pre-training needs")
        self.texts, self.tasks, self.probability = texts, tuple(tasks), probability
        self.noise = Noise(texts.mask, num_pieces, texts.special)
        wanted = [shares[0], shares[1]] if "mem" in tasks else [0.0, 0.0]
        wanted.append(shares[2] if "mrm" in tasks else 0.0)
        self.shares = torch.tensor(wanted) if sum(wanted) else None
        # Rows of texts, then of short names.
        self._either = texts.entity.followed_by(texts.name)

    def __call__(self, triples: Tensor) -> MaskedTriples:
        """Masks the texts of triples [B, 3], on the CPU."""
        head, relation, tail = triples.unbind(1)
        task = self._draw_tasks(len(triples))
        count = self.texts.num_entities
        parts: list[Ragged] = [
            self._either.gather(head + count * (task == HEAD)),
            self.texts.relation.gather(relation),
            self._either.gather(tail + count * (task == TAIL)),
        ]
        made = self.texts.frame.join(parts, segments=[0, 1, 1], ends=[0, 2])
        return self._masked(made, task)

    def _draw_tasks(self, count: int) -> Tensor:
        if self.shares is None:
            return torch.zeros(count, dtype=torch.long)
        ends = (self.shares / self.shares.sum()).cumsum(0)
        return 1 + (torch.rand(count).unsqueeze(1) >= ends[:-1]).sum(1)

    def _masked(self, made: Sequences, task: Tensor) -> MaskedTriples:
        of = task.repeat_interleave(made.lengths)
        # The part that each task masks; -2 is none.
        whole = made.part == of.new_tensor([-2, 0, 2, 1])[of]
        text = ((made.part == 0) | (made.part == 2)) & ~whole
        if "mlm" in self.tasks:
            chosen = text & (torch.rand(made.piece.shape) < self.probability)
        else:
            chosen = torch.zeros_like(whole)
        ignored = torch.full_like(made.piece, IGNORED)
        mlm, mim = (torch.where(which, made.piece, ignored) for which in (chosen, whole))
        piece = torch.where(whole, self.noise.mask, self.noise(made.piece, chosen))
        return MaskedTriples(replace(made, piece=piece), mlm, mim, task)

    def __repr__(self) -> str:
        return f"MaskTriples({', '.join(self.tasks)}, {self.texts!r})"
