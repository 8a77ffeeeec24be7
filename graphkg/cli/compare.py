"""``graphkg compare``: is the gain of one system over another real?"""

from __future__ import annotations

from pathlib import Path

from .show import say
from .text import check_file, open_parser, write_lines


def compare_runs(
    first: str,
    second: str,
    data: Path | None,
    split: str,
    metric: str | None,
    samples: int,
    seed: int,
    over_seeds: bool,
    output: Path | None,
    parser: str,
) -> None:
    """Prints both scores, the gain and its noise; `output` gets them as JSON with the protocol."""
    from ..recipes.comparison import compare

    if output is not None:
        check_file(output)
    say(f"scoring {first} and {second}")
    found = compare(
        first,
        second,
        split=split,
        metric=metric,
        data=data,
        parser=None if parser == "bundled" else open_parser(parser),
        samples=samples,
        seed=seed,
        over_seeds=over_seeds,
    )
    print(found)
    if output is not None:
        write_lines([found.to_json() + "\n"], output)
