"""What was read in each document, and a file that remembers it when a run is stopped."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..exchange.sentences import sentence_from_dict, sentence_to_dict
from ..graphs import Mention, SentenceGraph, Triple, end_of


@dataclass(frozen=True)
class ReadDocument:
    """What was read in one document: its sentences, and the triples of each."""

    key: str
    sentences: list[SentenceGraph]
    triples: list[list[Triple]]


class Journal:
    """A file with one finished document a line; a half-written last line is cut off.

    Args:
        path: the file; made when the first document is added.
        reader: what reads the documents; what another one read is not found.
    """

    def __init__(self, path: str | Path, reader: str):
        self.path, self.reader = Path(path), reader
        self.rows: dict[str, dict[str, Any]] = {}
        if self.path.is_file():
            os.truncate(self.path, self._read())

    def _read(self) -> int:
        """Reads the whole lines and returns where they end, in bytes."""
        end = 0
        with self.path.open("rb") as file:
            for line in file:
                try:
                    row = json.loads(line) if line.endswith(b"\n") else {}
                    self.rows[row["id"]] = row
                except (ValueError, KeyError, TypeError):
                    break
                end += len(line)
        return end

    def find(self, key: str, text: str) -> ReadDocument | None:
        """Returns the document if it was read with this text by this reader."""
        row = self.rows.get(self._id(key, text))
        if row is None:
            return None
        sentences = [sentence_from_dict(sentence) for sentence in row["sentences"]]
        triples = [
            [_triple(graph, *triple) for triple in kept]
            for graph, kept in zip(sentences, row["triples"])
        ]
        return ReadDocument(key, sentences, triples)

    def find_all(self, texts: Mapping[str, str]) -> list[ReadDocument] | None:
        """Returns the documents of texts by key, or nothing if one of them is missing.

        What is read together is found together: numbers do not depend on where a run was stopped.
        """
        found = [self.find(key, text) for key, text in texts.items()]
        return None if None in found else [document for document in found if document is not None]

    def append_all(self, documents: Iterable[ReadDocument], texts: Mapping[str, str]) -> None:
        """Adds finished documents, whose texts are given by key."""
        for document in documents:
            self.append(document, texts[document.key])

    def append(self, document: ReadDocument, text: str) -> None:
        """Adds a finished document."""
        triples = [
            [[_end(t.subject), t.relation, _end(t.object), t.score] for t in kept]
            for kept in document.triples
        ]
        row = {
            "id": self._id(document.key, text),
            "sentences": [sentence_to_dict(graph) for graph in document.sentences],
            "triples": triples,
        }
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _id(self, key: str, text: str) -> str:
        return hashlib.sha256("\0".join((key, self.reader, text)).encode()).hexdigest()


def _end(mention: Mention) -> tuple[int, int, str]:
    return mention.start, mention.end, mention.kind


def _triple(
    graph: SentenceGraph, subject: list[Any], relation: str, object_: list[Any], score: float
) -> Triple:
    return Triple(_mention(graph, *subject), relation, _mention(graph, *object_), score)


def _mention(graph: SentenceGraph, start: int, end: int, kind: str) -> Mention:
    text, _, _ = end_of(graph, start, end)
    first = int(graph["token"].chars[start, 0])
    return Mention(start, end, kind, text, (first, first + len(text)))
