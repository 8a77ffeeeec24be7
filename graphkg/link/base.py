"""LinkPredictor: what every g has in common.

Letters: B queries, n objects, K objects of one query, R relations, D_v width of an entity, D_r of a
relation.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import InputError

FLOATS_AT_ONCE = 2**25  # that scoring pairs of queries and relations may take: 128 MiB


class LinkPredictor(nn.Module):
    r"""g: merges a head and a relation into a vector that is compared with object vectors.

    It takes vectors, not ids, so that a relation's row and a sentence's relation vector pass
    through the same door. A subclass implements :meth:`merge`; one that compares by distance
    overrides :meth:`compare` and :meth:`compare_each`. Higher scores are better.

    Args:
        entity_dim: D_v.
        relation_dim: D_r; by default what :meth:`relation_dim_of` says.
        num_objects: the number of objects, if each has a bias :math:`b_o` (0 at first).

    Raises:
        InputError: a `relation_dim` that does not go with `entity_dim`.
    """

    bias: nn.Parameter | None
    tied: ClassVar[bool] = False
    """Whether D_r must be what :meth:`relation_dim_of` says."""
    phases: ClassVar[bool] = False
    """Whether relation rows are angles, whose moduli are 1 whatever they are."""
    row_scale: ClassVar[float | None] = None
    """Deviation of the normal rows to begin with; ``None`` is Xavier's."""

    def __init__(
        self, entity_dim: int, relation_dim: int | None = None, num_objects: int | None = None
    ):
        super().__init__()
        expected = self.relation_dim_of(entity_dim)
        if self.tied and relation_dim not in (None, expected):
            raise InputError(
                f"{type(self).__name__}(entity_dim={entity_dim}, relation_dim={relation_dim}) was "
                f"given, but entities of width {entity_dim} need relation_dim={expected}"
            )
        self.entity_dim = entity_dim
        self.relation_dim = expected if relation_dim is None else relation_dim
        bias = None if num_objects is None else nn.Parameter(torch.zeros(num_objects))
        self.register_parameter("bias", bias)

    @staticmethod
    def relation_dim_of(entity_dim: int) -> int:
        """Returns the D_r that goes with D_v."""
        return entity_dim

    @property
    def num_objects(self) -> int | None:
        """The number of objects that have a bias, or ``None``."""
        return None if self.bias is None else self.bias.numel()

    @property
    def floats_per_query(self) -> int:
        """About how many numbers :meth:`merge` holds for one query."""
        return 4 * self.entity_dim

    def merge(self, head: Tensor, relation: Tensor) -> Tensor:
        """Returns z = g(head, relation): [B, D_v] and [B, D_r] give [B, D_v]."""
        raise NotImplementedError

    def compare(self, z: Tensor, objects: Tensor) -> Tensor:
        """Scores without biases: z [B, D_v] against every one of `objects` [n, D_v], [B, n]."""
        return z @ objects.t()

    def compare_each(self, z: Tensor, objects: Tensor) -> Tensor:
        """Scores without biases: z [B, D_v] against its own `objects` [B, K, D_v], [B, K]."""
        return (objects @ z.unsqueeze(2)).squeeze(2)

    def compare_relations(self, head: Tensor, relations: Tensor, tail: Tensor) -> Tensor:
        """Scores without biases: every one of `relations` between heads and tails, [B, R].

        All B x R pairs are merged, a bounded number of them at a time; in training mode batch norms
        see each such part as a batch. A subclass with a closed form overrides it.
        """
        size = (head.size(0), relations.size(0))
        pairs = torch.arange(size[0] * size[1], device=head.device)
        found = []
        for part in pairs.split(max(1, FLOATS_AT_ONCE // self.floats_per_query)):
            query, relation = part // size[1], part % size[1]
            z = self.merge(head[query], relations[relation])
            found.append(self.compare_each(z, tail[query].unsqueeze(1)))
        return torch.cat(found).view(size)

    def score(self, z: Tensor, objects: Tensor, index: Tensor | None = None) -> Tensor:
        r"""Returns the scores of objects, by default the logits :math:`z \cdot v_o + b_o`.

        Args:
            z: [B, D_v].
            objects: [n, D_v].
            index: [n] which objects they are, for their biases; by default all, in order.

        Returns:
            [B, n].
        """
        return self.add_bias(self.compare(z, objects), index)

    def score_each(self, z: Tensor, objects: Tensor, index: Tensor | None = None) -> Tensor:
        """Returns the scores of objects that differ from query to query, as triples do.

        Args:
            z: [B, D_v].
            objects: [B, K, D_v].
            index: [B, K] which objects they are; needed where objects have biases.

        Returns:
            [B, K], what :meth:`score` gives for the same objects.

        Raises:
            InputError: objects with biases and no `index`.
        """
        scores = self.compare_each(z, objects)
        if self.bias is None:
            return scores
        if index is None:
            raise InputError(
                f"score_each() of {self!r} was given no index, but its objects have biases: give "
                "the ids of the objects, [B, K]"
            )
        return scores + self.bias[index]

    def score_relations(
        self, head: Tensor, relations: Tensor, tail: Tensor, index: Tensor | None = None
    ) -> Tensor:
        """Returns the scores of all relations between given heads and tails.

        Args:
            head: [B, D_v].
            relations: [R, D_r].
            tail: [B, D_v].
            index: [B] which objects the tails are; by default their biases are left out, which
                changes no order of relations.

        Returns:
            [B, R].
        """
        scores = self.compare_relations(head, relations, tail)
        if self.bias is None or index is None:
            return scores
        return scores + self.bias[index].unsqueeze(1)

    def add_bias(self, scores: Tensor, index: Tensor | None = None) -> Tensor:
        """Adds the biases of the objects `index` [n] to scores [B, n], if there are any."""
        if self.bias is None:
            return scores
        return scores + (self.bias if index is None else self.bias[index])

    def forward(self, head: Tensor, relation: Tensor, objects: Tensor) -> Tensor:
        """Returns the scores of all `objects` [n, D_v] for B queries, [B, n]."""
        return self.score(self.merge(head, relation), objects)

    def factors(self, rows: Tensor) -> Tensor:
        """Returns the moduli of rows [*, D], whose cubes :func:`graphkg.nn.n3` sums."""
        return rows.abs()

    def draw_rows(
        self, num_entities: int, num_relations: int, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """Draws rows to begin training with: normal, as :attr:`row_scale` says.

        Returns:
            Entity rows [num_entities, D_v] and relation rows [num_relations, D_r].
        """
        entities = torch.empty(num_entities, self.entity_dim)
        relations = torch.empty(num_relations, self.relation_dim)
        for rows in (entities, relations):
            if self.row_scale is None:
                nn.init.xavier_normal_(rows, generator=generator)
            else:
                rows.normal_(std=self.row_scale, generator=generator)
        return entities, relations

    def __repr__(self) -> str:
        options = self._options()
        if self.bias is not None:
            options = {**options, "num_objects": self.num_objects}
        said = "".join(f", {name}={value}" for name, value in options.items())
        return f"{type(self).__name__}({self.entity_dim}, {self.relation_dim}{said})"

    def _options(self) -> dict[str, object]:
        """What the printed form says beside the widths."""
        return {}


def norm_rows(norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
    """Normalises [B, D]; a single row has no variance, so it uses the running statistics."""
    if x.size(0) > 1:
        return norm(x)
    return F.batch_norm(
        x, norm.running_mean, norm.running_var, norm.weight, norm.bias, training=False, eps=norm.eps
    )
