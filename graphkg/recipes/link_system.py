"""LinkSystem: a link predictor in use: answers questions, is scored, is saved and loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..datasets.triples import TripleData
from ..models.link_prediction import LinkPrediction
from ..training.saving import read_weights, write_checksums, write_weights
from .base import write_recipe
from .link import LinkRecipe
from .link_files import FILES, read_triple_files, write_triple_files
from .link_predictors import build_link_model
from .ranking_system import RankingSystem


class LinkSystem(RankingSystem):
    """A trained link predictor with the triples that it was trained on.

    Args:
        recipe: the settings.
        model: the predictor with its tables.
        triples: the data set; its splits are what rankings are filtered against.
        name: what proposed triples say that they come from.
    """

    def __init__(
        self, recipe: LinkRecipe, model: LinkPrediction, triples: TripleData, name: str = "link"
    ):
        self.recipe, self.model, self.triples, self.name = recipe, model, triples, name
        self.data: dict[str, Any] = triples.protocol()
        self.training = {}
        self.fingerprint = ""

    @classmethod
    def build(cls, recipe: LinkRecipe, triples: TripleData) -> LinkSystem:
        """Builds an untrained system; `recipe.train.seed` draws its weights."""
        torch.manual_seed(recipe.train.seed)
        return cls(recipe, build_link_model(recipe, triples.train.with_inverses()), triples)

    def spread(self, scores: Tensor) -> Tensor:
        """Returns probabilities of scores [N]: softmax over all with ``1vsall``, else sigmoid."""
        return scores.softmax(0) if self.recipe.loss == "1vsall" else scores.sigmoid()

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with."""
        model = {"system": "link", "model": self.recipe.model, "encoder": self.recipe.encoder}
        return {**model, "run": self.name, "data": self.data, "training": self.training}

    def write(self, folder: Path) -> None:
        """Writes weights, triples, checksums and, last, the recipe into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        write_weights(self.model, folder)
        write_triple_files(self.triples, folder)
        write_checksums(folder, ["model.safetensors", *FILES])
        more = {"data": self.data, "training": self.training}
        write_recipe(folder, "link", self.recipe, trained=True, **more)

    @classmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> LinkSystem:
        """Builds the system that :meth:`write` wrote."""
        settings = LinkRecipe.parse(recipe["settings"], f"{folder}/recipe.yaml")
        triples = read_triple_files(folder, recipe["data"]["name"])
        model = build_link_model(settings, triples.train.with_inverses())
        read_weights(model, folder)
        model.eval()
        system = cls(settings, model, triples, folder.resolve().name)
        system.data = recipe["data"]
        return system

    def __repr__(self) -> str:
        return f"LinkSystem({self.name!r}, {self.model!r})"
