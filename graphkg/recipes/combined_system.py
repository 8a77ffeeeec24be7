"""CombinedSystem: trained rankers of one graph that answer together.

Letters: N entities.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from ..datasets.triples import TripleData
from ..errors import InputError
from ..models.combined import CombinedRanker
from ..models.neighbourhood import Neighbourhood, NeighbourhoodBonus
from ..models.widened import WidenedRanker
from ..training.saving import CHECKSUMS, write_checksums
from .base import RECIPE, load, write_recipe
from .combined import CombinedRecipe
from .node_texts import NewEntity
from .ranking_system import RankingSystem

MEMBERS = "members"
INNER = (CHECKSUMS, RECIPE)  # of a member; its checksums stand for its other files


class CombinedSystem(RankingSystem):
    """Trained systems over one graph whose scores are added up.

    Args:
        recipe: the settings.
        members: two or more, of any kind that ranks entities.
        weights: one a member, from 0.
        bonus: what candidates near the given entity get, with ``recipe.bonus_hops``.
        name: what proposed triples say that they come from.

    Raises:
        InputError: fewer than two members, or members of different data.
    """

    def __init__(
        self,
        recipe: CombinedRecipe,
        members: Sequence[RankingSystem],
        weights: Sequence[float],
        bonus: float = 0.0,
        name: str = "combined",
    ):
        check_members(members)
        if bonus and recipe.bonus_hops is None:
            raise InputError(f"a bonus of {bonus} was given without bonus_hops: give how near")
        self.recipe, self.members, self.name = recipe, list(members), name
        self.weights, self.bonus = [float(weight) for weight in weights], float(bonus)
        self.triples = members[0].triples
        self.data: dict[str, Any] = self.triples.protocol()
        self.model: Any = CombinedRanker([m.model for m in members], weights, recipe.normalise)
        if recipe.bonus_hops is not None:
            near = Neighbourhood(self.triples.train, recipe.bonus_hops)
            near = near.to(next(self.model.parameters()).device)
            self.model = NeighbourhoodBonus(self.model, near, bonus)
        self.model.eval()
        rules = zip(self.names, self.members)
        self.unseen_rule = "; ".join(f"{name}: {one.unseen_rule}" for name, one in rules)
        self.training = {}
        self.fingerprint = ""

    @property
    def names(self) -> list[str]:
        """What the members are called here: their names, with a number where two are alike."""
        found: list[str] = []
        for member in self.members:
            number, name = 1, member.name
            while name in found:
                number += 1
                name = f"{member.name}-{number}"
            found.append(name)
        return found

    def spread(self, scores: Tensor) -> Tensor:
        """Returns the softmax of scores [N] over all entities: shares, fitted to nothing."""
        return scores.softmax(0)

    @property
    def reads_texts(self) -> bool:
        """Whether a member with weight does."""
        return any(m.reads_texts for m, weight in zip(self.members, self.weights) if weight)

    def with_entities(self, new: Sequence[NewEntity]) -> CombinedSystem:
        """Returns the system over a graph with further entities.

        Members that read texts rank them by these; what the others say is neither for nor against
        them, see :class:`~graphkg.models.WidenedRanker`. It answers and is not saved.

        Raises:
            InputError: no member with weight reads texts, a name without a letter, one that is a
                label, or an unknown type.
        """
        if not self.reads_texts:
            super().with_entities(new)
        wider = [one.with_entities(new) if one.reads_texts else None for one in self.members]
        triples = next(one.triples for one in wider if one is not None)
        members = [w or _widened(own, triples) for w, own in zip(wider, self.members)]
        system = CombinedSystem(self.recipe, members, self.weights, self.bonus, self.name)
        system.training, system.fingerprint = self.training, self.fingerprint
        return system

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with."""
        own = {"system": "combined", "normalise": self.recipe.normalise}
        return {
            **own,
            "members": self._members([member.protocol() for member in self.members]),
            "bonus": self._bonus(),
            "run": self.name,
            "data": self.data,
            "training": self.training,
        }

    def _members(self, facts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        named = zip(self.names, self.weights, facts)
        return [{"name": name, "weight": weight, **fact} for name, weight, fact in named]

    def _bonus(self) -> dict[str, Any] | None:
        """The bonus as plain values, or ``None`` if there is none."""
        if self.recipe.bonus_hops is None:
            return None
        return {"graph": "train", "hops": self.recipe.bonus_hops, "weight": self.bonus}

    def write(self, folder: Path) -> None:
        """Writes the members' folders, checksums of their checksums and, last, the recipe.

        Raises:
            InputError: the system has entities that some member has no row for.
        """
        if any(isinstance(member.model, WidenedRanker) for member in self.members):
            raise InputError(
                f"{self.name!r} was given further entities, for which not all its members have "
                "rows, so it cannot be saved: save the one without them"
            )
        folder.mkdir(parents=True, exist_ok=True)
        places = [f"{MEMBERS}/{name}" for name in self.names]
        for member, place in zip(self.members, places):
            member.write(folder / place)
        write_checksums(folder, [f"{place}/{file}" for place in places for file in INNER])
        facts = [{"folder": place} for place in places]
        more = {"data": self.data, "training": self.training}
        chosen = {"members": self._members(facts), "bonus": self._bonus()}
        write_recipe(folder, "combined", self.recipe, trained=True, **chosen, **more)

    @classmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> CombinedSystem:
        """Builds the system that :meth:`write` wrote; each member checks its own files."""
        settings = CombinedRecipe.parse(recipe["settings"], f"{folder}/recipe.yaml")
        rows = recipe["members"]
        members = [load(folder / row["folder"]) for row in rows]
        bonus = recipe["bonus"]["weight"] if recipe["bonus"] else 0.0
        weights = [row["weight"] for row in rows]
        system = cls(settings, members, weights, bonus, folder.resolve().name)
        system.data = recipe["data"]
        return system

    def __repr__(self) -> str:
        parts = (f"{weight:g} {name}" for name, weight in zip(self.names, self.weights))
        near = f", bonus {self.bonus:g}" if self.recipe.bonus_hops else ""
        return f"CombinedSystem({self.name!r}, {' + '.join(parts)}{near})"


def _widened(member: RankingSystem, triples: TripleData) -> RankingSystem:
    """A member over the triples of a graph with further entities behind its own."""
    other = copy.copy(member)
    vars(other).pop("known", None)
    other.triples, other.data = triples, triples.protocol()
    other.model = WidenedRanker(member.model, len(triples.entities)).eval()
    return other


def check_members(members: Sequence[Any]) -> None:
    """Raises an InputError unless two or more rankers of the same triples are given."""
    if len(members) < 2:
        raise InputError(f"{len(members)} run was given, but 2 or more are combined")
    for member in members:
        if not isinstance(member, RankingSystem):
            raise InputError(
                f"{getattr(member, 'name', member)!r} is a {type(member).__name__}, which ranks no "
                "entities: combine runs of link prediction"
            )
    first, *others = members
    for other in others:
        _check_data(first, other)


def _check_data(first: RankingSystem, other: RankingSystem) -> None:
    pair = f"{first.name!r} and {other.name!r}"
    for what in ("entities", "relations"):
        own, theirs = (getattr(one.triples, what).labels for one in (first, other))
        if own == theirs:
            continue
        if sorted(own) == sorted(theirs):
            raise InputError(
                f"the runs {pair} have the same {what} in another order, so their scores are of "
                "other columns: train them on the same folder"
            )
        raise InputError(
            f"the runs {pair} were trained on other {what} ({len(own)} and {len(theirs)}): combine "
            "runs of one data set"
        )
    if first.data["sha256"] != other.data["sha256"]:
        sums = f"{first.data['sha256'][:12]} and {other.data['sha256'][:12]}"
        raise InputError(
            f"the runs {pair} were trained on other triples (SHA-256 {sums}): combine runs of one "
            "data set"
        )
