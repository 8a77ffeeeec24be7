"""A graph of five entities with texts, for the tests of text models."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import torch
from pieces import tiny_tokenizer

from graphkg.datasets.triples import TripleData, read_triple_data
from graphkg.graphs import GraphTexts

ENTITIES = {
    "Ann": "Ann\tborn in Rome today",
    "Lee": "Lee\t",
    "Rome": "Rome\tthe city",
    "Romeville": "Romeville\tthe city of Lee",
    "a b c d": "a b c d\t",
}
TRAIN = [("Ann", "born_in", "Rome"), ("Ann", "born_in", "Romeville"), ("Lee", "left", "Rome")]
TRAIN += [("Lee", "born_in", "Romeville"), ("Rome", "of", "a b c d"), ("Ann", "left", "Romeville")]
VALID = [("Romeville", "of", "a b c d")]
TEST = [("Lee", "born_in", "Rome"), ("Ann", "left", "Rome"), ("Lee", "born_in", "a b c d")]


def small_data(folder: Path) -> TripleData:
    """Relations are born_in, left, of; entities have the ids 0 to 4 in the order above."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, rows in (("train", TRAIN), ("valid", VALID), ("test", TEST)):
        lines = "".join("\t".join(row) + "\n" for row in rows)
        (folder / f"{split}.tsv").write_text(lines, encoding="utf-8")
    table = "".join(f"{label}\t{text}\n" for label, text in ENTITIES.items())
    (folder / "entities.tsv").write_text("id\tname\tdescription\n" + table, encoding="utf-8")
    return read_triple_data(str(folder))


def small_texts(limit: int = 32, entities=None) -> GraphTexts:
    """The texts of five entities (or of those given) and two relations."""
    named = entities or ["Ann born in Rome", "Lee", "Rome the city", "Romeville", "a b c d e f g"]
    return GraphTexts.from_texts(
        named, [name.split()[0] for name in named], ["born in", "left"], tiny_tokenizer(), limit
    )


def same_ranks(first, second) -> None:
    """Two scores whose ranks are equal under every rule, on both sides."""
    fields = ("optimistic", "realistic", "pessimistic", "candidates")
    for side, name in product(("head", "tail"), fields):
        assert torch.equal(getattr(first.ranks[side], name), getattr(second.ranks[side], name))
