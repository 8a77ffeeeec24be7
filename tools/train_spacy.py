"""Trains the spaCy pipeline that graphkg ships, and scores it.

    python tools/train_spacy.py --data DATA --work WORK            # train both, assemble, evaluate
    python tools/train_spacy.py --data DATA --work WORK --only ner # one part of it
    python tools/train_spacy.py --data DATA --evaluate             # score the bundle again

``DATA`` (default: the variable GRAPHKG_DATA) holds ``ud-english-ewt``, ``uner-english-ewt``,
``ner-extra``, ``redocred`` and ``glove-100d``; ``WORK`` is a scratch folder. Same
inputs and the same versions give the same weights: one thread, fixed seeds.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
from itertools import islice
from pathlib import Path

from spacy_data import check_inputs, read_treebank, treebank_docs

TOOLS = Path(__file__).parent
PARSER_VECTORS = 11_000, 40_000
"""Vectors kept, and words that have one: a rarer word shares the row of its nearest neighbour."""
VECTORS = 40_000, 131_905
"""The same for the entities; the whole pipeline is shipped with these."""


def use_one_thread() -> None:
    """Sets one thread; numpy is imported afterwards, in the functions."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"


def use_fast_ops() -> None:
    """Takes numpy's matrix product, 3-4 times faster than the generic kernel of the blis wheel."""
    from thinc.api import NumpyOps, set_current_ops

    set_current_ops(NumpyOps(use_blis=False))


def write_vectors(data: Path, folder: Path, rows: int, keys: int, step: float = 0.0) -> None:
    """Writes a blank pipeline whose vectors are the most frequent GloVe rows.

    Args:
        data: The data folder.
        folder: Where the pipeline goes.
        rows: Vectors kept.
        keys: Words that have one.
        step: What the numbers are rounded to, so that one byte holds each; 0 for no rounding.
    """
    import numpy as np
    import spacy
    from spacy.vectors import Vectors

    with gzip.open(data / "glove-100d" / "vocab.txt.gz", "rt", encoding="utf-8") as lines:
        words = [line.rstrip("\n") for line in lines][:keys]
    table = np.load(data / "glove-100d" / "vectors.npz")["vectors"][:keys].astype("float32")
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    nlp = spacy.blank("en")
    kept = table[:rows].copy()
    if step:
        kept = (np.rint(kept / step).clip(-127, 127) * step).astype("float32")
    vectors = Vectors(strings=nlp.vocab.strings, data=kept, keys=words[:rows], attr="LOWER")
    for start in range(rows, keys, 1000):
        nearest = (unit[start : start + 1000] @ unit[:rows].T).argmax(axis=1)
        for word, row in zip(words[start : start + 1000], nearest, strict=True):
            vectors.add(word, row=int(row))
    nlp.vocab.vectors = vectors
    nlp.to_disk(folder)


def write_docs(folder: Path, **parts: object) -> None:
    """Writes each part's Docs as ``<part>.spacy``."""
    from spacy.tokens import DocBin

    folder.mkdir(parents=True, exist_ok=True)
    for name, docs in parts.items():
        DocBin(docs=docs).to_disk(folder / f"{name}.spacy")  # type: ignore[arg-type]


def train_part(config_name: str, work: Path, part: str) -> Path:
    """Runs spaCy's own loop on one config; returns the folder of the best model."""
    from spacy import registry, util
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train
    from spacy_tagged import tagged_corpus
    from spacy_tokenizer import patch_tokenizer

    registry.callbacks.register("graphkg.patch_tokenizer.v1", func=lambda: patch_tokenizer)
    registry.readers.register("graphkg.tagged_corpus.v1", func=tagged_corpus)
    paths = {
        "paths.train": str(work / part / "train.spacy"),
        "paths.dev": str(work / part / "dev.spacy"),
        "paths.vectors": str(work / ("vectors-parser" if part == "parser" else "vectors")),
    }
    config = util.load_config(TOOLS / config_name, overrides=paths, interpolate=False)
    use_fast_ops()
    nlp = init_nlp(config, use_gpu=-1)
    out = work / part / "model"
    out.mkdir(parents=True, exist_ok=True)
    train(nlp, out, use_gpu=-1, stdout=sys.stdout, stderr=sys.stderr)
    return out / "model-best"


def train_parser(data: Path, work: Path) -> Path:
    """Tagger, morphologizer, lemmatizer and parser on UD English EWT."""
    import spacy

    vocab = spacy.blank("en").vocab
    bank = data / "ud-english-ewt"
    write_docs(
        work / "parser",
        train=treebank_docs(vocab, bank / "en_ewt-ud-train.conllu.gz"),
        dev=treebank_docs(vocab, bank / "en_ewt-ud-dev.conllu.gz"),
    )
    return train_part("spacy_parser.cfg", work, "parser")


def train_ner(data: Path, work: Path) -> Path:
    """Entities of people, organisations, places and other names."""
    import spacy
    from spacy_entities import dev_docs, train_docs
    from spacy_tagged import write_tagged

    use_fast_ops()
    nlp = spacy.load(work / "parser" / "model" / "model-best")
    nlp.vocab.vectors = spacy.load(work / "vectors").vocab.vectors
    (work / "ner").mkdir(exist_ok=True)
    for name, docs in (("train", train_docs), ("dev", dev_docs)):
        write_tagged(nlp, docs(nlp.vocab, data), work / "ner" / f"{name}.spacy")
    return train_part("spacy_ner.cfg", work, "ner")


def assemble(data: Path, work: Path) -> None:
    """Joins the best steps of both parts and puts them into the package."""
    from spacy_bundle import install, join

    use_fast_ops()
    nlp = join(work / "parser" / "model" / "model-best", work / "ner" / "model" / "model-best")
    dev = read_treebank(data / "ud-english-ewt" / "en_ewt-ud-dev.conllu.gz")
    install(nlp, [sentence.text for sentence in islice(dev, 300)])


def evaluate(data: Path) -> None:
    """Scores the bundle, prints the card and writes it."""
    from spacy_bundle import BUNDLE, write_card
    from spacy_score import score_all

    from graphkg.parsing.spacy_parser import load_pipeline

    print(write_card(score_all(load_pipeline(BUNDLE), data)))


def main() -> None:
    """Command line."""
    use_one_thread()
    sys.path.insert(0, str(TOOLS.parent))  # for graphkg, if it is not installed
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("GRAPHKG_DATA"))
    parser.add_argument("--work", type=Path)
    parser.add_argument("--only", choices=("parser", "ner", "assemble"))
    parser.add_argument("--evaluate", action="store_true")
    options = parser.parse_args()
    if options.data is None:
        parser.error("no data: give --data or set GRAPHKG_DATA to the folder with ud-english-ewt")
    data = Path(options.data)
    check_inputs(data)
    if not options.evaluate:
        from graphkg.parsing.precision import STEP

        if options.work is None:
            parser.error("training needs --work, a scratch folder")
        options.work.mkdir(parents=True, exist_ok=True)
        for name, shape, step in (
            ("vectors-parser", PARSER_VECTORS, 0.0),
            ("vectors", VECTORS, STEP),
        ):
            if options.only != "assemble" and not (options.work / name).exists():
                write_vectors(data, options.work / name, *shape, step)
        if options.only in (None, "parser"):
            train_parser(data, options.work)
        if options.only in (None, "ner"):
            train_ner(data, options.work)
        if options.only in (None, "assemble"):
            assemble(data, options.work)
    if options.evaluate or options.only in (None, "assemble"):
        evaluate(data)


if __name__ == "__main__":
    main()
