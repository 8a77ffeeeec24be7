r"""Triples as tables, each with the sentence it was read in: TSV, JSON lines, and back.

``triples.tsv`` has a header and one row for each sentence that states a triple; a triple without
a sentence has one row whose other cells are empty. In a cell, a backslash, tab and line end are
written ``\\``, ``\t``, ``\n``, ``\r``. ``triples.jsonl`` has the same rows as objects, and
``entities.tsv`` one row an entity, in the order of their ids; its aliases are separated by ``|``
(``\p`` in an alias).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..graphs import Evidence, KnowledgeGraph
from ..vocab import Vocabulary
from .files import make_folder, write_whole

TRIPLE = ("head", "relation", "tail")
EVIDENCE = tuple(field.name for field in fields(Evidence) if field.name != "relation")
NUMBERS = {field.name: int for field in fields(Evidence) if field.type == "int"} | {"score": float}
COLUMNS = (*TRIPLE, "score", *(name for name in EVIDENCE if name not in ("score", "text")), "text")
ENTITY = ("name", "kind", "mentions", "description", "aliases")
ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
UNESCAPES = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", "p": "|"}

Row = tuple[str, str, str, Evidence | None]


def write_triples(triples: KnowledgeGraph | Iterable[Evidence], folder: str | Path) -> Path:
    """Writes ``triples.tsv``, ``triples.jsonl`` and ``entities.tsv`` into `folder`.

    Args:
        triples: a graph with or without evidence, or what an extractor found: then the mentions'
            texts are the entities.
        folder: made if it is missing; files of these names are replaced, all at once.

    Returns:
        The folder.

    Raises:
        InputError: a folder that cannot be made or written to.
    """
    graph = triples if isinstance(triples, KnowledgeGraph) else graph_of(triples)
    folder = make_folder(folder)
    write_whole(
        {
            folder / "triples.tsv": _table(graph),
            folder / "triples.jsonl": _lines(graph),
            folder / "entities.tsv": _entities(graph),
        }
    )
    return folder


def graph_of(evidence: Iterable[Evidence]) -> KnowledgeGraph:
    """Builds a graph whose entities are the texts of the mentions, one edge for each triple."""
    return _build([(e.subject, e.relation, e.object, e) for e in evidence])


def entity_names(graph: KnowledgeGraph) -> list[str]:
    """The names of the graph's entities; of a piece of a graph, those in the piece."""
    nodes, names = graph["entity"].get("n_id"), graph.entities.labels
    return names if nodes is None else [names[node] for node in nodes.tolist()]


def entity_kinds(graph: KnowledgeGraph) -> dict[str, Counter[str]]:
    """Counts for each entity the kinds that its mentions have in the evidence."""
    kinds: dict[str, Counter[str]] = {name: Counter() for name in entity_names(graph)}
    seen = set()
    for (head, _, tail), found in zip(graph.triples(), graph.evidence):
        for e in found:
            for entity, kind, start in (
                (head, e.subject_kind, e.subject_start),
                (tail, e.object_kind, e.object_start),
            ):
                if (entity, e.document, start) not in seen:
                    seen.add((entity, e.document, start))
                    kinds[entity][kind] += 1
    return kinds


def main_kind(counts: Counter[str]) -> str:
    """The most frequent kind, ``""`` of none."""
    return min(counts, key=lambda kind: (-counts[kind], kind)) if counts else ""


def _rows(graph: KnowledgeGraph) -> Iterator[Row]:
    for triple, found in zip(graph.triples(), graph.evidence):
        if not found:
            yield (*triple, None)
        for evidence in found:
            yield (*triple, evidence)


def _table(graph: KnowledgeGraph) -> Iterator[str]:
    yield "\t".join(COLUMNS) + "\n"
    for head, relation, tail, evidence in _rows(graph):
        row = {"head": head, "relation": relation, "tail": tail}
        given = evidence.to_dict() if evidence is not None else {}
        row |= {name: given.get(name, "") for name in EVIDENCE}
        yield "\t".join(escape(str(row[name])) for name in COLUMNS) + "\n"


def _lines(graph: KnowledgeGraph) -> Iterator[str]:
    for head, relation, tail, evidence in _rows(graph):
        row: dict[str, Any] = {"head": head, "relation": relation, "tail": tail}
        given = evidence.to_dict() if evidence is not None else {}
        row |= {name: given[name] for name in EVIDENCE if name in given}
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _entities(graph: KnowledgeGraph) -> Iterator[str]:
    yield "\t".join(ENTITY) + "\n"
    names = graph.entities
    for name, kinds in entity_kinds(graph).items():
        aliases = "|".join(escape(x).replace("|", "\\p") for x in names.aliases.get(name, ()))
        description = escape(names.descriptions.get(name, ""))
        mentions = str(sum(kinds.values()))
        yield "\t".join((escape(name), main_kind(kinds), mentions, description, aliases)) + "\n"


def escape(text: str) -> str:
    r"""Writes a backslash, tab and line end as ``\\``, ``\t``, ``\n``, ``\r``."""
    return "".join(ESCAPES.get(sign, sign) for sign in text)


def unescape(cell: str) -> str:
    """Undoes :func:`escape`."""
    if "\\" not in cell:
        return cell
    signs = iter(cell)
    return "".join(
        sign if sign != "\\" else UNESCAPES.get(after := next(signs, "\\"), "\\" + after)
        for sign in signs
    )


def read_triples(path: str | Path) -> KnowledgeGraph:
    """Reads what :func:`write_triples` wrote, with evidence, descriptions and aliases.

    Args:
        path: the folder, or its ``triples.tsv`` or ``triples.jsonl``. Entities come from the
            ``entities.tsv`` beside it, if there is one. Rows of one triple make one edge.

    Raises:
        InputError: a missing or malformed file, with the line.
    """
    path = Path(path)
    if path.is_dir():
        path = (
            path / "triples.jsonl" if (path / "triples.jsonl").is_file() else path / "triples.tsv"
        )
    rows = list(_read_lines(path) if path.suffix == ".jsonl" else _read_table(path))
    beside = path.with_name("entities.tsv")
    return _build(rows, _read_entities(beside) if beside.is_file() else None)


def _build(rows: Iterable[Row], entities: Vocabulary | None = None) -> KnowledgeGraph:
    found: dict[tuple[str, str, str], list[Evidence]] = {}
    for head, relation, tail, evidence in rows:
        kept = found.setdefault((head, relation, tail), [])
        if evidence is not None:
            kept.append(evidence)
    graph = KnowledgeGraph.from_triples(found, entities=entities)
    return graph.with_evidence(list(found.values()))


def _text_lines(path: Path) -> Iterator[tuple[int, str]]:
    if not path.is_file():
        raise InputError(f"{path} does not exist, but a file of triples was expected there")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}): convert it") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line:
            yield number, line


def _cells(path: Path, header: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    for number, line in _text_lines(path):
        cells = line.split("\t")
        if number == 1:
            if tuple(cells) != header:
                raise InputError(
                    f"{path}:1: the header is not {', '.join(header)}: give a file that "
                    "write_triples wrote"
                )
            continue
        if len(cells) != len(header):
            raise InputError(
                f"{path}:{number}: {len(cells)} columns, but the header has {len(header)}"
            )
        yield number, cells


def _read_table(path: Path) -> Iterator[Row]:
    for number, cells in _cells(path, COLUMNS):
        row: dict[str, Any] = dict(zip(COLUMNS, map(unescape, cells)))
        if not any(row[name] for name in EVIDENCE):
            row = {name: row[name] for name in TRIPLE}
        yield _row(row, f"{path}:{number}")


def _read_lines(path: Path) -> Iterator[Row]:
    for number, line in _text_lines(path):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{number}: not JSON ({error.msg})") from None
        yield _row(row, f"{path}:{number}")


def _row(row: Any, where: str) -> Row:
    known = {*TRIPLE, *EVIDENCE}
    if not isinstance(row, dict) or not (set(row) == set(TRIPLE) or set(row) == known):
        raise InputError(
            f"{where}: expected head, relation and tail, alone or with all of {', '.join(EVIDENCE)}"
        )
    triple = (row["head"], row["relation"], row["tail"])
    if len(row) == len(TRIPLE):
        return (*triple, None)
    try:
        given: dict[str, Any] = {name: NUMBERS.get(name, str)(row[name]) for name in EVIDENCE}
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: {error}; offsets are whole numbers, the score is one") from None
    return (*triple, Evidence(relation=row["relation"], **given))


def _read_entities(path: Path) -> Vocabulary:
    entities = Vocabulary(name="entity")
    for _, (name, _, _, description, aliases) in _cells(path, ENTITY):
        label = unescape(name)
        entities.add(label)
        if description:
            entities.descriptions[label] = unescape(description)
        if aliases:
            entities.aliases[label] = [unescape(alias) for alias in aliases.split("|")]
    return entities
