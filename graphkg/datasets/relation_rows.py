"""One row of a file of relations as a sentence graph: the keys of TACRED, or our own.

Our own keys, where spans and lists count words and **ends are exclusive**::

    {"words": ["Ann", "Lee", "is", "a", "chemist", "."], "relation": "per:title",
     "subject": [0, 2, "PERSON"], "object": [4, 5, "TITLE"]}

Optional are ``heads`` (1-based, 0 = root), ``deprels``, ``pos``, ``ner`` (one each word), ``key``
and ``text`` (as written); the kind of a mention may be missing. Without ``words``, ``text`` is
split by rule and the spans count its characters: ``{"text": "Ann Lee is a chemist.", "subject":
[0, 7, "PERSON"], ...}``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import InputError
from ..graphs import SentenceGraph
from ..graphs.labels import check_heads
from .problems import Place
from .row_values import check_unicode, inside, key_of, require, shown, words_of
from .words import cover, split_words

UNKNOWN_TAG = "_"
"""Entity tags, and kinds of mentions, that a row does not give."""

TACRED_KEYS = ("relation", "token", "subj_start", "subj_end", "obj_start", "obj_end")
STANFORD = {
    "heads": "stanford_head",
    "deprels": "stanford_deprel",
    "pos": "stanford_pos",
    "ner": "stanford_ner",
}
OWN = {name: name for name in STANFORD}

Mark = tuple[int, int, str]


def sentence_of(row: dict[str, Any], place: Place) -> SentenceGraph:
    """Builds the sentence of a row: two mentions, subject and object, and their relation.

    Entity tags and kinds that the row lacks are ``_``; without heads there are no edges.

    Raises:
        LocatedError: what is missing or does not fit, with the place.
    """
    theirs = "token" in row or "subj_start" in row
    return _of_tacred(row, place) if theirs else _of_own(row, place)


def _of_tacred(row: dict[str, Any], place: Place) -> SentenceGraph:
    require(row, TACRED_KEYS, "a row with TACRED's keys", place)
    words = words_of(row["token"], "token", place)
    marks = []
    for name, short in (("subject", "subj"), ("object", "obj")):
        start, end = row[f"{short}_start"], row[f"{short}_end"]
        if not inside(start, end, len(words), inclusive=True):
            what = (
                f"{short}_start is {start!r} and {short}_end {end!r}, but the {name} lies in the "
                f"{len(words)} words: 0 <= start <= end <= {len(words) - 1}, both inclusive"
            )
            raise place.error("wrong span", what)
        marks.append((start, end + 1, _kind(row.get(f"{short}_type"), f"{short}_type", place)))
    return _build(row, words, marks, STANFORD, "id", place)


def _of_own(row: dict[str, Any], place: Place) -> SentenceGraph:
    given = "words" if row.get("words") is not None else "text"
    require(row, (given, "subject", "object", "relation"), "a row", place)
    text, chars = row.get("text"), None
    if text is not None and not isinstance(text, str):
        raise place.error("wrong value", f"text is {shown(text)}, but a string was expected")
    check_unicode(text or "", "text", place)
    if given == "words":
        words = words_of(row["words"], "words", place)
        marks = [_mark(row, name, len(words), "words", place) for name in ("subject", "object")]
    else:
        words, chars, marks = _split(row, place)
    return _build(row, words, marks, OWN, "key", place, text, chars)


def _split(
    row: dict[str, Any], place: Place
) -> tuple[list[str], list[tuple[int, int]], list[Mark]]:
    """Splits the text of a row into words that no mention's edge crosses."""
    text = row["text"]
    if not text.strip():
        raise place.error("empty sentence", "the text is empty: leave the row out")
    counted = [name for name in OWN if row.get(name) is not None]
    if counted:
        what = f"{counted[0]} counts words, but the row has text alone: give words beside it"
        raise place.error("missing key", what)
    spans = [_mark(row, name, len(text), "characters", place) for name in ("subject", "object")]
    words, chars = split_words(text, (edge for span in spans for edge in span[:2]))
    marks = []
    for start, end, kind in spans:
        found = cover(chars, start, end)
        if found is None:
            what = f"the characters [{start}, {end}) hold no word: give a mention with text in it"
            raise place.error("wrong span", what)
        marks.append((*found, kind))
    return words, chars, marks


def _mark(row: dict[str, Any], name: str, count: int, unit: str, place: Place) -> Mark:
    """Returns ``[start, end, kind]`` (the kind may be missing), checked."""
    given = row[name]
    if not isinstance(given, (list, tuple)) or len(given) not in (2, 3):
        what = f"{name} is {shown(given)}, but [start, end, kind] was expected"
        raise place.error("wrong value", what)
    start, end = given[:2]
    if not inside(start, end, count, inclusive=False):
        what = (
            f"the {name} has the span [{start!r}, {end!r}), but the sentence has {count} {unit}: "
            f"0 <= start < end <= {count}, and the end is exclusive"
        )
        raise place.error("wrong span", what)
    return start, end, _kind(given[2] if len(given) == 3 else None, f"{name}'s kind", place)


def _build(
    row: dict[str, Any],
    words: list[str],
    marks: Sequence[Mark],
    names: dict[str, str],
    key: str,
    place: Place,
    text: str | None = None,
    chars: list[tuple[int, int]] | None = None,
) -> SentenceGraph:
    lists = {ours: _list(row, name, len(words), place) for ours, name in names.items()}
    heads = None if lists["heads"] is None else _numbers(lists["heads"], names["heads"], place)
    relation = row["relation"]
    if not (isinstance(relation, str) and relation):
        what = f"relation is {shown(relation)}, but a label was expected"
        raise place.error("wrong value", what)
    try:
        return SentenceGraph.build(
            words,
            heads,
            lists["deprels"],
            lists["pos"],
            lists["ner"] or [UNKNOWN_TAG] * len(words),
            mentions=marks,
            pairs=[(0, 1, relation)],
            text=text,
            chars=chars,
            key=key_of(row.get(key), place),
        )
    except InputError as error:
        raise place.error("wrong value", str(error)) from None


def _numbers(heads: list[Any], name: str, place: Place) -> list[int]:
    """Returns heads as numbers (TACRED has strings), a forest over the words."""
    try:
        numbers = [int(head) for head in heads if not isinstance(head, float)]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) < len(heads):
        what = f"{name} is {shown(heads)}, but numbers were expected: 1-based, 0 = root"
        raise place.error("wrong heads", what)
    try:
        check_heads(numbers, name)
    except InputError as error:
        raise place.error("wrong heads", str(error)) from None
    if len(numbers) > 1 and not any(numbers):
        return [0] + [1] * (len(numbers) - 1)  # roots alone: they are linked to the first one
    return numbers


def _list(row: dict[str, Any], name: str, count: int, place: Place) -> list[Any] | None:
    """Returns a list with one item a word, if the row has it."""
    given = row.get(name)
    if given is None:
        return None
    if not isinstance(given, list) or len(given) != count:
        size = len(given) if isinstance(given, list) else shown(given)
        raise place.error("unequal lists", f"{size} {name} for {count} words: give one each")
    if name not in ("heads", "stanford_head") and not all(isinstance(x, str) for x in given):
        what = f"{name} is {shown(given)}, but a list of strings was expected"
        raise place.error("wrong value", what)
    return given


def _kind(given: Any, name: str, place: Place) -> str:
    if given is None:
        return UNKNOWN_TAG
    if not (isinstance(given, str) and given):
        raise place.error("wrong value", f"{name} is {shown(given)}, but a word was expected")
    return given
