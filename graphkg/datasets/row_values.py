"""Values of a row of a JSON file, checked: what does not fit is an error with its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .problems import Place


def key_of(given: Any, place: Place) -> str:
    """Returns the key that a row gives, or its file and line."""
    return f"{place.path.name}:{place.record or place.line}" if given is None else str(given)


def require(row: dict[str, Any], keys: Sequence[str], what: str, place: Place) -> None:
    """Raises unless a row has a value for each of `keys`; `what` names such a row."""
    missing = [key for key in keys if row.get(key) is None]
    if missing:
        raise place.error(
            "missing key", f"{', '.join(missing)} is missing; {what} has {', '.join(keys)}"
        )


def words_of(given: Any, name: str, place: Place) -> list[str]:
    """Returns a list of words: at least one, and none of them empty."""
    if not isinstance(given, list) or not all(isinstance(x, str) and x for x in given):
        what = f"{name} is {shown(given)}, but a list of words, none empty, was expected"
        raise place.error("wrong value", what)
    if not given:
        raise place.error("empty sentence", f"{name} is empty: leave the row out")
    check_unicode("".join(given), name, place)
    return given


def check_unicode(text: str, name: str, place: Place) -> None:
    """Raises if a text cannot be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        what = f"{name} has a lone surrogate, which is no Unicode text: write the rows anew"
        raise place.error("wrong value", what) from None


def inside(start: Any, end: Any, count: int, inclusive: bool) -> bool:
    """Tells whether a span of whole numbers, not empty, lies in `count` things."""
    whole = type(start) is int and type(end) is int
    return whole and 0 <= start < end + inclusive <= count


def shown(given: object) -> str:
    """Returns a value for a message, cut where it is long."""
    text = repr(given)
    return text if len(text) < 60 else text[:57] + "..."
