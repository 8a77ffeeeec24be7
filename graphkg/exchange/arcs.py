"""A sentence as an arc diagram.

Lengths are points (1/72 inch) at full size; y = 0 is the middle of the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..graphs import SentenceGraph
from ..graphs.sentence import DEP, PATH
from .canvas import INK, PALE, QUIET, colour, open_axes, pyplot, text_width, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Arc = tuple[int, int]

WORD, SMALL = 12.0, 7.5
"""Size of words, and of tags and labels."""
GAP, STEP, PORT = 12.0, 21.0, 4.5
"""Between words, between heights of arcs, between arcs that meet at a word."""
FLOOR = 13.0
"""Where arcs end."""


def draw_sentence(
    graph: SentenceGraph, ax: Axes | None = None, *, tags: bool = True, labels: bool = True
) -> Axes:
    """Draws the words, the dependency arcs above them, and mentions coloured by kind.

    Arcs point from a governor to its dependent; roots are bold. After
    :class:`~graphkg.transforms.PruneTree` the words and arcs that were cut are pale.

    Args:
        graph: one sentence.
        ax: where to draw, as large as it fits; by default a new figure as wide as the sentence.
        tags: write the part-of-speech tags below the words.
        labels: write the dependency labels on the arcs.

    Returns:
        The axes.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    pyplot()
    arcs: list[Arc] = [(head, token) for head, token in graph[DEP].edge_index.t().tolist()]
    names = graph.labels.deprels if labels else ("",) * len(graph.words)
    levels, floor = arc_levels(arcs), -1.75 * WORD if tags else -0.75 * WORD
    top = FLOOR + STEP * max(levels.values(), default=0) + SMALL
    centres, widths = place_words(graph, arcs, names)
    edge = centres[-1] + widths[-1] / 2 if centres else 0.0
    ax, scale = open_axes((-GAP, floor - 2 * SMALL, edge + GAP, top), ax)
    kept = graph["token"].get("kept")
    inks = [INK if kept is None or kept[i] else PALE for i in range(len(centres))]
    for mention in graph.mentions:
        left = centres[mention.start] - widths[mention.start] / 2
        right = centres[mention.end - 1] + widths[mention.end - 1] / 2
        inside = inks[mention.start : mention.end]
        paint = colour(mention.kind) if INK in inside else PALE
        _draw_mention(ax, (left, floor, right, 0.8 * WORD), mention.kind, paint, scale)
    for x, word, tag, head, ink in zip(centres, graph.words, graph.labels.pos, graph.heads, inks):
        weight = "bold" if arcs and head == 0 else "normal"
        write(ax, x, 0.0, word, WORD * scale, ink, weight=weight)
        if tags:
            quiet = QUIET if ink == INK else PALE
            write(ax, x, -1.2 * WORD, tag, SMALL * scale, quiet)
    alive, ends = _alive(graph, arcs), arc_ends(arcs, centres)
    for arc in sorted(arcs, key=lambda arc: alive[arc]):
        ink = INK if alive[arc] else PALE
        _draw_arc(ax, ends[arc], STEP * levels[arc], names[arc[1]], ink, scale)
    return ax


def arc_levels(arcs: Sequence[Arc]) -> dict[Arc, int]:
    """Returns a height for each arc: 1, or one more than the highest arc that it spans.

    Example:
        >>> arc_levels([(1, 0), (1, 3), (3, 2)])
        {(1, 0): 1, (3, 2): 1, (1, 3): 2}
    """
    levels: dict[Arc, int] = {}
    for arc in sorted(arcs, key=lambda arc: abs(arc[0] - arc[1])):
        low, high = sorted(arc)
        below = [
            level for other, level in levels.items() if max(low, min(other)) < min(high, max(other))
        ]
        levels[arc] = 1 + max(below, default=0)
    return levels


def place_words(
    graph: SentenceGraph, arcs: Sequence[Arc], names: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Returns the centre and the width of each word, with room for kinds and for short arcs."""
    widths = [
        max(text_width(word, WORD), text_width(tag, SMALL), WORD)
        for word, tag in zip(graph.words, graph.labels.pos)
    ]
    for mention in graph.mentions:
        inside = range(mention.start, mention.end)
        lacking = text_width(mention.kind, SMALL) - sum(widths[i] + GAP for i in inside) + GAP
        for i in inside:
            widths[i] += max(lacking, 0.0) / len(inside)
    apart = [0.0] * len(widths)
    for arc in arcs:
        if abs(arc[0] - arc[1]) == 1:
            apart[max(arc)] = text_width(names[arc[1]], SMALL) + 2 * PORT + 2 * SMALL
    centres: list[float] = []
    for number, width in enumerate(widths):
        if not centres:
            centres.append(width / 2)
            continue
        step = max((widths[number - 1] + width) / 2 + GAP, apart[number])
        centres.append(centres[-1] + step)
    return centres, widths


def arc_ends(arcs: Sequence[Arc], centres: Sequence[float]) -> dict[Arc, tuple[float, float]]:
    """Returns where each arc leaves its governor and where it meets its dependent.

    At a word, arcs to the left start left of its middle and the others right of it, the longest
    nearest to the middle, so that none cross; the arc from its governor counts like the others.
    """
    ends: dict[tuple[Arc, int], float] = {}
    for token, centre in enumerate(centres):
        for side in (-1, 1):
            here = [arc for arc in arcs if token in arc and side * (sum(arc) - 2 * token) > 0]
            here.sort(key=lambda arc: -abs(arc[0] - arc[1]))
            for place, arc in enumerate(here):
                ends[arc, token] = centre + side * PORT * (place + 0.5)
    return {arc: (ends[arc, arc[0]], ends[arc, arc[1]]) for arc in arcs}


def _alive(graph: SentenceGraph, arcs: Sequence[Arc]) -> dict[Arc, bool]:
    """Which arcs the pruned tree has; all where nothing was pruned."""
    if PATH not in graph.edge_types:
        return dict.fromkeys(arcs, True)
    path = {tuple(edge) for edge in graph[PATH].edge_index.t().tolist()}
    return {arc: arc in path for arc in arcs}


def _draw_mention(
    ax: Axes, box: tuple[float, float, float, float], kind: str, paint: str, scale: float
) -> None:
    from matplotlib.patches import FancyBboxPatch

    left, bottom, right, top = box
    place, size = (left - 3, bottom), (right - left + 6, top - bottom)
    style = "round,pad=0,rounding_size=4"
    for alpha, fill in ((0.16, True), (0.9, False)):
        ax.add_patch(
            FancyBboxPatch(
                place, *size, boxstyle=style, color=paint, alpha=alpha, fill=fill, lw=0.9 * scale
            )
        )
    write(ax, (left + right) / 2, bottom - SMALL, kind, SMALL * scale, paint, weight="bold")


def _draw_arc(
    ax: Axes, ends: tuple[float, float], height: float, label: str, ink: str, scale: float
) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    start, end = ends
    top, turn = FLOOR + height, 7.0 if start < end else -7.0
    if abs(end - start) < 14:
        turn = (end - start) / 2
    points = [
        (start, FLOOR), (start, top - 7), (start, top), (start + turn, top),
        (end - turn, top), (end, top), (end, top - 7), (end, FLOOR),
    ]  # fmt: skip
    codes = [Path.MOVETO, Path.LINETO, Path.CURVE3, Path.CURVE3, Path.LINETO, Path.CURVE3]
    line = Path(points, [*codes, Path.CURVE3, Path.LINETO])
    ax.add_patch(
        FancyArrowPatch(
            path=line,
            arrowstyle="-|>",
            mutation_scale=7 * scale,
            lw=0.9 * scale,
            color=ink,
            shrinkA=0,
            shrinkB=0,
            zorder=2 + (ink == INK),
        )
    )
    if label:
        white = {"facecolor": "white", "edgecolor": "none", "pad": 1.0 * scale}
        write(
            ax,
            (start + end) / 2,
            top,
            label,
            SMALL * scale,
            QUIET if ink == INK else PALE,
            bbox=white,
            zorder=4 + (ink == INK),
        )
