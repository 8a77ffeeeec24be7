"""Where a triple was read: what an extractor returns and what an edge of a graph remembers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .labels import Mention
from .sentence import SentenceGraph


@dataclass(frozen=True)
class Triple:
    """A relation between two mentions of a sentence, with the extractor's score in [0, 1]."""

    subject: Mention
    relation: str
    object: Mention
    score: float


@dataclass(frozen=True)
class Evidence:
    """One sentence that states a triple; every offset counts characters of the document.

    ``document_text[subject_start:subject_end] == subject``, and likewise for the object and for
    the sentence's ``text`` from ``sentence_start`` on.
    """

    document: str
    sentence: str
    sentence_start: int
    text: str
    subject: str
    subject_kind: str
    subject_start: int
    subject_end: int
    relation: str
    object: str
    object_kind: str
    object_start: int
    object_end: int
    score: float
    model: str

    @classmethod
    def of(cls, triple: Triple, graph: SentenceGraph, model: str) -> Evidence:
        """Places a triple of `graph` in its document: the key's part before the last ``#``."""
        start = int(graph.offset)
        return cls(
            document=graph.key.rpartition("#")[0] or graph.key,
            sentence=graph.key,
            sentence_start=start,
            text=graph.text,
            subject=triple.subject.text,
            subject_kind=triple.subject.kind,
            subject_start=start + triple.subject.chars[0],
            subject_end=start + triple.subject.chars[1],
            relation=triple.relation,
            object=triple.object.text,
            object_kind=triple.object.kind,
            object_start=start + triple.object.chars[0],
            object_end=start + triple.object.chars[1],
            score=triple.score,
            model=model,
        )

    def to_dict(self) -> dict[str, Any]:
        """Returns the fields as a dict, for a line of JSON."""
        return asdict(self)
