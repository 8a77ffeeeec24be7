"""What is wrong with a folder of relations: every problem with its file and line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from ..graphs import SentenceGraph
from . import kbp37, relations
from .base import first_file
from .marked import holds_marked, read_marked
from .problems import LocatedError, Problem
from .relation_files import ENDINGS, PARTS, check_label, scan_relations

MARKED = {
    "train": ("train.txt", "TRAIN_FILE.TXT"),
    "valid": ("valid.txt", "dev.txt"),
    "test": ("test.txt", "TEST_FILE_FULL.TXT"),
}
NAMES = {
    "kbp37": "kbp37",
    "retacred": "retacred",
    "semeval": "semeval2010-task8",
    "tacred": "tacred",
}


@dataclass
class PartCounts:
    """What a file holds: sentences, how often each label, and how many have what."""

    sentences: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    trees: int = 0
    tags: int = 0
    kinds: int = 0

    def add(self, graph: SentenceGraph) -> None:
        """Counts a sentence."""
        self.sentences += 1
        self.labels[str(graph.labels.relations[0])] += 1
        self.trees += len(set(graph.heads)) > 1 or len(graph.words) == 1
        self.tags += graph.labels.pos[0] != "_"
        self.kinds += "_" not in graph.labels.kinds


Counts = dict[Path, PartCounts]


def find_relation_files(folder: Path) -> dict[str, Path]:
    """Returns the files of a folder of relations by part; none if it holds something else."""
    rows = {part: [s + end for s in stems for end in ENDINGS] for part, stems in PARTS.items()}
    found = {part: first_file(folder, *names) for part, names in rows.items()}
    if found["train"] is not None:
        return {part: path for part, path in found.items() if path is not None}
    found = {part: first_file(folder, *names) for part, names in MARKED.items()}
    first = found["train"]
    try:
        marked = first is not None and holds_marked(first)
    except InputError:
        marked = False
    return {part: path for part, path in found.items() if path is not None} if marked else {}


def check_relations(files: dict[str, Path]) -> tuple[list[Problem], Counts]:
    """Returns all problems of the files of a folder, and what each of them holds.

    Errors: what no reader takes, and labels of other parts that training lacks. Warnings: trees
    with several roots, mentions that overlap or have no text, keys that occur twice, a part
    without a file.
    """
    problems: list[Problem] = []
    counts: Counts = {}
    for part, path in files.items():
        trained = sorted(next(iter(counts.values())).labels) if counts else None
        counts[path] = PartCounts()
        check = _check_marked if ".txt" in path.name.lower() else _check_rows
        try:
            check(path, counts[path], trained if part != "train" else None, problems)
        except LocatedError as error:
            problems.append(error.problem)
        except InputError as error:
            problems.append(Problem(path, 1, "unreadable", str(error).removeprefix(f"{path}: ")))
    missing = [part for part in PARTS if part not in files]
    if missing and ".txt" not in files["train"].name.lower():
        what = f"there is no file of {' and '.join(missing)}: training asks for all three parts"
        problems.append(Problem(files["train"], 1, "missing part", what))
    return problems, counts


def _check_rows(
    path: Path, counts: PartCounts, trained: list[str] | None, problems: list[Problem]
) -> None:
    seen: dict[str, int] = {}
    for place, graph in scan_relations(path, _collect(problems), problems):
        counts.add(graph)
        first = seen.setdefault(graph.key, place.line)
        if first != place.line:
            what = f"the key {graph.key!r} stands in line {first} already"
            problems.append(Problem(path, place.line, "repeated key", what))
        if trained is not None:
            try:
                check_label(graph, trained, place)
            except LocatedError as error:
                problems.append(error.problem)
    if not counts.sentences:
        problems.append(Problem(path, 1, "unreadable", "the file has no sentence that can be read"))


def _check_marked(
    path: Path, counts: PartCounts, trained: list[str] | None, problems: list[Problem]
) -> None:
    labels, blank = _task(path)
    for found in read_marked(path, labels, blank, _collect(problems)):
        counts.sentences += 1
        counts.labels[found.label] += 1
        if any(found.text[start:end].strip() == kbp37.BLANK for start, end in found.spans):
            what = "a mention has no text: the word _ stands for it"
            problems.append(Problem(path, found.place.line, "empty mention", what))


def _task(path: Path) -> tuple[tuple[str, ...], str]:
    """Returns the labels of the task that a file's first known label belongs to, and its blank."""
    both = (*relations.LABELS, *kbp37.LABELS)
    first = next(read_marked(path, both, kbp37.BLANK, lambda error: None), None)
    if first is not None and first.label in relations.LABELS:
        return relations.LABELS, ""
    return kbp37.LABELS, kbp37.BLANK


def _collect(problems: list[Problem]) -> Callable[[LocatedError], None]:
    return lambda error: problems.append(error.problem)
