"""Questions over a knowledge graph: one entity that is asked about, and the answers.

Letters: Q questions, N entities.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import torch

from ..errors import InputError, nearest
from ..graphs import Ragged, SentenceGraph
from ..vocab import Vocabulary
from .base import Lazy, read_lines
from .problems import Place
from .words import cover, split_words

TOPIC = re.compile(r"\[([^][]+)\]")


class Question(NamedTuple):
    """A line as it is kept: the text without brackets, and where the topic stands in it."""

    place: Place
    text: str
    start: int
    end: int
    topic: int


class Questions(Lazy[SentenceGraph]):
    """The questions of one part, built when they are asked for.

    A question is a sentence with one mention of kind ``O``, its topic entity, and no pair; its
    `text` has no brackets, its `key` is ``name#n`` with n from 0.

    Attributes:
        name: what the part is called.
        hops: how many edges lead from the topic to an answer.
        topic: [Q] entity ids.
        answers: Q rows of entity ids; an answer that a line repeats counts once.
        types: the type of each question (``movie_to_actor``), ``""`` where no file says it.
    """

    def __init__(
        self, name: str, hops: int, rows: list[Question], answers: Ragged, types: list[str]
    ):
        super().__init__(list(enumerate(rows)), self._graph)
        self.name, self.hops, self.answers, self.types = name, hops, answers, types
        self.topic = torch.tensor([row.topic for row in rows], dtype=torch.long)

    def part(self, numbers: torch.Tensor) -> Questions:
        """Returns the questions [n] of the given numbers, which keep their keys."""
        kept = numbers.tolist()
        part = Questions(
            self.name,
            self.hops,
            [self._rows[number][1] for number in kept],
            self.answers.gather(numbers),
            [self.types[number] for number in kept],
        )
        part._rows = [self._rows[number] for number in kept]
        return part

    def text(self, number: int) -> str:
        """The text of a question, without building its graph."""
        return self._rows[number][1].text

    def _graph(self, row: tuple[int, Question]) -> SentenceGraph:
        number, question = row
        edges = question.start, question.end
        words, chars = split_words(question.text, edges)
        span = cover(chars, *edges)
        if span is None:
            raise question.place.error("wrong span", "the topic entity has no word: name it")
        return SentenceGraph.build(
            words,
            mentions=[(*span, "O")],
            text=question.text,
            chars=chars,
            entities=[question.topic],
            key=f"{self.name}#{number}",
        )

    def __repr__(self) -> str:
        return f"Questions({self.name}, {len(self)}, {self.answers.values.numel()} answers)"


def read_questions(
    name: str, hops: int, path: Path, types: Path | None, entities: Vocabulary
) -> Questions:
    """Reads ``question with [topic entity]<TAB>answer|answer|...`` lines.

    Args:
        name: what the part is called.
        hops: of all its questions.
        path: plain or ``.gz``.
        types: a file with the type of each question, line by line.
        entities: those that topics and answers are.

    Raises:
        InputError: a line of another form, an entity that `entities` lack, or types for another
            number of questions; with the line.
    """
    rows, values, lengths = list[Question](), list[int](), list[int]()
    for number, line in read_lines(path):
        place = Place(path, number)
        cells = line.split("\t")
        if len(cells) != 2:
            what = f"{len(cells)} columns, but a question and its answers were expected"
            raise place.error("ragged row", f"{what}, with one tab between them")
        topics = TOPIC.findall(cells[0])
        if len(topics) != 1:
            what = f"{len(topics)} entities in square brackets, but a question has one"
            raise place.error("wrong line", f"{what}: who was [Mary Stuart] married to")
        start = cells[0].index("[")
        text = TOPIC.sub(r"\1", cells[0])
        topic = _entity(topics[0], entities, place)
        rows.append(Question(place, text, start, start + len(topics[0]), topic))
        answers = dict.fromkeys(_entity(x, entities, place) for x in cells[1].split("|"))
        values += answers
        lengths.append(len(answers))
    named = [line for _, line in read_lines(types)] if types else [""] * len(rows)
    if len(named) != len(rows):
        raise InputError(
            f"{types} has {len(named)} lines, but {path.name} has {len(rows)} questions: give the "
            "type of each, line by line"
        )
    found = torch.tensor(values, dtype=torch.long)
    return Questions(name, hops, rows, Ragged.of_lengths(found, torch.tensor(lengths)), named)


def draw_descriptions(questions: Questions, entities: Vocabulary, seed: int = 0) -> dict[str, str]:
    """Draws for each entity one question that contains it, as its description.

    As JAKET does on MetaQA (Yu et al., 2020). The questions are those of training, else an entity
    of a test question is described by a question that is asked.

    Args:
        questions: where they are drawn from, each of an entity's equally often.
        entities: the vocabulary of the questions' graph.
        seed: of the draws.

    Returns:
        entity label -> the question, for entities that some question contains.
    """
    order = torch.randperm(len(questions), generator=torch.Generator().manual_seed(seed))
    topic, group = questions.topic[order].unique(return_inverse=True)
    rank = torch.arange(len(order))
    first = torch.full_like(topic, len(order)).scatter_reduce(0, group, rank, "amin")
    rows = order[first].tolist()
    return {
        entities.label(entity): questions.text(row) for entity, row in zip(topic.tolist(), rows)
    }


def _entity(label: str, entities: Vocabulary, place: Place) -> int:
    if label in entities:
        return entities[label]
    what = f"the entity {label!r} is not among the {len(entities)} known ones"
    raise place.error("unknown label", what + nearest(label, entities.labels))
