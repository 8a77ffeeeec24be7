"""The errors of graphkg: a user's mistake is one sentence, a fault of ours a traceback."""

from __future__ import annotations

from collections.abc import Sequence


class GraphKGError(Exception):
    """Base class of every error that graphkg raises on purpose."""


class InputError(GraphKGError, ValueError):
    """Something the user gave does not fit: the message says what, where and what to do."""


class MissingExtra(GraphKGError, ImportError):
    """An optional package is needed and absent.

    Args:
        package: the package that could not be imported.
        extra: the extra of graphkg that brings it.
        purpose: what it is needed for, as in "to parse with Stanza".
    """

    def __init__(self, package: str, extra: str, purpose: str):
        super().__init__(
            f"{package} is needed {purpose}, but it is not installed: "
            f"run pip install 'graphkg[{extra}]'"
        )


def check_choices(owner: str, **choices: tuple[str, Sequence[str]]) -> None:
    """Raises an InputError for the first argument that is not among those it may be.

    Args:
        owner: what was built.
        choices: for each argument what was given, and what may be.
    """
    for name, (given, known) in choices.items():
        if given not in known:
            raise InputError(
                f"{owner}({name}={given!r}) was asked for, but {name} is one of {tuple(known)}"
            )


class DataWarning(UserWarning):
    """Data that can be used, but not quite as they stand: the message says where and how."""


def nearest(given: str, known: list[str], count: int = 3) -> str:
    """Returns ``"; did you mean 'a' or 'b'?"`` for a misspelt name, or an empty string."""
    import difflib
    import heapq
    import os

    if len(known) > 5_000:  # difflib compares letter by letter: millions of names take minutes
        near = (x for x in known if x[:1] == given[:1] and abs(len(x) - len(given)) <= 2)
        known = heapq.nlargest(5_000, near, key=lambda x: len(os.path.commonprefix([x, given])))
    close = difflib.get_close_matches(given, known, n=count, cutoff=0.6)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""
