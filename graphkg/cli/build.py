"""``graphkg build``: texts to a folder with triples, entities and a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import GraphKGError, InputError
from ..exchange.files import make_folder
from ..graphs import KnowledgeGraph
from ..training.saving import new_folder
from .inputs import find_sources, read_all
from .show import progress, say
from .text import open_parser

FILES = ("triples.tsv", "triples.jsonl", "entities.tsv", "graph.html", "build.json")


def build_graph(
    files: Sequence[str],
    output: Path,
    model: str = "default",
    parser: str = "bundled",
    minimum_score: float = 0.0,
    overwrite: bool = False,
) -> KnowledgeGraph:
    """Builds the graph of texts and writes it into a new folder.

    A run that is killed leaves a hidden journal beside the folder; the same command goes on from
    there and neither loses nor repeats a document.
    """
    check_output(output, overwrite)
    documents = read_all(find_sources(files))
    from ..pipeline import TextToGraph
    from ..recipes.base import load_extractor

    reader = TextToGraph(open_parser(parser), load_extractor(model), minimum_score)
    make_folder(output.parent)
    journal = output.parent / f".{output.name}.journal"
    try:
        graph = reader.join(list(reader.read(progress(documents, "reading"), journal)))
    except GraphKGError:
        journal.unlink(missing_ok=True)
        raise
    protocol = {
        "documents": len(documents),
        "model": getattr(reader.extractor, "name", model),
        "parser": repr(reader.parser),
        "minimum_score": minimum_score,
        **sizes(graph),
    }
    write_graph(graph, output, protocol)
    journal.unlink(missing_ok=True)
    show_graph(graph, output)
    return graph


def check_output(output: Path, overwrite: bool) -> None:
    """Raises unless `output` can become a folder of results."""
    if output.exists() and not output.is_dir():
        raise InputError(f"{output} is a file, but a folder is to be written: name another")
    if output.is_dir() and any(output.iterdir()) and not overwrite:
        raise InputError(f"{output} is not empty: name another folder, or add --overwrite")
    strange = [p.name for p in output.iterdir() if p.name not in FILES] if output.is_dir() else []
    if strange:
        raise InputError(
            f"{output} holds {strange[0]!r}, which graphkg build did not write, so it is not "
            "replaced: name another folder"
        )


def sizes(graph: KnowledgeGraph) -> dict[str, int]:
    """Returns the numbers of entities, relations in use, triples and sentences behind them."""
    evidence = sum(len(kept) for kept in graph.evidence)
    relations = len(set(graph["entity", "rel", "entity"].edge_type.tolist()))
    names = ("entities", "relations", "triples", "statements")
    return dict(zip(names, (len(graph.entities), relations, len(graph.triples()), evidence)))


def write_graph(graph: KnowledgeGraph, output: Path, protocol: dict[str, Any]) -> None:
    """Writes all files of a build beside `output`, then renames."""
    from ..exchange.tabular import write_triples
    from ..exchange.view import write_page

    with new_folder(output, replace=True) as beside:
        write_triples(graph, beside)
        write_page(graph, beside / "graph.html", title=f"{output.name}: graph")
        text = json.dumps(protocol, ensure_ascii=False, indent=1)
        (beside / "build.json").write_text(text + "\n", encoding="utf-8")


def show_graph(graph: KnowledgeGraph, output: Path, count: int = 10) -> None:
    """Prints the size of the graph, its best triples, and where the files are."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    size = sizes(graph)
    table = Table("score", "head", "relation", "tail", title=f"best {count} triples")
    rows = zip(graph.triples(), graph.evidence)
    best = sorted(rows, key=lambda row: -max((e.score for e in row[1]), default=0.0))
    for (head, relation, tail), kept in best[:count]:
        score = f"{kept[0].score:.2f}" if kept else ""
        table.add_row(score, *map(Text, (head, relation, tail)))
    Console().print(table)
    say(
        f"{size['entities']} entities, {size['triples']} triples of {size['relations']} relations "
        f"from {size['statements']} statements\n"
        f"written to {output}: {', '.join(FILES)}\nlook at {output / 'graph.html'}"
    )
