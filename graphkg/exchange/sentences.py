"""Sentence graphs as JSON lines and as CoNLL-U."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..graphs import SentenceGraph


def sentence_to_dict(graph: SentenceGraph) -> dict[str, Any]:
    """Returns a sentence as plain values: words, heads (1-based, 0 = root), spans half-open."""
    labels = graph.labels
    return {
        "key": graph.key,
        "offset": int(graph.offset),
        "text": graph.text,
        "words": list(labels.words),
        "chars": graph["token"].chars.tolist(),
        "pos": list(labels.pos),
        "ner": list(labels.ner),
        "heads": graph.heads,
        "deprels": list(labels.deprels),
        "mentions": [
            {"start": m.start, "end": m.end, "kind": m.kind, "text": m.text} for m in graph.mentions
        ],
        "pairs": [list(pair) for pair in graph.pairs],
    }


def sentence_from_dict(row: dict[str, Any], where: str = "sentence") -> SentenceGraph:
    """Builds the sentence that :func:`sentence_to_dict` wrote.

    Raises:
        InputError: a key that is missing, or values that do not fit each other.
    """
    try:
        return SentenceGraph.build(
            row["words"],
            row["heads"],
            row["deprels"],
            row["pos"],
            row["ner"],
            mentions=[(m["start"], m["end"], m["kind"]) for m in row["mentions"]],
            pairs=[tuple(pair) for pair in row["pairs"]],
            text=row["text"],
            chars=row["chars"],
            key=row["key"],
            offset=row["offset"],
        )
    except KeyError as error:
        raise InputError(
            f"{where}: {error.args[0]!r} is missing, but a sentence has words, heads, deprels, "
            "pos, ner, mentions, pairs, text, chars, key and offset"
        ) from None


def read_sentences(path: str | Path) -> Iterator[SentenceGraph]:
    """Yields the sentences of a JSON lines file."""
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path} does not exist: give a file of sentences, one JSON a line")
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"{path}:{number}: not JSON ({error.msg})") from None
            yield sentence_from_dict(row, f"{path}:{number}")


def to_jsonl(graphs: Iterable[SentenceGraph]) -> Iterator[str]:
    """Yields one line of JSON a sentence."""
    for graph in graphs:
        yield json.dumps(sentence_to_dict(graph), ensure_ascii=False) + "\n"


def to_conllu(graphs: Iterable[SentenceGraph]) -> Iterator[str]:
    """Yields one CoNLL-U block a sentence.

    XPOS is the graph's tag; entity kinds and character offsets stand in MISC
    (``NER=PERSON|Start=0|End=5``). Lines of the text's white space become blanks in ``# text``.
    """
    for graph in graphs:
        labels, heads = graph.labels, graph.heads
        lines = [f"# sent_id = {graph.key}", f"# text = {' '.join(graph.text.split())}"]
        for n, (start, end) in enumerate(graph["token"].chars.tolist()):
            place = f"Start={int(graph.offset) + start}|End={int(graph.offset) + end}"
            kind = "" if labels.ner[n] == "O" else f"NER={labels.ner[n]}|"
            cells = [n + 1, labels.words[n], "_", "_", labels.pos[n], "_", heads[n]]
            lines.append("\t".join(map(str, [*cells, labels.deprels[n], "_", kind + place])))
        yield "\n".join(lines) + "\n\n"
