"""What the commands show: a progress bar on stderr, tables on stdout."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ..errors import DataWarning, GraphKGError

Item = TypeVar("Item")


def progress(items: Iterable[Item], what: str, shown: bool = True) -> Iterator[Item]:
    """Yields the items behind a progress bar on stderr; silent where that is no terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    quiet = not shown or not console.is_terminal
    total = len(items) if isinstance(items, Collection) else None
    yield from track(items, what, total=total, console=console, disable=quiet)


def say(text: str) -> None:
    """Prints a line for people to stderr, so that stdout stays data."""
    print(text, file=sys.stderr)


@contextmanager
def say_warnings() -> Iterator[None]:
    """Prints a warning about data as one sentence on stderr; others look as Python shows them."""
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Any, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, DataWarning):
                say(f"graphkg: warning: {message}")
            else:
                usual(message, category, *place, **more)

        warnings.simplefilter("always", DataWarning)
        warnings.showwarning = show
        yield


@contextmanager
def say_mistakes(program: str) -> Iterator[None]:
    """Makes a user's mistake one sentence on stderr and exit code 2, warnings likewise."""
    try:
        with say_warnings():
            yield
    except GraphKGError as error:
        say(f"{program}: {error}")
        sys.exit(2)
