"""The layout of SemEval-2010 Task 8: a sentence with e1 and e2 marked, and its label below."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import InputError, nearest
from .base import read_lines
from .problems import Place, Report, refuse
from .words import cover

TAG = re.compile(r"</?e([12])>")
EMPTY = re.compile(r"(<e([12])>)\s*(</e\2>)")
_EXPECTED = 'expected number<TAB>"sentence" with quotation marks around the sentence'
_TAGS = "expected one <e1>...</e1> and one <e2>...</e2> with text in them"


class Marked(NamedTuple):
    """An example: its place, number and label, the sentence without tags, e1 and e2 in it."""

    place: Place
    key: str
    label: str
    text: str
    spans: tuple[tuple[int, int], tuple[int, int]]

    @property
    def edges(self) -> list[int]:
        """The characters at which a mention begins or ends."""
        return [edge for span in self.spans for edge in span]

    def mentions(self, chars: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
        """Returns e1 and e2 as spans of words of the kind ``O``.

        Args:
            chars: the characters of each word.
        """
        found = [cover(chars, *span) for span in self.spans]
        return [(*span, "O") for span in found if span is not None]


def read_marked(
    path: Path, labels: Collection[str], blank: str = "", report: Report = refuse
) -> Iterator[Marked]:
    """Yields the examples of a file, in order.

    Args:
        path: plain or ``.gz``; an example is ``number<TAB>"sentence"``, below it the label.
        labels: all labels of the task.
        blank: what is written for a mention without text; nothing makes it an error.
        report: called with a wrong example, which is then left out.

    Raises:
        InputError: a file that is no UTF-8 text, or without any example.
    """
    lines = list(read_lines(path))
    seen: set[str] = set()
    for (number, line), after in zip(lines, [*lines[1:], (_next(lines), "")]):
        key, tab, quoted = line.partition("\t")
        place, below = Place(path, number), Place(path, after[0])
        if not (tab and key.isdigit()):
            if _marks(line):
                report(place.error("wrong line", _EXPECTED))
            continue
        quoted, label = quoted.strip(), after[1].strip()
        if not (len(quoted) > 1 and quoted[0] == quoted[-1] == '"'):
            report(place.error("wrong line", _EXPECTED))
        elif key in seen:
            report(place.error("repeated id", f"the sentence number {key} occurs twice"))
        elif label not in labels:
            report(below.error("unknown label", _unknown(label, labels)))
        elif (found := strip_tags(_filled(quoted[1:-1], blank))) is None:
            report(place.error("wrong span", _TAGS))
        else:
            yield Marked(place, key, label, *found)
        seen.add(key)
    if not seen:
        raise InputError(f'{path}: no line has the form number<TAB>"sentence"')


def strip_tags(
    marked: str,
) -> tuple[str, tuple[tuple[int, int], tuple[int, int]]] | None:
    """Returns the sentence without tags and the characters of e1 and e2, if each is there once."""
    plain, edges, end = "", {}, 0
    for match in TAG.finditer(marked):
        plain += marked[end : match.start()]
        end = match.end()
        edges[match.group()] = len(plain)
    plain += marked[end:]
    first, second = [(edges.get(f"<e{n}>", -1), edges.get(f"</e{n}>", -1)) for n in (1, 2)]
    whole = all(start >= 0 and plain[start:last].strip() for start, last in (first, second))
    return (plain, (first, second)) if whole and len(TAG.findall(marked)) == 4 else None


def holds_marked(path: Path) -> bool:
    """Returns whether the first line of a file looks like an example of this layout."""
    for _, line in read_lines(path):
        return line.partition("\t")[0].isdigit() and _marks(line)
    return False


def _filled(marked: str, blank: str) -> str:
    return EMPTY.sub(rf"\1 {blank} \3", marked) if blank else marked


def _marks(line: str) -> bool:
    return "<e1>" in line and "<e2>" in line and not line.startswith("Comment")


def _next(lines: list[tuple[int, str]]) -> int:
    return lines[-1][0] + 1 if lines else 1


def _unknown(label: str, labels: Collection[str]) -> str:
    known = sorted(labels)
    return f"{label!r} is not one of the {len(known)} labels of the task{nearest(label, known)}"
