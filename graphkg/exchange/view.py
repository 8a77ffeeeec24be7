"""One HTML file that shows a knowledge graph and the sentences behind it, without any network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..graphs import Evidence, KnowledgeGraph
from .files import make_folder, write_whole
from .tabular import entity_kinds, entity_names, main_kind

NO_KIND = "entity"
TABLE_ROWS = 2000


def write_page(
    graph: KnowledgeGraph,
    path: str | Path,
    title: str = "Knowledge graph",
    kinds: Sequence[str] | None = None,
) -> Path:
    """Writes a page to explore a graph in a browser: one file that loads nothing else.

    Entities are coloured by kind and found by name or alias; relations, kinds and scores are
    filters; a click on a line shows the sentences that state the triple, its mentions marked. The
    best connected entities are drawn first, a slider says how many. A triple without a sentence
    in a graph that has sentences is dashed. Without JavaScript the page lists the triples.

    Args:
        graph: its :attr:`~graphkg.graphs.KnowledgeGraph.evidence` are the sentences; descriptions
            and aliases come from its entities.
        path: of the ``.html`` file; folders are made.
        title: of the page.
        kinds: a kind for each entity; by default the most frequent one of its mentions.

    Returns:
        The path.

    Raises:
        InputError: a file that cannot be written, or kinds that are not one an entity.
    """
    path = Path(path)
    names = entity_names(graph)
    if kinds is None:
        kinds = [main_kind(counts) for counts in entity_kinds(graph).values()]
    elif len(kinds) != len(names):
        raise InputError(
            f"{len(kinds)} kinds were given for {len(names)} entities: give one each, in order"
        )
    make_folder(path.parent)
    edges = len(graph.evidence)
    parts = {
        "title": escape(title),
        "counts": f"{len(names):,} entities, {edges:,} triples, {len(graph.relations):,} relations",
        "table": "".join(_table(graph)),
        "data": _script_safe(json.dumps(_data(graph, names, kinds), ensure_ascii=False)),
        "style": _asset("page.css"),
        "layout": _asset("layout.js"),
        "view": _asset("view.js"),
        "script": _asset("page.js"),
    }
    write_whole({path: _fill(_asset("page.html"), parts)})
    return path


def _asset(name: str) -> str:
    return (resources.files(__package__) / "page" / name).read_text(encoding="utf-8").rstrip("\n")


def _fill(template: str, parts: dict[str, str]) -> Iterator[str]:
    """Fills ``{{name}}`` places; what is filled in is not searched for places again."""
    first, *rest = template.split("{{")
    yield first
    for piece in rest:
        name, _, after = piece.partition("}}")
        yield parts[name]
        yield after


def _script_safe(text: str) -> str:
    """No text can end the script element, open a comment in it, or break a line of JavaScript."""
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _data(graph: KnowledgeGraph, names: list[str], kinds: Sequence[str]) -> dict[str, Any]:
    vocabulary = graph.entities
    kind_ids: dict[str, int] = {}
    sentence_ids: dict[tuple[str, str], int] = {}
    nodes = [
        [
            name,
            kind_ids.setdefault(kind or NO_KIND, len(kind_ids)),
            vocabulary.descriptions.get(name, ""),
            vocabulary.aliases.get(name, []),
        ]
        for name, kind in zip(names, kinds)
    ]
    heads, tails = graph.heads.tolist(), graph.tails.tolist()
    types = graph["entity", "rel", "entity"].edge_type.tolist()
    edges = [
        [head, relation, tail, [_evidence(e, sentence_ids) for e in found]]
        for head, relation, tail, found in zip(heads, types, tails, graph.evidence)
    ]
    return {
        "kinds": list(kind_ids),
        "relations": graph.relations.labels,
        "nodes": nodes,
        "edges": edges,
        "sentences": [list(key) for key in sentence_ids],
    }


def _evidence(e: Evidence, sentence_ids: dict[tuple[str, str], int]) -> list[float]:
    sentence = sentence_ids.setdefault((e.sentence or e.document, e.text), len(sentence_ids))
    ends = (e.subject_start, e.subject_end, e.object_start, e.object_end)
    return [sentence, *(end - e.sentence_start for end in ends), round(e.score, 4)]


def _table(graph: KnowledgeGraph) -> Iterator[str]:
    yield "<table><thead><tr><th>Head<th>Relation<th>Tail<th>Sentence</tr></thead><tbody>\n"
    triples = graph.triples()
    for triple, found in list(zip(triples, graph.evidence))[:TABLE_ROWS]:
        text = found[0].text if found else ""
        yield "<tr>" + "".join(f"<td>{escape(cell)}" for cell in (*triple, text)) + "</tr>\n"
    yield "</tbody></table>\n"
    if len(triples) > TABLE_ROWS:
        yield f"<p>The first {TABLE_ROWS:,} of {len(triples):,} triples.</p>\n"
