"""KBP37: relations of people and organizations, marked as in SemEval-2010 Task 8."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from ..graphs import SentenceGraph
from .base import find_file, locate
from .documents import NO_RELATION
from .marked import Marked, read_marked
from .words import SPACED, join_words, split_words

RELATIONS = (
    "org:alternate_names",
    "org:city_of_headquarters",
    "org:country_of_headquarters",
    "org:founded",
    "org:founded_by",
    "org:members",
    "org:stateorprovince_of_headquarters",
    "org:subsidiaries",
    "org:top_members/employees",
    "per:alternate_names",
    "per:cities_of_residence",
    "per:countries_of_residence",
    "per:country_of_birth",
    "per:employee_of",
    "per:origin",
    "per:spouse",
    "per:stateorprovinces_of_residence",
    "per:title",
)
DIRECTED = tuple(f"{name}{way}" for name in RELATIONS for way in ("(e1,e2)", "(e2,e1)"))
LABELS = (NO_RELATION, *DIRECTED)
BLANK = "_"
"""Stands for a mention without text."""
FILES = {"train": ("train.txt",), "valid": ("dev.txt", "valid.txt"), "test": ("test.txt",)}


class KBP37:
    """KBP37 (Zhang and Wang, 2015): 15,917 + 1,724 + 3,405 sentences, 37 labels.

    Every sentence has two mentions of kind ``O``, e1 and e2, and one pair: e1 is the subject, e2
    the object, the label keeps its direction (``per:spouse(e2,e1)``) or is ``no_relation``. The
    words are those of the file, the text is the words joined as a printer would, the graph's
    `key` is the sentence's number. There are no trees, tags or kinds. Letters that are not ASCII
    were lost upstream, and with them 148 mentions: the word ``_`` stands for such a one.

    Args:
        path: the folder with ``train.txt``, ``dev.txt`` and ``test.txt``, plain or ``.gz``; by
            default ``$GRAPHKG_DATA/kbp37``.

    Raises:
        InputError: missing or malformed files, with the line.
    """

    def __init__(self, path: str | Path | None = None):
        self.folder = locate("kbp37", path)
        self.labels = list(LABELS)

    @cached_property
    def train(self) -> list[SentenceGraph]:
        """The training sentences, in the order of the file."""
        return self._read("train")

    @cached_property
    def valid(self) -> list[SentenceGraph]:
        """The sentences of ``dev.txt``."""
        return self._read("valid")

    @cached_property
    def test(self) -> list[SentenceGraph]:
        """The test sentences, in the order of the file."""
        return self._read("test")

    def _read(self, split: str) -> list[SentenceGraph]:
        path = find_file(self.folder, *FILES[split])
        return [_sentence(found) for found in read_marked(path, LABELS, BLANK)]

    def __repr__(self) -> str:
        return f"KBP37({str(self.folder)!r})"


def _sentence(found: Marked) -> SentenceGraph:
    words, places = split_words(found.text, found.edges, SPACED)
    text, chars = join_words(words)
    return SentenceGraph.build(
        words,
        mentions=found.mentions(places),
        pairs=[(0, 1, found.label)],
        text=text,
        chars=chars,
        key=found.key,
    )
