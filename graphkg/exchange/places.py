"""Places for the nodes of a drawn graph: near in the graph is near on paper.

Letters: n nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import networkx

Array = np.ndarray
EDGE = np.array([135.0, 90.0])
"""Points from a node to its neighbour, across and up: names are wider than high."""
MARGIN = np.array([60.0, 26.0])
"""Room around a node for its name."""


def place_nodes(graph: networkx.Graph, wide: float = 1.5) -> dict[str, Array]:
    """Returns a place for every node, in points; the same graph is placed the same way.

    Every component is laid out alone, and they are packed side by side, the largest first.

    Args:
        graph: undirected.
        wide: about how many times wider than high the whole is.
    """
    import networkx

    parts = sorted(networkx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    names = [sorted(part) for part in parts]
    boxes = []
    for part in names:
        distances = networkx.floyd_warshall_numpy(graph.subgraph(part), part)
        places = level(least_stress(np.asarray(distances))) * EDGE
        boxes.append(places - places.min(0) + MARGIN)
    corners = pack([box.max(0) + MARGIN for box in boxes], wide)
    found: dict[str, Array] = {}
    for part, box, (right, down) in zip(names, boxes, corners):
        found |= dict(zip(part, np.column_stack([box[:, 0] + right, -box[:, 1] - down])))
    return found


def least_stress(distances: Array, rounds: int = 150) -> Array:
    """Returns places [n, 2] whose distances are those given as nearly as they can be.

    Stress majorisation (Gansner et al., 2004) with weights 1 / d², from places drawn at random
    with a fixed seed.

    Args:
        distances: [n, n], positive off the diagonal.
        rounds: of improvement.
    """
    count = len(distances)
    places = np.random.default_rng(0).normal(size=(count, 2))
    if count == 1:
        return np.zeros((1, 2))
    far = distances + np.eye(count)
    weights = far**-2 * (1 - np.eye(count))
    inverse = np.linalg.pinv(np.diag(weights.sum(1)) - weights)
    for _ in range(rounds):
        now = np.linalg.norm(places[:, None] - places[None], axis=-1)
        pull = -weights * far / np.maximum(now, 1e-9)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(1))
        places = inverse @ pull @ places
    return places


def level(places: Array) -> Array:
    """Turns places [n, 2] so that they are widest from left to right."""
    centred = places - places.mean(0)
    axes = np.linalg.svd(centred, full_matrices=False)[2] if len(places) > 1 else np.eye(2)
    return centred @ axes.T


def pack(sizes: Sequence[Array], wide: float) -> list[Array]:
    """Returns the upper left corner of each box, y downwards, so that none overlap.

    Each box in turn goes to the right of, or below, one that stands: where the whole stays
    smallest, then highest and leftmost.

    Args:
        sizes: width and height of each box.
        wide: how many times wider than high the whole is to be.
    """
    corners: list[Array] = []
    for size in sizes:
        spots = [np.zeros(2)] if not corners else []
        for x, y in ((x, y) for x, _ in _free(corners, sizes) for _, y in _free(corners, sizes)):
            low, high = np.array([x, y]), np.array([x, y]) + size
            if all((high <= c).any() or (low >= c + s).any() for c, s in zip(corners, sizes)):
                spots.append(low)
        ends = np.array([c + s for c, s in zip(corners, sizes)] or [[0.0, 0.0]]).max(0)

        def cost(spot: Array, size: Array = size, ends: Array = ends) -> tuple[float, ...]:
            width, height = np.maximum(ends, spot + size)
            return (max(width / wide, height), *(spot + size)[::-1])

        corners.append(min(spots, key=cost))
    return corners


def _free(corners: Sequence[Array], sizes: Sequence[Array]) -> list[Array]:
    """The origin, and the lower right corner of every box that stands."""
    return [np.zeros(2), *(c + s for c, s in zip(corners, sizes))]
