"""Mention pairs prepared a second on one core: ExpandPairs beside the single steps.

    python benchmarks/pair_preparation.py [--repeats 20]

Both start from parsed sentences and end with the same batch of ids, masks and pruned trees (the
tests compare them). Sentences are invented: 30 words, random trees, all ordered mention pairs.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time

import torch
from torch_geometric.data import Batch

from graphkg.graphs import SentenceGraph
from graphkg.transforms import ExpandPairs, Offsets, PruneTree, Substitute, split_pairs
from graphkg.vocab import Vocabularies

KINDS = ("PER", "LOC", "ORG")


def invent(sentences: int, mentions: int, words: int = 30) -> list[SentenceGraph]:
    draw = random.Random(0)
    graphs = []
    for _ in range(sentences):
        places = sorted(draw.sample(range(words), mentions))
        graph = SentenceGraph.build(
            [f"w{draw.randrange(1000)}" for _ in range(words)],
            [0, *(draw.randint(1, i) for i in range(1, words))],
            mentions=[(i, i + 1, draw.choice(KINDS)) for i in places],
            pairs=[(a, b, None) for a in range(mentions) for b in range(mentions) if a != b],
        )
        graphs.append(graph)
    return graphs


def step_by_step(graphs: list[SentenceGraph], vocabularies: Vocabularies) -> SentenceGraph:
    pieces = [Offsets()(Substitute()(p)) for graph in graphs for p in split_pairs(graph)]
    return Batch.from_data_list([p.encode(vocabularies) for p in PruneTree(1).many(pieces)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    torch.set_num_threads(1)
    vocabularies = Vocabularies()
    for kind in KINDS:
        vocabularies.kind.add(kind)
        vocabularies.word.add(f"SUBJ-{kind}")
        vocabularies.word.add(f"OBJ-{kind}")
    expand = ExpandPairs(vocabularies)
    print(f"one thread, torch {torch.__version__}, pairs a CPU second (median)")
    print(f"{'':24s}{'single steps':>14s}{'ExpandPairs':>14s}")
    for mentions, sentences in ((2, 20), (4, 10), (12, 2)):
        graphs = invent(sentences, mentions)
        count = sentences * mentions * (mentions - 1)
        speeds = []
        for prepare in (lambda g: step_by_step(g, vocabularies), expand):
            seconds = []
            for _ in range(options.repeats):
                start = time.process_time()
                prepare(graphs)
                seconds.append(time.process_time() - start)
            speeds.append(count / statistics.median(seconds))
        print(f"{mentions:3d} mentions a sentence  {speeds[0]:14,.0f}{speeds[1]:14,.0f}")


if __name__ == "__main__":
    main()
