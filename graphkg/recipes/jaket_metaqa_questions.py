"""Questions with candidates, and batches of them.

Letters: Q questions, S candidates of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ..datasets.metaqa import candidates_within
from ..datasets.questions import Questions
from ..graphs import Adjacency, Ragged
from ..models import AskedQuestions
from ..transforms import ToPieces
from .jaket_linked import LinkedTexts


class QuestionReader:
    """Makes questions batches that a model reads.

    Args:
        questions: of which batches are made.
        to_pieces: cuts them.
        near: the neighbours of each entity, both ways, among which candidates are.
        texts: joins questions with the graph.
        alone: nothing of the graph is read, so that no neighbours are drawn.
    """

    def __init__(
        self,
        questions: Questions,
        to_pieces: ToPieces,
        near: Adjacency,
        texts: LinkedTexts,
        alone: bool = False,
    ):
        self.questions, self.to_pieces, self.near = questions, to_pieces, near
        self.texts, self.alone = texts, alone

    def __call__(
        self,
        numbers: Tensor,
        with_all: bool = True,
        limit: int | None = None,
        sampled: bool = False,
    ) -> AskedQuestions:
        """Returns the questions of the given numbers [Q].

        Args:
            numbers: of questions.
            with_all: joined with the whole graph; else with neighbours drawn around candidates.
            limit: most candidates of a question, see :func:`thinned`.
            sampled: one drawn answer of each question is right; else all are, evenly.
        """
        found, right = self.candidates(numbers)
        if limit is not None:
            found, right = thinned(found, right, limit)
        graphs = [self.to_pieces(self.questions[number]) for number in numbers.tolist()]
        if with_all or self.alone:
            text = self.texts.with_all(graphs)
        else:
            text = self.texts.drawn(graphs, found.values)
        order = text["entity"].n_id.argsort()
        place = torch.searchsorted(text["entity"].n_id[order], found.values)
        mass = one_answer(found, right) if sampled else even_answers(found, right)
        return AskedQuestions(text, order[place], found.ptr, mass)

    def candidates(self, numbers: Tensor) -> tuple[Ragged, Tensor]:
        """Returns the candidates of questions, and which of them are answers, [S] bool."""
        topic, hops = self.questions.topic[numbers], self.questions.hops
        found = candidates_within(self.near, topic, hops)
        return found, found.among(self.questions.answers.gather(numbers))


class QuestionBatches:
    """All questions once an epoch, shuffled by torch's global generator.

    Args:
        read: makes batches.
        size: questions a batch.
        with_all, limit, sampled: see :class:`QuestionReader`.
    """

    def __init__(
        self, read: QuestionReader, size: int, with_all: bool, limit: int | None, sampled: bool
    ):
        self.read, self.size = read, size
        self.options = (with_all, limit, sampled)

    def __iter__(self) -> Iterator[AskedQuestions]:
        for numbers in torch.randperm(len(self.read.questions)).split(self.size):
            yield self.read(numbers, *self.options)

    def __len__(self) -> int:
        return -(-len(self.read.questions) // self.size)


def thinned(candidates: Ragged, right: Tensor, limit: int) -> tuple[Ragged, Tensor]:
    """Returns at most `limit` candidates of each question: answers first, then drawn ones.

    Args:
        candidates: of Q questions.
        right: [S] which are answers.
        limit: of each question.

    Returns:
        The candidates in their order, and which of them are answers.
    """
    row = candidates.row
    # Within a question answers have the lower half of the keys.
    key = (torch.rand(row.numel(), dtype=torch.double) + (~right).double()) / 2
    order = (row + key).argsort()
    rank = torch.arange(row.numel()) - candidates.ptr[row[order]]
    kept = torch.zeros_like(right)
    kept[order[rank < limit]] = True
    return candidates.where(kept), right[kept]


def even_answers(candidates: Ragged, right: Tensor) -> Tensor:
    """Returns the mass of each candidate, [S]: 1 / A for A answers, 0 for others.

    Example:
        >>> two = Ragged(torch.tensor([7, 8, 9]), torch.tensor([0, 3]))
        >>> even_answers(two, torch.tensor([True, False, True]))
        tensor([0.5000, 0.0000, 0.5000])
    """
    row = candidates.row
    count = torch.bincount(row[right], minlength=len(candidates)).clamp(min=1)
    return right.float() / count[row]


def one_answer(candidates: Ragged, right: Tensor) -> Tensor:
    """Returns the mass of each candidate, [S]: 1 for one drawn answer of each question."""
    places = right.nonzero().view(-1)
    row = candidates.row[places]
    order = (row + torch.rand(row.numel(), dtype=torch.double)).argsort()
    ranked = row[order]
    first = torch.ones_like(ranked, dtype=torch.bool)
    first[1:] = ranked[1:] != ranked[:-1]
    mass = torch.zeros(right.numel())
    mass[places[order[first]]] = 1.0
    return mass
