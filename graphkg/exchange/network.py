"""A knowledge graph as a network."""

from __future__ import annotations

from collections import Counter
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from ..graphs import KnowledgeGraph
from .canvas import INK, QUIET, colour, open_axes, pyplot, write
from .places import MARGIN, place_nodes
from .tabular import entity_kinds, main_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME, SMALL = 9.0, 6.5
"""Size of names and of relations."""
LEGEND = 30.0
"""Room for the kinds below the graph."""


def draw_graph(
    graph: KnowledgeGraph, ax: Axes | None = None, *, limit: int = 60, labels: bool = True
) -> Axes:
    """Draws entities coloured by kind, larger with more triples, and relations as arrows.

    The relations from one entity to another are one arrow with all their names (long ones are
    cut), the darker the better its best score; the same relations both ways are one arrow with two
    heads. Entities without a relation to another drawn one are left out.

    Args:
        graph: a graph, or a piece of one from :meth:`KnowledgeGraph.subgraph`; kinds come from
            its evidence.
        ax: where to draw, as large as it fits; by default a new figure.
        limit: draw so many entities, those with the most triples.
        labels: write relations on the arrows.

    Returns:
        The axes.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    import networkx

    pyplot()
    from matplotlib.patheffects import withStroke

    degrees = Counter(x for head, _, tail in graph.triples() for x in (head, tail))
    chosen = {name for name, _ in degrees.most_common(limit)}
    arrows = _arrows(graph, chosen)
    drawn = networkx.Graph(arrows.keys())
    places = place_nodes(drawn, 1.5 if ax is None else _aspect(ax))
    spread = np.array([*places.values()]) if places else np.zeros((1, 2))
    low, high = spread.min(0) - MARGIN - (0, LEGEND), spread.max(0) + MARGIN
    ax, scale = open_axes((low[0], low[1], high[0], high[1]), ax)
    sizes = {name: 4.0 + 1.5 * min(degrees[name], 12) ** 0.5 for name in places}
    for (head, tail), (relations, score) in arrows.items():
        back = arrows.get((tail, head), ([], 0.0))
        both = sorted(back[0]) == sorted(relations)
        if both and head > tail:
            continue
        bend = 0.18 if back[0] and not both else 0.0
        style = "<|-|>" if both else "-|>"
        ends, radii = (places[head], places[tail]), (sizes[head], sizes[tail])
        _draw_arrow(ax, ends, radii, style, bend, 0.3 + 0.6 * max(score, back[1]), scale)
        if labels:
            _write_relation(ax, ends, bend, _short(relations), scale)
    kinds = {name: main_kind(counts) for name, counts in entity_kinds(graph).items()}
    for name, (x, y) in places.items():
        paint = colour(kinds[name])
        ax.plot(x, y, "o", ms=2 * sizes[name] * scale, color=paint, mec="white", zorder=3)
        below = y - sizes[name] - 2
        text = write(ax, x, below, fill(name, 22), NAME * scale, INK, va="top", zorder=5)
        text.set_path_effects([withStroke(linewidth=2.5 * scale, foreground="white")])
    _write_kinds(ax, [kinds[name] for name in places], scale)
    return ax


def _arrows(
    graph: KnowledgeGraph, chosen: set[str]
) -> dict[tuple[str, str], tuple[list[str], float]]:
    """The relations from each entity to another, and the best score among them (1 of none)."""
    found: dict[tuple[str, str], tuple[list[str], float]] = {}
    for (head, relation, tail), kept in zip(graph.triples(), graph.evidence):
        if head == tail or not {head, tail} <= chosen:
            continue
        relations, best = found.get((head, tail), ([], 0.0))
        score = max((evidence.score for evidence in kept), default=1.0)
        names = relations if relation in relations else [*relations, relation]
        found[head, tail] = (names, max(best, score))
    return found


def _short(relations: list[str], most: int = 3, letters: int = 22) -> str:
    """One line a relation, none longer than the space between two names."""
    lines = [shorten(name, letters, placeholder="…") for name in relations[:most]]
    more = len(relations) - most
    return "\n".join([*lines, *([f"+ {more}"] if more > 0 else [])])


def _aspect(ax: Axes) -> float:
    box = ax.get_window_extent()
    return float(box.width / box.height)


def _draw_arrow(
    ax: Axes,
    ends: Any,
    radii: tuple[float, float],
    style: str,
    bend: float,
    alpha: float,
    scale: float,
) -> None:
    from matplotlib.patches import FancyArrowPatch

    ax.add_patch(
        FancyArrowPatch(
            *ends,
            arrowstyle=style,
            connectionstyle=f"arc3,rad={bend}",
            mutation_scale=9 * scale,
            lw=1.1 * scale,
            color=INK,
            alpha=alpha,
            shrinkA=radii[0] * scale + 1,
            shrinkB=radii[1] * scale + 1,
        )
    )


def _write_relation(ax: Axes, ends: Any, bend: float, text: str, scale: float) -> None:
    """Writes along the line from head to tail, at its middle, never upside down."""
    step = ends[1] - ends[0]
    x, y = (ends[0] + ends[1]) / 2 + bend / 2 * np.array([step[1], -step[0]])
    angle = (np.degrees(np.arctan2(step[1], step[0])) + 90) % 180 - 90
    white = {"facecolor": "white", "edgecolor": "none", "pad": 0.8 * scale}
    write(ax, x, y, text, SMALL * scale, QUIET, va="center", rotation=angle, zorder=2, bbox=white)


def _write_kinds(ax: Axes, kinds: list[str], scale: float) -> None:
    from matplotlib.lines import Line2D

    counts = Counter(kind for kind in kinds if kind)
    found = sorted(counts, key=lambda kind: (-counts[kind], kind))
    dots = [Line2D([], [], ls="", marker="o", color=colour(kind), label=kind) for kind in found]
    if dots:
        size = max(NAME * scale, 7)
        ax.legend(handles=dots, loc="lower center", ncols=len(dots), fontsize=size, frameon=False)
