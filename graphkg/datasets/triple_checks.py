"""What is wrong with a set of triples: every problem with its file and line, none raised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from .problems import Problem
from .triple_lines import Row, scan_ids, scan_triples
from .triple_sets import TripleFiles, find_triple_files

INVERSE = 0.97  # Toutanova and Chen (2015) drop relations whose pairs overlap by this much
FEWEST = 5  # pairs of a relation below which an overlap says nothing

Parts = dict[Path, list[Row]]


def check_triples(folder: str | Path, path: str | Path | None = None) -> list[Problem]:
    """Returns all problems of a set of triples, whose files are read as they are.

    Errors: lines that are not UTF-8 or not three columns, empty cells, broken tables, ids without
    a row in ``entities.tsv`` or ``relations.tsv`` where there is one, and triples of valid or test
    that an earlier part has. Warnings: ids that training never has, repeated triples, triples
    that stand in training with head and tail swapped, relations that turn another one round, self
    loops, white space, CR LF, and labels that look alike.

    Args:
        folder: a folder or a known name, as :func:`~graphkg.datasets.read_triple_data` takes it.
        path: the folder of a known set.

    Raises:
        InputError: no such folder, or a part without its file.
    """
    return check_files(find_triple_files(folder, path))[0]


def check_files(files: TripleFiles) -> tuple[list[Problem], Parts]:
    """Returns all problems, and the well-formed rows of each file of triples."""
    problems: list[Problem] = []
    parts: Parts = {}
    for file in files.parts.values():
        parts[file] = list(scan_triples(file, problems))
    problems += _without_row(files, parts, problems)
    for check in (_unseen, _repeated, _mirrored, _inverse, _self_loops, _look_alike):
        problems += check(parts)
    return problems, parts


def _labels(rows: Iterable[Row]) -> tuple[dict[str, int], dict[str, int]]:
    """The first line of every entity and of every relation."""
    entities: dict[str, int] = {}
    relations: dict[str, int] = {}
    for line, head, relation, tail in rows:
        entities.setdefault(head, line)
        entities.setdefault(tail, line)
        relations.setdefault(relation, line)
    return entities, relations


def _without_row(files: TripleFiles, parts: Parts, problems: list[Problem]) -> list[Problem]:
    """Ids of triples that the tables lack; what is wrong with the tables goes to `problems`."""
    labels = {path: _labels(rows) for path, rows in parts.items()}
    found = []
    for number, name in enumerate(("entities", "relations")):
        table = (files.entities, files.relations)[number]
        ids = scan_ids(table, problems) if table else None
        for path, of_part in labels.items() if ids is not None else ():
            for label, line in of_part[number].items():
                if label not in (ids or ()):
                    message = f"{label!r} has no row in {name}.tsv"
                    found.append(Problem(path, line, f"no row in {name}.tsv", message))
    return found


def _unseen(parts: Parts) -> Iterator[Problem]:
    """Ids of valid and test that no training triple has."""
    train, *others = parts
    known = _labels(parts[train])
    for path in others:
        for name, labels, seen in zip(("entity", "relation"), _labels(parts[path]), known):
            for label, line in labels.items():
                if label not in seen:
                    message = f"the {name} {label!r} never occurs in {train.name}"
                    yield Problem(path, line, f"unseen {name}", message)


def _repeated(parts: Parts) -> Iterator[Problem]:
    """Triples that their own file has twice, and triples that an earlier part has."""
    first: dict[tuple[str, ...], tuple[Path, int]] = {}
    for path, rows in parts.items():
        for row in rows:
            place, line = first.setdefault(row[1:], (path, row.line))
            if place != path:
                message = f"{_shown(row)} stands in {place.name}, line {line}, too"
                yield Problem(path, row.line, "leak", message)
            elif line != row.line:
                message = f"{_shown(row)} stands in line {line} already"
                yield Problem(path, row.line, "repeated triple", message)


def _shown(row: Row) -> str:
    return f"({row.head}, {row.relation}, {row.tail})"


def _mirrored(parts: Parts) -> Iterator[Problem]:
    """Triples of valid and test that training has with head and tail swapped, by relation."""
    train, *others = parts
    mirrored = {(tail, relation, head) for _, head, relation, tail in parts[train]}
    for path in others:
        total = Counter(row.relation for row in parts[path])
        found: dict[str, list[Row]] = defaultdict(list)
        for row in parts[path]:
            if row[1:] in mirrored and row.head != row.tail:
                found[row.relation].append(row)
        for relation, rows in found.items():
            message = (
                f"{len(rows)} of {total[relation]} triples of {relation!r} stand in {train.name} "
                f"with head and tail swapped, as {_shown(rows[0])} does"
            )
            yield Problem(path, rows[0].line, "mirrored", message, len(rows))


def _inverse(parts: Parts) -> Iterator[Problem]:
    """Relations whose training pairs another relation has, in any part, turned round."""
    train, *others = parts
    relations: dict[tuple[str, str], set[str]] = defaultdict(set)  # of a pair, in any part
    for rows in parts.values():
        for _, head, relation, tail in rows:
            relations[head, tail].add(relation)
    trained: dict[tuple[str, str], set[str]] = defaultdict(set)
    lines: dict[str, int] = {}
    for line, head, relation, tail in parts[train]:
        trained[head, tail].add(relation)
        lines.setdefault(relation, line)
    pairs = Counter(relation for found in trained.values() for relation in found)
    turned: Counter[tuple[str, str]] = Counter()
    for (head, tail), found in trained.items():
        reverse = relations.get((tail, head), set())
        turned.update((x, y) for x in found for y in reverse if x != y)
    given: Counter[tuple[str, str]] = Counter()  # of valid and test, answered by training
    for path in others:
        for _, head, relation, tail in parts[path]:
            given.update((relation, other) for other in trained.get((tail, head), ()))
    for (relation, other), count in turned.items():
        share = count / pairs[relation]
        if pairs[relation] >= FEWEST and share >= INVERSE:
            message = (
                f"{other!r} holds the other way round for {share:.1%} of the {pairs[relation]} "
                f"training pairs of {relation!r}: {train.name} so answers "
                f"{given[relation, other]} triples of the other parts"
            )
            yield Problem(train, lines[relation], "inverse relation", message)


def _self_loops(parts: Parts) -> Iterator[Problem]:
    for path, rows in parts.items():
        loops = [row for row in rows if row.head == row.tail]
        if loops:
            message = f"{len(loops)} of {len(rows)} triples are self loops, as {_shown(loops[0])}"
            yield Problem(path, loops[0].line, "self loop", message, len(loops))


def _look_alike(parts: Parts) -> Iterator[Problem]:
    """Labels that differ by case or white space alone, at the later one's first line."""
    kinds: tuple[dict[str, str], dict[str, str]] = {}, {}
    known: tuple[set[str], set[str]] = set(), set()
    for path, rows in parts.items():
        for labels, first, seen in zip(_labels(rows), kinds, known):
            for label, line in labels.items():
                if label in seen:
                    continue
                seen.add(label)
                other = first.setdefault("".join(label.split()).casefold(), label)
                if other != label:
                    message = f"{label!r} differs from {other!r} by case or white space alone"
                    yield Problem(path, line, "look-alike", message)
