"""Training of JAKET's entity classification, from settings and data to a saved run folder."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..datasets.triples import TripleData, read_triple_data
from ..errors import InputError
from ..graphs import KnowledgeGraph
from ..nn.text_encoder import TextEncoder
from ..sampling import NeighborSampler
from ..training import fit
from ..training.batches import RowBatches
from ..training.saving import CHECKSUMS, sha256
from .base import begin_run, read_recipe, run_settings, write_recipe
from .jaket import JAKETRecipe
from .jaket_build import start_settings
from .jaket_classification import ClassificationRecipe
from .jaket_classification_system import NAME, EntityClassificationSystem
from .jaket_data import unseen_graph
from .jaket_system import JAKETSystem

OF_DATA = ("data", "held_out", "held_out_seed", "leave_out")


def train_classification(
    recipe: ClassificationRecipe,
    folder: str | Path,
    data_path: str | Path | None = None,
    resume: bool = False,
    data: TripleData | None = None,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> EntityClassificationSystem:
    """Trains a classifier of the entities that were held out, and saves the run.

    The best epoch has the highest accuracy on the validation entities.

    Args:
        recipe: the settings; with `resume` those of the folder are used.
        folder: the run folder.
        data_path: where the data set lies; by default below ``$GRAPHKG_DATA``.
        resume: go on with a training that was stopped.
        data: the whole graph, if it was read already.
        encoder: the encoder; by default that of the settings.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: a folder that holds something already, or nothing to resume; settings that do
            not fit; a run that knows entities of the graph already.
    """
    folder, recipe = begin_run(folder, NAME, recipe, resume)
    recipe = settled(recipe)
    data = data or read_triple_data(recipe.data, data_path)
    unseen = unseen_graph(data, recipe)
    began = _began_with(recipe, unseen)
    system = EntityClassificationSystem.build(recipe, unseen, encoder, tokenizer, began)
    system.name = folder.resolve().name
    split = system.split()
    write_recipe(folder, NAME, recipe, trained=False, data=system.data)
    batches: Any = RowBatches(split.train, recipe.train.batch_size)
    if recipe.neighbourhood == "sampled" and recipe.start != "encoder":
        reader: Any = system.model.reader
        sampler = NeighborSampler(copy.copy(reader.graph), recipe.fan_outs, "in")
        batches = PieceBatches(batches, sampler)
    result = fit(
        system.model,
        batches,
        recipe.train,
        lambda _: system.evaluate("valid").summary(),
        folder,
        resume,
    )
    system.training = result.summary()
    system.write(folder)
    return system


class PieceBatches:
    """The neighbourhoods of batches of entities, drawn anew each time.

    Args:
        entities: the batches, each of distinct entities.
        sampler: draws around them.
    """

    def __init__(self, entities: RowBatches, sampler: NeighborSampler):
        self.entities, self.sampler = entities, sampler

    def __iter__(self) -> Iterator[KnowledgeGraph]:
        return map(self.sampler.sample, self.entities)

    def __len__(self) -> int:
        return len(self.entities)


def settled(recipe: ClassificationRecipe) -> ClassificationRecipe:
    """Returns the settings with the model's and the data's part of the run they begin with.

    Raises:
        InputError: see :func:`.jaket_build.start_settings`.
    """
    recipe = start_settings(recipe)
    if recipe.init is None:
        return recipe
    run = run_settings(recipe.init, "jaket", JAKETRecipe)
    return recipe.model_copy(update={name: getattr(run, name) for name in OF_DATA})


def _began_with(recipe: ClassificationRecipe, unseen: TripleData) -> dict[str, Any]:
    """What is known of the pre-training; refuses one that saw the entities."""
    if recipe.init is None:
        return {}
    folder = Path(recipe.init)
    found = read_recipe(folder)
    known = JAKETSystem.from_pretrained(folder).triples.entities
    seen = sum(label in known for label in unseen.entities)
    if seen:
        raise InputError(
            f"{folder} was pre-trained on {seen} of the {len(unseen.entities)} entities that are "
            "to be classified, but they are to be unseen: pre-train with held_out=0.5, or with "
            "other data"
        )
    kept = ("data", "training")
    return {"run": str(folder), "sha256": sha256(folder / CHECKSUMS)} | {
        name: found[name] for name in kept
    }
