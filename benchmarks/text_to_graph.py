"""Speed from raw text to a knowledge graph with the bundled models, and where the time goes.

    python benchmarks/text_to_graph.py [--model default] [--rounds 3] [--threads 1] [--pairs 400]

``TextToGraph.build`` reads the 50 texts of datasets/texts; the median round counts. The peer is
the same model asked about one mention pair at a time, as a loop over pairs does: it gets `pairs`
of the very same pairs, in turns with a round of ours.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterable
from pathlib import Path

import torch

from graphkg import SentenceGraph, TextToGraph
from graphkg.graphs import Triple

TEXTS = Path(__file__).parent.parent / "datasets" / "texts"
PARTS = ("parsing", "extraction", "linking")


def read_texts() -> list[tuple[str, str]]:
    paths = sorted(path for part in ("dev", "test") for path in (TEXTS / part).glob("*.txt"))
    return [(path.stem, path.read_text(encoding="utf-8")) for path in paths]


class Clock:
    """A parser and an extractor that note the seconds they take while a reader uses them."""

    def __init__(self, reader: TextToGraph):
        self.parser, self.extractor, self.name = reader.parser, reader.extractor, "clock"
        self.seconds = dict.fromkeys(PARTS, 0.0)

    def parse(self, texts: Iterable[tuple[str, str]]) -> list[SentenceGraph]:
        """Parses the texts."""
        started = time.perf_counter()
        sentences = list(self.parser.parse(texts))
        self.seconds["parsing"] += time.perf_counter() - started
        return sentences

    def extract(self, sentences: list[SentenceGraph]) -> list[list[Triple]]:
        """Extracts the triples of sentences."""
        started = time.perf_counter()
        triples = self.extractor.extract(sentences)
        self.seconds["extraction"] += time.perf_counter() - started
        return triples


def build(reader: TextToGraph, texts: list[tuple[str, str]]) -> dict[str, float]:
    """Builds the graph of the texts and returns the seconds of each part."""
    clock, started = Clock(reader), time.perf_counter()
    TextToGraph(clock, clock).build(texts)
    total = time.perf_counter() - started
    return {**clock.seconds, "linking": total - sum(clock.seconds.values())}


def asked_pairs(reader: TextToGraph, sentences: list[SentenceGraph]) -> list[SentenceGraph]:
    """Returns one graph for each pair that `extract` asks the model about."""
    system, asked = reader.extractor, []
    predict = system.predict

    def noted(graphs, *rest):
        asked.extend(graphs)
        return predict(graphs, *rest)

    system.predict = noted
    system.extract(sentences)
    del system.predict
    return [graph.with_pairs([pair]) for graph in asked for pair in graph.pairs]


def one_at_a_time(reader: TextToGraph, pairs: list[SentenceGraph]) -> float:
    """Returns the seconds that the peer takes."""
    started = time.perf_counter()
    for pair in pairs:
        reader.extractor.predict([pair])
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="default", help="a bundled name or a run folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=400, help="pairs that the peer gets a round")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    reader, texts = TextToGraph.from_pretrained(options.model), read_texts()
    sentences = list(reader.parser.parse(texts))
    pairs = asked_pairs(reader, sentences)
    sample = random.Random(0).sample(pairs, min(options.pairs, len(pairs)))
    rounds, peer = [], []
    for _ in range(options.rounds):
        rounds.append(build(reader, texts))
        peer.append(one_at_a_time(reader, sample) / len(sample))
    print(
        f"{len(texts)} texts, {len(sentences)} sentences, {len(pairs)} mention pairs; "
        f"{reader.parser.name} + {reader.extractor.name}\n"
        f"torch {torch.__version__}, {options.threads} thread(s), median of {options.rounds} rounds"
    )
    report(rounds, statistics.median(peer), len(sentences), len(pairs))


def report(rounds: list[dict[str, float]], peer: float, sentences: int, pairs: int) -> None:
    """Prints speeds and shares; `peer` is seconds a pair."""
    median = {part: statistics.median(each[part] for each in rounds) for part in PARTS}
    total = statistics.median(sum(each.values()) for each in rounds)
    speeds = {"parsing": (sentences, "sentences/s"), "extraction": (pairs, "pairs/s")}
    for part, seconds in median.items():
        count, unit = speeds.get(part, (sentences, "sentences/s"))
        print(f"{part:20s}{count / seconds:9.0f} {unit:12s}{seconds / total:6.0%} of the time")
    print(f"{'text to graph':20s}{sentences / total:9.0f} sentences/s")
    print(f"{'one pair at a time':20s}{1 / peer:9.0f} pairs/s")
    print(f"extraction, graphkg / one pair at a time: {pairs * peer / median['extraction']:.1f}")


if __name__ == "__main__":
    main()
