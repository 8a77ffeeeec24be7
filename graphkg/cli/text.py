"""``graphkg parse`` and ``graphkg extract``: texts in, lines out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from ..errors import InputError
from ..exchange.files import make_folder
from ..graphs import Evidence, SentenceGraph
from ..parsing.base import Parser
from .inputs import find_sources, read_all
from .show import progress

CHUNK = 64


def open_parser(name: str) -> Parser:
    """Returns the parser that ``--parser`` names.

    Raises:
        InputError: an unknown form of the name, or a pipeline that is not installed.
    """
    from ..parsing import SpacyParser, StanzaParser

    kind, _, rest = name.partition(":")
    if name == "bundled":
        return SpacyParser()
    if kind == "spacy" and rest:
        return SpacyParser(rest)
    if kind == "stanza" and rest:
        return StanzaParser(rest)
    raise InputError(
        f"--parser {name!r} is not a parser: give bundled, spacy:NAME (installed, or a "
        "folder) or stanza:FOLDER (Stanza resources)"
    )


def parse_texts(files: Sequence[str], output: Path | None, form: str, parser: str) -> None:
    """Writes the sentence graphs of texts as JSON lines or CoNLL-U."""
    from ..exchange.sentences import to_conllu, to_jsonl

    writers = {"jsonl": to_jsonl, "conllu": to_conllu}
    documents = _checked(files, form, writers)
    sentences = open_parser(parser).parse(progress(documents, "parsing", output is not None))
    write_lines(writers[form](sentences), output)


def extract_triples(
    run: str, files: Sequence[str], output: Path | None, form: str, parser: str
) -> None:
    """Writes the triples of texts as JSON lines or a table."""
    from ..recipes.base import load_extractor

    writers = {"jsonl": _jsonl, "tsv": _table}
    documents = _checked(files, form, writers)
    system, sentences = load_extractor(run), open_parser(parser).parse(documents)
    stream = _extracted(system, progress(sentences, "reading", output is not None))
    write_lines(writers[form](stream), output)


def _checked(files: Sequence[str], form: str, writers: dict) -> list[tuple[str, str]]:
    if form not in writers:
        raise InputError(f"--format {form!r} is not one of {', '.join(writers)}")
    return read_all(find_sources(files))


def _extracted(system, sentences: Iterable[SentenceGraph]) -> Iterator[Evidence]:
    iterator = iter(sentences)
    while chunk := list(islice(iterator, CHUNK)):
        for graph, triples in zip(chunk, system.extract(chunk)):
            for triple in triples:
                yield Evidence.of(triple, graph, system.name)


def _jsonl(found: Iterable[Evidence]) -> Iterator[str]:
    for evidence in found:
        yield json.dumps(evidence.to_dict(), ensure_ascii=False) + "\n"


def _table(found: Iterable[Evidence]) -> Iterator[str]:
    yield "subject\trelation\tobject\tscore\tdocument\tsubject_start\tobject_start\tsentence\n"
    for e in found:
        cells = (e.subject, e.relation, e.object, f"{e.score:.4f}", e.document)
        places = (e.subject_start, e.object_start, e.text)
        yield "\t".join(" ".join(str(cell).split()) for cell in (*cells, *places)) + "\n"


def check_file(output: Path) -> None:
    """Raises unless `output` can become a file."""
    if output.is_dir():
        raise InputError(f"{output} is a folder, but a file is to be written: name a file")


def write_lines(lines: Iterable[str], output: Path | None) -> None:
    """Writes lines to standard output, or to a file that appears only when it is whole."""
    if output is None:
        for line in lines:
            sys.stdout.write(line)
        return
    check_file(output)
    make_folder(output.parent)
    beside = output.with_name(f".{output.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        os.replace(beside, output)
    finally:
        beside.unlink(missing_ok=True)
