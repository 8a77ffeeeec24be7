"""Puts a trained relation model into the package, with a model card of what it was measured at.

    python tools/bundle_relations.py RUN --alone RUN_WITHOUT_JRRELP [--data FOLDER]

RUN was trained by ``graphkg train jrrelp --preset redocred-cgcn -o RUN``, the other one with
``--set link_weight=0 --set coupling_weight=0`` beside. Every figure of the card is measured here.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from graphkg.metrics.scores import Scores
from graphkg.parsing import SpacyParser
from graphkg.recipes import load
from graphkg.recipes.base import BUNDLED, DEFAULT
from graphkg.recipes.relation_data import RelationData, read_relation_data
from graphkg.recipes.relation_scores import KindPairBaseline, score_pairs
from graphkg.recipes.text_scores import annotated_texts, score_texts

LICENSE = """The files of this folder (weights, vocabularies, settings) are licensed under Creative
Commons Attribution-ShareAlike 4.0 International (CC BY-SA 4.0):
https://creativecommons.org/licenses/by-sa/4.0/legalcode

They were trained on Re-DocRED (Tan et al., 2022; MIT), whose sentences come from Wikipedia (CC
BY-SA), and hold word vectors of GloVe (Pennington et al., 2014; Public Domain Dedication and
License 1.0). Relations have the English labels of Wikidata (CC0).
"""
TEXTS = Path(__file__).resolve().parent.parent / "datasets" / "texts"
CARD = """# {name}

JRRELP (Stoica et al., 2020) with C-GCN and ConvE: reads the relation, or the relations, or none,
between two mentions of an English sentence. {relations} relations of Wikidata, kinds PERSON,
ORGANIZATION, LOCATION, MISC, DATE, NUMBER. {size:.1f} MB, {trained:,} trained weights and
{fixed:,} numbers in word rows of GloVe that stay as they are.

- Data: Re-DocRED (MIT; sentences from Wikipedia, CC BY-SA): mention pairs within a sentence of
  {train} sentences; {valid} more chose the epoch. Word rows: GloVe 6B 100-d (PDDL 1.0), float16.
- Parsed by the bundled spaCy pipeline. Mentions are given in training, so extraction from raw text
  depends on the pipeline's NER.
- Licence of the weights: CC BY-SA 4.0. Please name Re-DocRED (Tan et al., 2022), DocRED (Yao et
  al., 2019) and GloVe (Pennington et al., 2014).
- Trained by `graphkg train jrrelp --preset redocred-cgcn -o RUN`, best epoch {epoch} of {epochs},
  {minutes:.0f} minutes on one CPU core, seed {seed}. This card is written by
  `python tools/bundle_relations.py RUN --alone RUN_WITHOUT_JRRELP`.

## Re-DocRED test, gold mentions

All {pairs:,} ordered pairs of mentions in a sentence; micro over (pair, relation), `no_relation`
left out. One seed each.

| | P | R | F1 |
|---|---|---|---|
{compared}

## From raw text

The text alone goes in; mentions are our own. Strict: both ends have the span of a mention of the
right entity. Relaxed: they overlap one. Triples of entities count once a document.

| texts | P | R | F1 strict | F1 relaxed |
|---|---|---|---|---|
{raw}

## By relation (test pairs, gold mentions)

| relation | P | R | F1 | gold | guessed |
|---|---|---|---|---|---|
{rows}

## Limits

Wikipedia's prose and its relations: other registers do worse. Only pairs within a sentence, only
named mentions and values: what a sentence states by a pronoun is not found. The scores of
extracted triples are sigmoid margins over `no_relation`, not calibrated probabilities. Relations
with few examples are seldom or never predicted (last rows). Texts may say what is not true; a
triple is what a sentence seems to state.
"""


def row(name: str, score: Any) -> str:
    values = (score.precision, score.recall, score.f1)
    return f"| {name} | " + " | ".join(f"{100 * value:.1f}" for value in values) + " |"


def compare(system: Any, alone: Any, data: RelationData) -> tuple[str, dict[str, Scores], int]:
    """Returns the table of systems, the rows by relation, and the number of pairs."""
    negative = data.negative or ""
    kinds = KindPairBaseline(data.train, negative).predict(data.test)
    baseline = score_pairs(data.test, kinds, negative, {})
    joint, single = system.evaluate(data.test), alone.evaluate(data.test)
    table = "\n".join(
        [
            row("**JRRELP (this model)**", joint.score),
            row("C-GCN alone (both weights 0)", single.score),
            row("most frequent relation of the two kinds", baseline.score),
        ]
    )
    return table, joint.score.by_relation, joint.protocol["pairs"]


def score_raw(system: Any, parser: Any) -> str:
    """Returns the table of scores from raw text."""
    lines = []
    for name, source, split in (
        ("Re-DocRED test, triples within a sentence", "redocred", "test"),
        ("`datasets/texts` dev", TEXTS, "dev"),
        ("`datasets/texts` test", TEXTS, "test"),
    ):
        scores = score_texts(annotated_texts(source, split), parser, system)
        cells = (scores.strict.precision, scores.strict.recall, scores.strict.f1)
        shown = " | ".join(f"{100 * value:.1f}" for value in (*cells, scores.relaxed.f1))
        lines.append(f"| {name} | {shown} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--alone", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    reader = SpacyParser()
    system, alone = load(given.run), load(given.alone)
    data = read_relation_data("redocred", given.data, reader, system.recipe.split_seed)
    system.name = DEFAULT
    folder = BUNDLED / DEFAULT
    shutil.rmtree(folder, ignore_errors=True)
    system.save_pretrained(folder)
    compared, by_relation, pairs = compare(system, alone, data)
    ranked = sorted(by_relation.items(), key=lambda item: -item[1].gold)
    rows = [f"{row(name, s)} {s.gold} | {s.guessed} |" for name, s in ranked]
    token = system.model.store["token"]
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    card = CARD.format(
        name=DEFAULT,
        relations=len(data.relations) - 1,
        size=size / 1e6,
        trained=sum(p.numel() for p in system.model.parameters()),
        fixed=0 if token.fixed is None else token.fixed.numel(),
        train=len(data.train),
        valid=len(data.valid),
        epoch=system.training["best_epoch"],
        epochs=system.training["epochs"],
        minutes=system.training["seconds"] / 60,
        seed=system.recipe.train.seed,
        pairs=pairs,
        compared=compared,
        raw=score_raw(system, reader),
        rows="\n".join(rows),
    )
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    (folder / "LICENSE").write_text(LICENSE, encoding="utf-8")
    print(card)
    print(json.dumps(system.training))


if __name__ == "__main__":
    main()
