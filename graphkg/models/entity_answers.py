"""EntityAnswers: the entity of a graph that answers a question.

Letters: Q questions, S candidates of all of them, n entities of a (piece of a) graph, D channels.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ..errors import InputError, check_choices
from ..graphs import JointGraph
from ..stores import MemoryTable
from .jaket import JAKET

EMBEDDINGS = ("km", "context")


class AskedQuestions(NamedTuple):
    """Q questions with their candidates.

    Attributes:
        text: the questions joined with a graph that has all candidates.
        candidate: [S] entities of the joint graph, question after question.
        ptr: [Q + 1] where the candidates of each question begin and end.
        mass: [S] how much of the answer each candidate is: a question's add up to 1, or to 0 if
            no answer is among them.
    """

    text: JointGraph
    candidate: Tensor
    ptr: Tensor
    mass: Tensor

    @property
    def row(self) -> Tensor:
        """The question of each candidate, [S]."""
        count = self.ptr.diff()
        return torch.arange(count.numel(), device=count.device).repeat_interleave(count)


class EntityAnswers(nn.Module):
    r"""Question answering over a graph with JAKET (Yu et al., 2020, Section 4.3).

    .. math::
        q = Z^{LM}_{[CLS]}, \quad \mathrm{score}(e) = q^\top E_e, \quad
        L = - \textstyle\sum_e m_e \log \mathrm{softmax}_{e' \in C}(q^\top E_{e'})_e

    with the topic entity merged at its mention, candidates C and the mass m of the answers. The
    paper says that the entity whose embedding is closest to q is the answer; the inner product and
    this loss are ours, since it names neither. A question without an answer among its candidates
    has no loss.

    Args:
        model: what reads questions and graph, with descriptions of all entities.
        answer_embedding: ``"km"``, E is :math:`E^{KM}`, which knows the neighbours of an entity; or
            ``"context"``, E is the memory :math:`E^{(0)}`, as the paper prints it. A model
            without a knowledge module has the latter alone.

    Shapes:
        - input: :class:`AskedQuestions`
        - output: [S]

    Raises:
        InputError: an unknown embedding, ``"km"`` of a model without a knowledge module, or a model
            without descriptions.
    """

    def __init__(self, model: JAKET, answer_embedding: str = "km"):
        super().__init__()
        check_choices("EntityAnswers", answer_embedding=(answer_embedding, EMBEDDINGS))
        if answer_embedding == "km" and model.knowledge is None:
            raise InputError(
                "answer_embedding='km' was asked for, but this JAKET has no knowledge module: "
                "give it one, or take answer_embedding='context'"
            )
        if model.descriptions is None:
            raise InputError(
                "this JAKET has no descriptions, but answers are compared by the rows of "
                "entities: build it with descriptions=Descriptions.from_texts(...)"
            )
        self.model, self.answer_embedding = model, answer_embedding

    def forward(self, batch: AskedQuestions, entities: Tensor | None = None) -> Tensor:
        """Returns the score of each candidate, [S].

        Args:
            batch: the questions.
            entities: E^KM of the joint graph's entities [n, D], if it was read already.
        """
        model, text = self.model, batch.text
        if entities is None and model.knowledge is not None:
            entities = model.read_graph(text)
        asked = model.read_text(text, entities)[text["piece"].ptr[:-1]]
        nodes, place = batch.candidate.unique(return_inverse=True)
        return (asked @ self._answers(text, nodes, entities).t())[batch.row, place]

    def _answers(self, text: JointGraph, nodes: Tensor, entities: Tensor | None) -> Tensor:
        """E of entities of the joint graph."""
        if self.answer_embedding == "km" and entities is not None:
            return entities[nodes]
        return self.model.context(text["entity"].n_id[nodes])

    def losses(self, batch: AskedQuestions) -> dict[str, Tensor]:
        """Returns the cross entropy ``answer``, a mean over questions with an answer."""
        chance, row = log_softmax(self(batch), batch.row, batch.ptr.numel() - 1), batch.row
        answered = row[batch.mass > 0].unique().numel()
        return {"answer": -(batch.mass * chance).sum() / max(answered, 1)}

    def memories(self) -> dict[str, MemoryTable]:
        """The tables that checkpoints keep beside the weights."""
        return self.model.memories()

    def groups(self) -> dict[str, Any]:
        """Parameter groups: ``encoder`` and ``knowledge``."""
        return self.model.groups()

    def __repr__(self) -> str:
        return f"EntityAnswers({self.model!r}, answer_embedding={self.answer_embedding!r})"


def log_softmax(scores: Tensor, row: Tensor, rows: int) -> Tensor:
    """Returns the logarithms of the softmax over the scores [S] of each row.

    Example:
        >>> log_softmax(torch.tensor([0.0, 0.0, 5.0]), torch.tensor([0, 0, 1]), 2).exp()
        tensor([0.5000, 0.5000, 1.0000])
    """
    top = scores.new_full((rows,), -torch.inf).scatter_reduce(0, row, scores.detach(), "amax")
    shifted = scores - top[row]
    total = scores.new_zeros(rows).scatter_add(0, row, shifted.exp())
    return shifted - total[row].log()
