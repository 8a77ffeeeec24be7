"""JAKET's pre-training, from settings and data to a saved run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..datasets.triples import TripleData, read_triple_data
from ..models import JAKETPretraining
from ..nn.text_encoder import TextEncoder
from ..training import fit
from .base import begin_run, write_recipe
from .encoders import open_encoder
from .jaket import JAKETRecipe
from .jaket_batches import PretrainingBatches, likelihood, valid_batches
from .jaket_build import POOLING
from .jaket_data import PretrainingData, prepare_pretraining
from .jaket_system import JAKETSystem


def train_jaket(
    recipe: JAKETRecipe,
    folder: str | Path,
    data_path: str | Path | None = None,
    resume: bool = False,
    data: TripleData | None = None,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> JAKETSystem:
    """Pre-trains JAKET and saves the run.

    The best epoch has the lowest loss on what is held back, of which masks are drawn once; where
    nothing is, it is the last. ``log.jsonl`` has all losses of every epoch. The heads are dropped.

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
            not fit encoder or data.
    """
    folder, recipe = begin_run(folder, "jaket", recipe, resume)
    data = data or read_triple_data(recipe.data, data_path)
    encoder, tokenizer = open_encoder(recipe.encoder, POOLING, encoder, tokenizer)
    num_pieces = encoder.embedding.num_embeddings
    prepared = prepare_pretraining(recipe, data, tokenizer)
    system = JAKETSystem.build(recipe, prepared.triples, encoder, tokenizer)
    system.name, system.data = folder.resolve().name, prepared.protocol()
    batches = PretrainingBatches(recipe, prepared, tokenizer, num_pieces)
    write_recipe(folder, "jaket", recipe, trained=False, data=system.data)
    held_back = valid_batches(batches, prepared)
    validate = likelihood(held_back) if held_back else None
    model = with_heads(system, prepared)
    result = fit(model, batches, recipe.train, validate, folder, resume)
    system = system.at_rest()
    system.training = result.summary()
    system.write(folder)
    return system


def with_heads(system: JAKETSystem, data: PretrainingData) -> JAKETPretraining:
    """Returns the system's model with new heads for the four tasks."""
    categories = 0 if data.categories is None else len(data.categories)
    relations = len(data.triples.relations)
    return JAKETPretraining(system.model, categories, relations, system.recipe.weights)
