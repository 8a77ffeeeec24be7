"""PruneTree: the part of the dependency tree around the path between subject and object.

Letters: T tokens, K graphs (one mention pair each), E' path edges.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

import torch
from torch import Tensor
from torch_geometric.transforms import BaseTransform

from ..errors import InputError
from ..graphs.sentence import DEP, PATH, SentenceGraph
from .pairs import only_pair

log = logging.getLogger(__name__)


class PruneTree(BaseTransform):
    r"""Path-centric pruning of the dependency tree (Zhang, Qi and Manning, 2018, section 3).

    Let :math:`\mathrm{anc}(i)` be token i and all its governors, :math:`CA` the ancestors common
    to all tokens of both mentions, LCA the lowest of them, and

    .. math::
        P = \Big( \bigcup_{i \in \text{mentions}} \mathrm{anc}(i) \setminus CA \Big)
            \cup \{ \mathrm{LCA} \}.

    Kept are the tokens at most `k` steps below P; edges join every kept token but the LCA with
    its governor. The result is ``(token, path, token)`` with both directions and no self loops,
    and the mask ``token.kept`` [T]; the ``dep`` edges stay whole.

    Several roots are linked to the first one. A path node is kept even if it has no edge (one
    node as the whole tree), where the released code of C-GCN masks the sentence.

    Args:
        k: 0 keeps the paths alone, 1 also their direct dependents, and so on; -1 keeps the whole
            tree and needs no pair. A large `k` is not -1: nothing above the LCA is ever kept.

    Example:
        >>> graph = SentenceGraph.build(
        ...     "Ann left Rome today".split(),
        ...     heads=[2, 0, 2, 2],
        ...     mentions=[(0, 1, "PERSON"), (2, 3, "CITY")],
        ...     pairs=[(0, 1, None)],
        ... )
        >>> PruneTree(0)(graph)["token"].kept
        tensor([ True,  True,  True, False])
    """

    def __init__(self, k: int):
        if k < -1:
            raise InputError(f"PruneTree(k={k}) was asked for, but k is -1 (whole tree), 0, 1, ...")
        self.k = k

    def forward(self, data: SentenceGraph) -> SentenceGraph:
        """Adds the path edges and the mask to (a copy of) the graph."""
        self._prune([data])
        return data

    def many(self, graphs: Sequence[SentenceGraph]) -> list[SentenceGraph]:
        """Prunes many graphs; neighbours that share their ``dep`` edges share the work.

        Made for :func:`~graphkg.transforms.split_pairs`: all pairs of a sentence are pruned
        together, with the results of pruning each alone.
        """
        copies = [copy.copy(graph) for graph in graphs]
        for _, same in groupby(copies, key=lambda graph: id(graph[DEP].edge_index)):
            self._prune(list(same))
        return copies

    def _prune(self, graphs: list[SentenceGraph]) -> None:
        governor = governors(graphs[0])
        if self.k < 0:
            kept, below = whole_tree(governor, len(graphs))
        else:
            members = torch.stack([_members(graph) for graph in graphs])
            kept, below = around_path(governor, members, self.k)
        row, token = below.nonzero(as_tuple=True)
        edges = torch.stack([governor[token], token])
        pieces = edges.split(torch.bincount(row, minlength=len(graphs)).tolist(), dim=1)
        for number, (graph, piece) in enumerate(zip(graphs, pieces)):
            graph["token"].kept = kept[number]
            graph[PATH].edge_index = torch.cat([piece, piece.flip(0)], dim=1)

    def __repr__(self) -> str:
        return f"PruneTree(k={self.k})"


def governors(graph: SentenceGraph) -> Tensor:
    """Returns the governor of each token, [T]; the first root governs itself and other roots."""
    count, edges = int(graph["token"].num_nodes), graph[DEP].edge_index
    if edges.size(1) == 0 and count > 1:
        where = f"sentence {graph.key!r}" if graph.key else repr(graph)
        raise InputError(
            f"{where} has no dependency heads, but PruneTree needs a tree: parse it, or give "
            "SentenceGraph.build its heads"
        )
    token = torch.arange(count, device=edges.device)
    governor = token.clone()
    governor[edges[1]] = edges[0]
    roots = (governor == token).nonzero().view(-1)
    if roots.numel() > 1:
        _log_roots()
        governor[roots] = roots[0]
    return governor


def whole_tree(governor: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Returns the two masks of :func:`around_path` for `count` graphs that keep every token."""
    kept = torch.ones(count, governor.numel(), dtype=torch.bool, device=governor.device)
    below = governor != torch.arange(governor.numel(), device=governor.device)
    return kept, below.expand(count, -1)


def around_path(governor: Tensor, members: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Returns the tokens within `k` steps of the path between two mentions.

    Args:
        governor: [T] of one tree; the root governs itself.
        members: [K, T], true for the tokens of both mentions.
        k: number of steps.

    Returns:
        Two masks [K, T]: the tokens kept, and those of them that keep the edge to their governor
        (all but the lowest common ancestor).
    """
    ancestor = ancestors(governor)
    met = members.float() @ ancestor.float()
    common = met == members.sum(1, keepdim=True)
    depth = ancestor.sum(1)
    lowest = (depth * common).argmax(1, keepdim=True)
    kept = ((met > 0) & ~common).scatter(1, lowest, True)
    for _ in range(min(k, governor.numel())):
        kept = kept | kept[:, governor]
    return kept, kept.scatter(1, lowest, False)


def ancestors(governor: Tensor) -> Tensor:
    """Returns [T, T], true at (i, j) if j is i or governs it, directly or not (pointer jumping)."""
    count = governor.numel()
    found = torch.eye(count, dtype=torch.bool, device=governor.device)
    # After n rounds a row holds the 2^n lowest ancestors, and `above` is the one 2^n steps up.
    above = governor
    for _ in range(count.bit_length()):
        found = found | found[above]
        above = above[above]
    return found


def _members(graph: SentenceGraph) -> Tensor:
    """Returns which tokens lie in the subject or the object, [T]."""
    span = graph["mention"].span[list(only_pair(graph, "PruneTree(k >= 0)"))]
    token = torch.arange(int(graph["token"].num_nodes), device=span.device)
    return ((token >= span[:, :1]) & (token < span[:, 1:])).any(0)


@lru_cache(maxsize=1)
def _log_roots() -> None:
    log.debug("a sentence has several roots: they are linked to the first one (told once)")
