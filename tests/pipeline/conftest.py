"""A parser and an extractor that need no model: a capital is a person, "met" is a relation."""

from __future__ import annotations

import pytest

from graphkg.graphs import SentenceGraph, Triple
from graphkg.pipeline import TextToGraph


class Lines:
    """Reads each line as a sentence, its words cut at spaces; counts the documents."""

    def __init__(self, name="lines"):
        self.name, self.read = name, []

    def parse(self, texts):
        for key, text in texts:
            self.read.append(key)
            start = 0
            for number, line in enumerate(text.split("\n")):
                words = line.split()
                yield SentenceGraph.build(
                    words,
                    heads=range(len(words)),
                    mentions=[(i, i + 1, "PERSON") for i, w in enumerate(words) if w.istitle()],
                    text=line,
                    key=f"{key}#{number}",
                    offset=start,
                )
                start += len(line) + 1

    def __repr__(self):
        return f"Lines({self.name!r})"


class Verbs:
    """Relates the first two mentions by the word behind the first; ``surely`` makes it sure."""

    fingerprint = ""

    def __init__(self, name="verbs"):
        self.name = name

    def extract(self, graphs):
        return [self.triples(graph) for graph in graphs]

    def triples(self, graph):
        if len(graph.mentions) < 2:
            return []
        subject, object_ = graph.mentions[:2]
        score = 0.9 if "surely" in graph.words else 0.6
        return [Triple(subject, graph.words[subject.end], object_, score)]


@pytest.fixture
def reader():
    """A reader of lines."""
    return TextToGraph(Lines(), Verbs())


@pytest.fixture
def other():
    """``other("parser")``, ``other("model")``: a reader that differs in one part."""

    def make(part):
        names = {"parser": ("tokens", "verbs"), "model": ("lines", "nouns")}[part]
        return TextToGraph(Lines(names[0]), Verbs(names[1]))

    return make
