"""FewRel and MetaQA invented, small enough to train on in a test."""

from __future__ import annotations

import json
from pathlib import Path

from jaket_models import small_graph

from graphkg.datasets import FewRel, MetaQA
from graphkg.datasets.triples import TripleData

# (head, tail) by relation: what a sentence says is told by one word.
WORDS = {"born": "born", "left": "left", "of": "of", "fell": "fell", "in": "in", "the": "the"}
PEOPLE, PLACES = ("Ann", "Lee", "a"), ("Rome", "Romeville", "b")
SMALL = {
    "progress": False,
    "device": "cpu",
    "knowledge_heads": 2,
    "rate": 3e-3,
    "epochs": 2,
    "fan_outs": [2, 2],
}


def fewrel_folder(folder: Path) -> Path:
    """Four relations of train, two of val, nine sentences each; entities are labels of a graph."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, words in (("train", list(WORDS)[:4]), ("val", list(WORDS)[4:])):
        rows = [
            {
                "relation": f"P{word}",
                "tokens": [head, "there", word, tail],
                "h": [head.lower(), None if head == "a" else head, [[0]]],
                "t": [tail.lower(), "Q0" if tail == "b" else tail, [[3]]],
            }
            for word in words
            for head in PEOPLE
            for tail in PLACES
        ]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{part}_wiki.jsonl").write_text(text, encoding="utf-8")
    return folder


def small_fewrel(folder: Path) -> FewRel:
    return FewRel(fewrel_folder(folder))


def linked_graph() -> TripleData:
    """The graph of ``jaket_models.py`` as data: Ann, Lee, Rome, Romeville and a."""
    graph = small_graph()
    none = graph.edge_subgraph({("entity", "rel", "entity"): graph.heads[:0]})
    return TripleData("small", graph, none, none)


KB = """Ann|directed_by|Lee
Ann|release_year|left
Rome|directed_by|Lee
Rome|release_year|born
city|directed_by|a
city|release_year|left
fell|has_genre|b
"""
DEV = [
    ("of the [Ann] in", "Lee"),
    ("of the [Rome] in", "Lee"),
    ("of the [city] in", "a"),
    ("there the [Lee] in", "Ann|Rome"),
    ("there the [a] in", "city"),
    ("today the [Ann] in", "left"),
    ("today the [Rome] in", "born"),
    ("today the [city] in", "left"),
    ("a b [fell] in", "b"),
    ("a b [b] in", "fell"),
]


def metaqa_folder(folder: Path) -> Path:
    """Films, people and years; the questions of test are those of dev in other words."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kb.txt").write_text(KB, encoding="utf-8")
    for part, end in (("dev", ""), ("test", " today")):
        rows = "".join(f"{question}{end}\t{answers}\n" for question, answers in DEV)
        (folder / f"1-hop.{part}.txt").write_text(rows, encoding="utf-8")
        kinds = "".join(f"{question.split()[0]}_\n" for question, _ in DEV)
        (folder / f"1-hop.{part}.qtype.txt").write_text(kinds, encoding="utf-8")
        two = "there [Ann] in\tLee|Rome\n[b] in\tb\n"
        (folder / f"2-hop.{part}.txt").write_text(two, encoding="utf-8")
    return folder


def small_metaqa(folder: Path, share: float = 1.0) -> MetaQA:
    return MetaQA(metaqa_folder(folder), share)
