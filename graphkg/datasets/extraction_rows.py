"""One row of a file for joint triple extraction: a sentence and what it states.

Our own rows have ``triples`` (or ``triple_list``, as CasRel's files do), with subject and object as
strings, or as spans whose **end is exclusive**, with or without a kind::

    {"text": "Ann Lee was born in Paris .", "triples": [["Ann Lee", "born in", "Paris"]]}
    {"tokens": ["Ann", "Lee", "left", "Paris"],
     "triples": [{"subject": [0, 2, "PER"], "relation": "left", "object": [3, 4, "LOC"]}]}

Spans count tokens where there are ``tokens``, else characters of the text. SpERT's rows (Eberts and
Ulges, 2020) have ``entities`` and ``relations``::

    {"tokens": ["Ann", "Lee", "left", "Paris"],
     "entities": [{"type": "PER", "start": 0, "end": 2}, {"type": "LOC", "start": 3, "end": 4}],
     "relations": [{"type": "left", "head": 0, "tail": 1}]}

``key``, ``id`` or ``orig_id`` names a row. A string is found where it first occurs on the edges of
words; one that does not occur stays a string.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import nearest
from ..graphs.gold import UNTYPED
from .problems import Place
from .row_values import check_unicode, inside, key_of, require, shown, words_of
from .words import WORD, split_words

Split = Literal["spaces", "rule"]
Mark = tuple[int, int, str]
Stated = tuple["int | str", str, "int | str"]

NAMES = ("key", "id", "orig_id")
LISTS = ("triples", "triple_list", "entities", "relations")
KEYS = ("text", "tokens", *LISTS, *NAMES)
BETWEEN_SPACES = re.compile(r"[^ ]+")


@dataclass
class ExtractionRow:
    """A sentence with distinct mentions, and distinct triples between them.

    Attributes:
        key: its name.
        text, words, chars: ``text[chars[i][0] : chars[i][1]] == words[i]``.
        marks: ``(start, end, kind)`` of each mention, half-open, in words.
        triples: each end is the number of a mention, or a string that does not occur.
        repeated: how many triples were left out because the row has them already.
    """

    key: str
    text: str
    words: list[str]
    chars: list[tuple[int, int]]
    marks: list[Mark] = field(default_factory=list)
    triples: list[Stated] = field(default_factory=list)
    repeated: int = 0

    def mark(self, start: int, end: int, kind: str) -> int:
        """Returns the number of a mention, which is a new one if it is not there yet."""
        mark = (start, end, kind)
        if mark not in self.marks:
            self.marks.append(mark)
        return self.marks.index(mark)

    def state(self, triple: Stated) -> None:
        """Adds a triple unless it is there."""
        if triple in self.triples:
            self.repeated += 1
        else:
            self.triples.append(triple)

    def texts(self) -> list[tuple[str, str, str]]:
        """Returns the triples as strings, each once."""
        names = [self.text[self.chars[i][0] : self.chars[j - 1][1]] for i, j, _ in self.marks]
        ends = [
            (names[s] if isinstance(s, int) else s, r, names[o] if isinstance(o, int) else o)
            for s, r, o in self.triples
        ]
        return list(dict.fromkeys(ends))

    def find(self, string: str) -> tuple[int, int] | None:
        """Returns the words of the first place where a string begins and ends with a word."""
        starts = {start: number for number, (start, _) in enumerate(self.chars)}
        ends = {end: number + 1 for number, (_, end) in enumerate(self.chars)}
        at = self.text.find(string)
        while at >= 0:
            if at in starts and at + len(string) in ends:
                return starts[at], ends[at + len(string)]
            at = self.text.find(string, at + 1)
        return None


def extraction_row(
    row: dict[str, Any], place: Place, last_words: bool = False, split: Split = "spaces"
) -> ExtractionRow:
    """Reads a row.

    Args:
        row: see above.
        place: where it stands.
        last_words: reduce mentions to their last word, as in the partial annotation.
        split: how a text without tokens becomes words: at ``spaces``, or by ``rule``
            (:func:`~graphkg.datasets.words.split_words`).

    Raises:
        LocatedError: what is missing, unknown or does not fit, with the place.
    """
    _check_keys(row, place)
    found = _sentence(row, place, split)
    if row.get("relations") is not None or row.get("entities") is not None:
        _read_relations(row, found, place)
    else:
        _read_triples(row, found, place)
    return _on_last_words(found) if last_words else found


def _check_keys(row: dict[str, Any], place: Place) -> None:
    for key in row:
        if key not in KEYS:
            what = f"the key {key!r} is not one of {', '.join(KEYS)}{nearest(key, list(KEYS))}"
            raise place.error("unknown key", what)
    given = [key for key in LISTS if row.get(key) is not None]
    if not given:
        what = "triples is missing; a row has triples, or entities and relations"
        raise place.error("missing key", what)
    if len(given) > 1 and given != ["entities", "relations"]:
        what = f"{' and '.join(given)} were given, but a row has triples, or entities and relations"
        raise place.error("wrong value", what)


def _sentence(row: dict[str, Any], place: Place, split: Split) -> ExtractionRow:
    named = next((row[name] for name in NAMES if row.get(name) is not None), None)
    key, text = key_of(named, place), row.get("text")
    if text is not None and not isinstance(text, str):
        raise place.error("wrong value", f"text is {shown(text)}, but a string was expected")
    check_unicode(text or "", "text", place)
    if row.get("tokens") is None:
        require(row, ("text",), "a row without tokens", place)
        pattern = WORD if split == "rule" else BETWEEN_SPACES
        words, chars = split_words(row["text"], pattern=pattern)
        if not "".join(words).strip():
            raise place.error("empty sentence", "the text has no word: leave the row out")
        return ExtractionRow(key, row["text"], words, chars)
    words = words_of(row["tokens"], "tokens", place)
    text = " ".join(words) if text is None else text
    return ExtractionRow(key, text, words, _places(words, text, place))


def _places(words: Sequence[str], text: str, place: Place) -> list[tuple[int, int]]:
    chars, position = [], 0
    for number, word in enumerate(words):
        start = text.find(word, position)
        if start < 0:
            what = (
                f"token {number} ({shown(word)}) does not occur in the text after character "
                f"{position}: give the text that was split, or leave it out"
            )
            raise place.error("wrong value", what)
        position = start + len(word)
        chars.append((start, position))
    return chars


def _read_triples(row: dict[str, Any], found: ExtractionRow, place: Place) -> None:
    name = "triples" if row.get("triples") is not None else "triple_list"
    in_words = row.get("tokens") is not None
    for number, given in enumerate(_list(row[name], name, place)):
        where = f"triple {number}"
        if isinstance(given, dict):
            parts = [given.get(key) for key in ("subject", "relation", "object")]
        else:
            parts = given if isinstance(given, list) else []
        if len(parts) != 3 or isinstance(given, dict) and len(given) != 3:
            what = f"{where} is {shown(given)}, but [subject, relation, object] was expected"
            raise place.error("wrong value", what)
        subject = _end(parts[0], f"{where}: the subject", found, in_words, place)
        relation = _label(parts[1], f"{where}: the relation", place)
        object_ = _end(parts[2], f"{where}: the object", found, in_words, place)
        found.state((subject, relation, object_))


def _end(given: Any, what: str, found: ExtractionRow, in_words: bool, place: Place) -> int | str:
    if isinstance(given, str) and given.strip():
        check_unicode(given, what, place)
        span = found.find(given.strip())
        return given.strip() if span is None else found.mark(*span, UNTYPED)
    if not isinstance(given, list) or len(given) not in (2, 3):
        message = f"{what} is {shown(given)}, but a string or [start, end] was expected"
        raise place.error("wrong value", message)
    kind = _label(given[2], f"{what}'s kind", place) if len(given) == 3 else UNTYPED
    count, unit = (len(found.words), "tokens") if in_words else (len(found.text), "characters")
    start, end = _span(given[0], given[1], count, unit, what, place)
    if not in_words:
        start, end = _in_words(start, end, what, found, place)
    return found.mark(start, end, kind)


def _span(start: Any, end: Any, count: int, unit: str, what: str, place: Place) -> tuple[int, int]:
    if not inside(start, end, count, inclusive=False):
        message = (
            f"{what} has the span [{start!r}, {end!r}), but the sentence has {count} {unit}: "
            f"0 <= start < end <= {count}, and the end is exclusive"
        )
        raise place.error("wrong span", message)
    return start, end


def _in_words(
    start: int, end: int, what: str, found: ExtractionRow, place: Place
) -> tuple[int, int]:
    first = next((i for i, (at, _) in enumerate(found.chars) if at == start), None)
    last = next((i for i, (_, at) in enumerate(found.chars) if at == end), None)
    if first is None or last is None:
        message = (
            f"{what} is {shown(found.text[start:end])}, the characters [{start}, {end}), which do "
            "not begin and end with words: give tokens, or have the text split by rule"
        )
        raise place.error("wrong span", message)
    return first, last + 1


def _read_relations(row: dict[str, Any], found: ExtractionRow, place: Place) -> None:
    require(row, ("tokens", "entities", "relations"), "a row with entities", place)
    numbers = []
    for number, entity in enumerate(_list(row["entities"], "entities", place)):
        start, end, kind = _values(entity, ("start", "end", "type"), f"entity {number}", place)
        span = _span(start, end, len(found.words), "tokens", f"entity {number}", place)
        numbers.append(found.mark(*span, _label(kind, f"the type of entity {number}", place)))
    for number, relation in enumerate(_list(row["relations"], "relations", place)):
        keys = ("head", "type", "tail")
        head, kind, tail = _values(relation, keys, f"relation {number}", place)
        for given in (head, tail):
            if not inside(given, given, len(numbers), inclusive=True):
                what = (
                    f"relation {number} joins {head!r} and {tail!r}, but the row has "
                    f"{len(numbers)} entities (numbered from 0)"
                )
                raise place.error("wrong span", what)
        label = _label(kind, f"the type of relation {number}", place)
        found.state((numbers[head], label, numbers[tail]))


def _values(given: Any, keys: tuple[str, str, str], what: str, place: Place) -> list[Any]:
    if not isinstance(given, dict) or set(given) != set(keys):
        expected = f"an object with {', '.join(keys)} was expected"
        raise place.error("wrong value", f"{what} is {shown(given)}, but {expected}")
    return [given[key] for key in keys]


def _list(given: Any, name: str, place: Place) -> list[Any]:
    if not isinstance(given, list):
        raise place.error("wrong value", f"{name} is {shown(given)}, but a list was expected")
    return given


def _label(given: Any, what: str, place: Place) -> str:
    if not (isinstance(given, str) and given.strip()):
        raise place.error("wrong value", f"{what} is {shown(given)}, but a name was expected")
    check_unicode(given, what, place)
    return given


def _on_last_words(row: ExtractionRow) -> ExtractionRow:
    """Returns a row whose mentions are the last words of the given one's."""
    found = ExtractionRow(row.key, row.text, row.words, row.chars, repeated=row.repeated)
    numbers = [found.mark(end - 1, end, kind) for _, end, kind in row.marks]
    for subject, relation, object_ in row.triples:
        ends = [numbers[x] if isinstance(x, int) else x for x in (subject, object_)]
        found.state((ends[0], relation, ends[1]))
    return found
