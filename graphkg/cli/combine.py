"""``graphkg combine``: trained runs that rank together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .show import say


def combine_runs(
    runs: Sequence[str], output: Path, bonus_hops: int | None, normalise: str, steps: int
) -> None:
    """Combines runs and prints the weights with the validation and test scores."""
    from ..recipes.combining import combine

    settings: dict[str, Any] = {"normalise": normalise, "steps": steps, "bonus_hops": bonus_hops}
    say(f"choosing weights of {', '.join(runs)} on the validation triples")
    system = combine(runs, output, settings, progress=True)
    say(f"best of {system.training['points']} points, saved to {output}")
    _line("weights", dict(zip(system.names, system.weights)))
    if bonus_hops is not None:
        _line("bonus", {"hops": bonus_hops, "weight": system.bonus})
    _line("valid mrr alone", system.training["valid_mrr_alone"])
    for split in ("valid", "test"):
        if system.triples.parts[split].heads.numel():
            _line(split, system.evaluate(split, progress=True).summary())


def _line(name: str, values: dict[str, float]) -> None:
    print(name, json.dumps({key: round(value, 4) for key, value in values.items()}))
