"""What the pictures share: colours, and axes in points that fit where they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {
    "PERSON": "#3b6fd4",
    "ORGANIZATION": "#d9822b",
    "LOCATION": "#2f9464",
    "MISC": "#8f5fc7",
    "DATE": "#7b8794",
    "NUMBER": "#b7950b",
    "MONEY": "#c94f7c",
    "PERCENT": "#2a9aa8",
}
OTHER = "#8a6d4b"
INK, QUIET, PALE = "#1d2126", "#666d77", "#ccd0d6"
WIDEST = 20.0
"""Inches that a new figure has at most; what is wider is drawn smaller."""

Box = tuple[float, float, float, float]


def pyplot() -> Any:
    """Returns ``matplotlib.pyplot``.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot
    except ImportError:
        raise MissingExtra("matplotlib", "plot", "to draw") from None
    return pyplot


def colour(kind: str) -> str:
    """Returns the colour of an entity kind."""
    return COLOURS.get(kind, OTHER)


def open_axes(box: Box, ax: Axes | None = None) -> tuple[Axes, float]:
    """Returns bare axes that show `box`, and how many points on paper are one unit of it.

    Args:
        box: left, bottom, right and top of what will be drawn, in points.
        ax: axes to use, in which the box is drawn as large as it fits, at most at full size;
            by default those of a new figure.

    """
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    if ax is None:
        size = min(width / 72, WIDEST)
        figure = pyplot().figure(figsize=(size, size * height / width))
        ax = figure.add_axes((0, 0, 1, 1))
    paper, inch = ax.get_window_extent(), ax.figure.dpi
    scale = 72 / inch * min(paper.width / width, paper.height / height)
    more = max(scale, 1.0) - 1.0  # where there is more room, the box gets margins
    ax.set_xlim(left - more * width / 2, right + more * width / 2)
    ax.set_ylim(bottom - more * height / 2, top + more * height / 2)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return ax, min(scale, 1.0)


def text_width(text: str, size: float) -> float:
    """Returns the width of a line in points; a sign that is not ASCII counts as a wide one."""
    from matplotlib.textpath import TextPath

    plain = "".join(sign if "!" <= sign <= "~" and sign != "$" else "m" for sign in text)
    return float(TextPath((0, 0), plain, size=size).get_extents().width) if plain else 0.0


def write(ax: Axes, x: float, y: float, text: str, size: float, ink: str, **options: Any) -> Any:
    """Writes a text as it stands (``$`` is no formula), centred at (x, y)."""
    place = {"ha": "center", "va": "center_baseline", "parse_math": False, **options}
    return ax.text(x, y, text, size=size, color=ink, **place)
