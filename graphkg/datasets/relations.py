"""Relation classification: one marked pair of mentions a sentence (SemEval-2010 Task 8)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..graphs import SentenceGraph
from .base import find_file, locate, read_jsonl
from .marked import Marked, read_marked
from .words import split_words

LABELS = (
    *(
        f"{name}({direction})"
        for name in (
            "Cause-Effect",
            "Component-Whole",
            "Content-Container",
            "Entity-Destination",
            "Entity-Origin",
            "Instrument-Agency",
            "Member-Collection",
            "Message-Topic",
            "Product-Producer",
        )
        for direction in ("e1,e2", "e2,e1")
    ),
    "Other",
)
ORIGINAL = {"train": "TRAIN_FILE.TXT", "test": "TEST_FILE_FULL.TXT"}
PARSED = ("id", "token", "subj_start", "subj_end", "obj_start", "obj_end")


class SemEval:
    """SemEval-2010 Task 8 (Hendrickx et al., 2010): 8,000 + 2,717 sentences, 19 labels.

    Every sentence has two mentions of kind ``O``, e1 and e2, and one pair: e1 is the subject, e2
    the object, the label keeps its direction (``Cause-Effect(e2,e1)``). The graph's `key` is the
    sentence's number, its `text` the sentence without tags. There is no official validation part:
    see :func:`held_out`.

    Args:
        path: the folder with ``train.txt`` and ``test.txt`` (or under their names in the release,
            ``TRAIN_FILE.TXT`` and ``TEST_FILE_FULL.TXT``) and ``*.parsed.jsonl``, plain or
            ``.gz``; by default ``$GRAPHKG_DATA/semeval2010-task8``.
        parsed: take words and dependency trees from ``*.parsed.jsonl`` (1-based
            ``stanford_head``, ``stanford_deprel``); otherwise words are split by rule and there
            are no trees.

    Raises:
        InputError: missing or malformed files, with the line.
    """

    def __init__(self, path: str | Path | None = None, parsed: bool = True):
        self.folder = locate("semeval2010-task8", path)
        self.parsed = parsed
        self.labels = list(LABELS)

    @cached_property
    def train(self) -> list[SentenceGraph]:
        """The training sentences, in the order of the file."""
        return self._read("train")

    @cached_property
    def test(self) -> list[SentenceGraph]:
        """The test sentences, in the order of the file."""
        return self._read("test")

    def _read(self, split: str) -> list[SentenceGraph]:
        path = find_file(self.folder, f"{split}.txt", ORIGINAL[split])
        trees: dict[str, tuple[str, dict[str, Any]]] = {}
        if self.parsed:
            source = find_file(self.folder, f"{split}.parsed.jsonl")
            for number, row in read_jsonl(source, PARSED):
                trees[str(row["id"])] = f"{source}:{number}", row
        graphs = []
        for found in read_marked(path, LABELS):
            if not self.parsed:
                graphs.append(_from_text(found))
            elif found.key in trees:
                graphs.append(_from_tree(found, *trees[found.key]))
            else:
                raise InputError(
                    f"{found.place}: sentence {found.key} has no tree in {split}.parsed.jsonl: "
                    "complete that file, or read the sentences with parsed=False"
                )
        return graphs

    def __repr__(self) -> str:
        return f"SemEval({str(self.folder)!r}, parsed={self.parsed})"


def _from_text(found: Marked) -> SentenceGraph:
    words, chars = split_words(found.text, found.edges)
    return SentenceGraph.build(
        words,
        mentions=found.mentions(chars),
        pairs=[(0, 1, found.label)],
        text=found.text,
        chars=chars,
        key=found.key,
    )


def _from_tree(found: Marked, where: str, row: dict[str, Any]) -> SentenceGraph:
    ends = [(row["subj_start"], row["subj_end"] + 1), (row["obj_start"], row["obj_end"] + 1)]
    try:
        return SentenceGraph.build(
            row["token"],
            row.get("stanford_head"),
            row.get("stanford_deprel"),
            row.get("stanford_pos"),
            row.get("stanford_ner"),
            mentions=[(start, end, "O") for start, end in ends],
            pairs=[(0, 1, found.label)],
            text=found.text,
            key=found.key,
        )
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def held_out(
    graphs: Sequence[SentenceGraph], count: int = 800, seed: int | None = None
) -> tuple[list[SentenceGraph], list[SentenceGraph]]:
    """Splits the SemEval training sentences into ``(train, valid)``.

    The default is one fixed list of 800 keys that ships with graphkg, so that results compare.
    A sentence whose text occurs more than once is never held out.

    Args:
        graphs: sentences with distinct keys.
        count: how many to hold out; fewer than 800 takes the head of the list.
        seed: draws another list, by a hash of seed and key, so the same on every machine.

    Raises:
        InputError: keys of the fixed list that `graphs` lack, or too few sentences.
    """
    keys = {graph.key for graph in graphs}
    ranked = _fixed_keys() if seed is None else draw(graphs, seed)
    if len(ranked) < count:
        raise InputError(
            f"{count} sentences were to be held out, but only {len(ranked)} can be: ask for fewer"
            + (", or give a seed" if seed is None else "")
        )
    chosen = set(ranked[:count])
    if not chosen <= keys:
        raise InputError(
            f"{len(chosen - keys)} of the {count} held-out sentences (such as key "
            f"{min(chosen - keys)!r}) are not among the {len(graphs)} given: give the whole "
            "training part of SemEval-2010 Task 8, or a seed to draw others"
        )
    train = [graph for graph in graphs if graph.key not in chosen]
    return train, [graph for graph in graphs if graph.key in chosen]


def draw(graphs: Sequence[SentenceGraph], seed: int) -> list[str]:
    """Returns the keys of the sentences whose text is unique, in an order drawn by `seed`."""
    times = Counter(graph.text for graph in graphs)
    keys = [graph.key for graph in graphs if times[graph.text] == 1]
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).digest())


def _fixed_keys() -> list[str]:
    path = resources.files(__package__) / "semeval_valid.txt"
    return path.read_text(encoding="utf-8").split()
