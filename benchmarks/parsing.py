"""Sentences a second of SpacyParser beside the spaCy pipeline under it, in one run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/parsing.py --data DATA

reads the dev part of UD English EWT; ``--text FILE`` reads any text, a paragraph a line. Without
either it reads the texts of ``datasets/``.
"""

from __future__ import annotations

import argparse
import gzip
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

TEXTS = Path(__file__).resolve().parent.parent / "datasets" / "texts"


def read_texts(data: Path | None, text: Path | None) -> list[str]:
    if text is not None:
        return [line for line in text.read_text("utf-8").splitlines() if line.strip()]
    if data is None:
        files = sorted(TEXTS.glob("[dt]e*/*.txt"))
        return [line for file in files for line in read_texts(None, file)]
    path = data / "ud-english-ewt" / "en_ewt-ud-dev.conllu.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [line[9:].strip() for line in lines if line.startswith("# text = ")]


def seconds(work: Callable[[], Iterable[object]]) -> tuple[float, int]:
    """Time to run through all that `work` yields, and how much that is."""
    start = time.perf_counter()
    count = sum(1 for _ in work())
    return time.perf_counter() - start, count


def main() -> None:
    from graphkg.parsing import SpacyParser
    from graphkg.parsing.spacy_parser import IDLE

    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("--data", type=Path, default=os.environ.get("GRAPHKG_DATA"))
    arguments.add_argument("--text", type=Path)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    texts = read_texts(options.data and Path(options.data), options.text)
    parser = SpacyParser()
    size = parser.batch_size

    def raw() -> Iterable[object]:
        return (sent for doc in parser.nlp.pipe(texts, batch_size=size) for sent in doc.sents)

    def needed() -> Iterable[object]:
        docs = parser.nlp.pipe(texts, batch_size=size, disable=IDLE)
        return (sent for doc in docs for sent in doc.sents)

    works = {
        "spaCy, all parts": raw,
        "spaCy, parts needed": needed,
        "SpacyParser": lambda: parser.parse(texts),
    }
    best: dict[str, float] = {}
    for _ in range(options.rounds):  # in turn, so that other load on the machine meets both
        for name, work in works.items():
            took, count = seconds(work)
            best[name] = max(best.get(name, 0.0), count / took)
    for name, speed in best.items():
        print(f"{name:20} {speed:8.0f} sentences/s (best of {options.rounds})")
    for name in list(works)[:2]:
        print(f"SpacyParser / {name}: {best['SpacyParser'] / best[name]:.2f}")


if __name__ == "__main__":
    main()
