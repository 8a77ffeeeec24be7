"""A picture of QIDN at work: which query looks at which span, and at which other query.

Letters: n queries, S spans, L layers, A heads, k rows (queries of slots that say a triple).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch_geometric.data import Batch

from ..errors import InputError
from ..exchange.canvas import INK, QUIET, pyplot
from ..graphs import SentenceGraph, Triple, end_of
from ..models import named_triples
from .qidn_system import QIDNSystem

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OTHERS = "all others"
LONGEST = 28
"""Characters of a span that are written."""


@dataclass(frozen=True)
class SlotAttention:
    """Where the queries of the slots that say a triple looked, as the mean over heads.

    Attributes:
        triples: what the slots say.
        slots: the number of each one's slot.
        rows: names of the k queries: relation and entity query of each slot.
        spans: texts of the spans looked at most, in the order of the sentence, then the others.
        cross: [k, spans] shares; a row sums to 1.
        own: [k, k + 1] shares of these queries, then of all others.
    """

    triples: list[Triple]
    slots: list[int]
    rows: list[str]
    spans: list[str]
    cross: Tensor
    own: Tensor


def slot_attention(
    system: QIDNSystem, graph: SentenceGraph, layer: int | None = None, spans: int = 12
) -> SlotAttention:
    """Returns where the queries that answer looked in one sentence.

    Args:
        system: a QIDN.
        graph: the sentence.
        layer: of the decoder, from 1; the last by default.
        spans: how many spans stand alone.

    Raises:
        InputError: no such layer, or a sentence in which nothing is found.
    """
    layers = system.recipe.layers
    if layer is not None and not 1 <= layer <= layers:
        raise InputError(f"layer {layer} was asked for, but the decoder has layers 1 to {layers}")
    inputs = system.parts.inputs([graph])
    said = system.ask(inputs).triples if graph.words else None
    if said is None or not said.slot.numel():
        raise InputError(
            f"no triple was found in {graph.text!r}, so no query looked for one: give another "
            "sentence"
        )
    (triples,) = named_triples(said, inputs, system.vocabularies.relation)
    weights = system.model.attention(Batch.from_data_list(inputs).to(said.slot.device))
    cross, own = (x[(layer or layers) - 1].mean(0).cpu() for x in (weights.cross, weights.own))
    slots = said.slot.tolist()
    rows, places = _rows(slots, system.recipe.num_queries, own.size(0))
    kept = cross[places].amax(0).topk(min(spans, cross.size(1))).indices.sort().values
    named = [end_of(graph, *span)[0] for span in weights.spans[kept.cpu()].tolist()]
    return SlotAttention(
        triples,
        [slot + 1 for slot in slots],
        rows,
        [*named, OTHERS],
        _with_rest(cross[places], kept),
        _with_rest(own[places], torch.tensor(places)),
    )


def draw_attention(
    system: QIDNSystem, graph: SentenceGraph, layer: int | None = None, spans: int = 12
) -> Figure:
    """Draws :func:`slot_attention`: spans on the left, queries on the right, darker = more.

    The share of all that have no column of their own is written beside it.

    Args:
        system: a QIDN.
        graph: the sentence.
        layer: of the decoder, from 1; the last by default.
        spans: how many spans have a column of their own.

    Raises:
        InputError: no such layer, or a sentence in which nothing is found.
        MissingExtra: matplotlib is not installed.
    """
    plot, found = pyplot(), slot_attention(system, graph, layer, spans)
    widths = [len(found.spans), len(found.rows) + 1]
    size = (4.0 + 0.42 * sum(widths), 2.6 + 0.3 * (len(found.rows) + len(found.triples)))
    figure = plot.figure(figsize=size, layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=widths)
    _heat(left, found.cross, found.rows, found.spans, "spans")
    _heat(right, found.own, found.rows, [*found.rows, OTHERS], "queries")
    lines = [f"slot {n}: {_stated(triple)}" for n, triple in zip(found.slots, found.triples)]
    figure.suptitle("\n".join([_cut(graph.text, 90), *lines]), size=9, color=INK, parse_math=False)
    return figure


def _rows(slots: Sequence[int], count: int, queries: int) -> tuple[list[str], list[int]]:
    """Names and numbers of the queries of some slots; without branches a slot has one."""
    if queries == count:
        return [f"query {slot + 1}" for slot in slots], list(slots)
    names = [f"{branch} {slot + 1}" for slot in slots for branch in ("relation", "entity")]
    return names, [slot + first for slot in slots for first in (0, count)]


def _with_rest(weights: Tensor, kept: Tensor) -> Tensor:
    """Returns the columns `kept` of [k, n], and behind them the sum of the others."""
    chosen = weights[:, kept]
    rest = (weights.sum(1) - chosen.sum(1)).clamp(min=0)
    return torch.cat([chosen, rest.unsqueeze(1)], 1)


def _heat(ax: Any, table: Tensor, rows: list[str], columns: list[str], title: str) -> None:
    # The others together would outshine every column, so their share is written.
    shown = table.clone()
    shown[:, -1] = torch.nan
    ax.imshow(shown.numpy(), cmap="Blues", vmin=0, aspect="auto")
    for row, share in enumerate(table[:, -1].tolist()):
        ax.text(
            len(columns) - 1, row, f"{share:.0%}", size=8, color=QUIET, ha="center", va="center"
        )
    plain = {"size": 8, "parse_math": False}
    ax.set_yticks(range(len(rows)), rows, **plain)
    ax.set_xticks(range(len(columns)), [_cut(x) for x in columns], rotation=60, ha="right", **plain)
    ax.set_title(f"share of the attention to {title}", size=9, color=QUIET)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _stated(triple: Triple) -> str:
    ends = _cut(triple.subject.text), triple.relation, _cut(triple.object.text)
    return f"{' - '.join(ends)} ({triple.score:.2f})"


def _cut(text: str, longest: int = LONGEST) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
