"""Training of MTL-KGC, from settings and triples to a saved run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..datasets.triples import TripleData, read_triple_data
from ..errors import InputError
from ..nn.text_encoder import TextEncoder
from ..training import fit
from ..training.module import Validate
from .base import begin_run, write_recipe
from .mtl_kgc import MTLKGCRecipe
from .mtl_kgc_batches import mtl_kgc_batches
from .mtl_kgc_system import MTLKGCSystem


def train_mtl_kgc(
    recipe: MTLKGCRecipe,
    folder: str | Path,
    data_path: str | Path | None = None,
    resume: bool = False,
    data: TripleData | None = None,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> MTLKGCSystem:
    """Trains MTL-KGC and saves the run.

    The last epoch is taken; with ``select_on_dev`` that with the highest filtered MRR on
    ``eval_subset`` validation triples.

    Args:
        recipe: the settings; with `resume` those of the folder are used.
        folder: the run folder.
        data_path: where the data set lies; by default ``$GRAPHKG_DATA``.
        resume: go on with a training that was stopped.
        data: the data, if they were read already.
        encoder: the encoder; by default that of the settings.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: a folder that holds something already, nothing to resume, or nothing to select
            an epoch on.
    """
    folder, recipe = begin_run(folder, "mtl-kgc", recipe, resume)
    data = data or read_triple_data(recipe.data, data_path)
    if recipe.select_on_dev and (not data.valid.heads.numel() or recipe.eval_subset == 0):
        raise InputError(
            f"select_on_dev was asked for with eval_subset={recipe.eval_subset} and "
            f"{data.valid.heads.numel()} validation triples, but it ranks at least one: leave it "
            "out, or give some"
        )
    system = MTLKGCSystem.build(recipe, data, encoder, tokenizer)
    system.name = folder.resolve().name
    write_recipe(folder, system.system, recipe, trained=False, data=system.data)
    batches = mtl_kgc_batches(recipe, data.train)
    validate = _validate(system) if recipe.select_on_dev else None
    result = fit(system.model, batches, recipe.train, validate, folder, resume)
    system.training = result.summary()
    system.write(folder)
    return system


def _validate(system: MTLKGCSystem) -> Validate:
    subset = system.recipe.eval_subset
    return lambda _: system.evaluate("valid", subset=subset, progress=False).summary()
