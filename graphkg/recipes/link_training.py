"""Training of a link predictor, from settings and triples to a saved run folder."""

from __future__ import annotations

from pathlib import Path

from ..datasets.triples import TripleData, read_triple_data
from ..training import fit
from ..training.batches import RowBatches
from ..training.module import Validate
from .base import begin_run, write_recipe
from .link import LinkRecipe
from .link_system import LinkSystem


def train_link(
    recipe: LinkRecipe,
    folder: str | Path,
    data_path: str | Path | None = None,
    resume: bool = False,
    data: TripleData | None = None,
) -> LinkSystem:
    """Trains a link predictor and saves the run.

    The best epoch is the one with the highest filtered MRR on the validation triples, both sides,
    realistic ranks; without validation triples it is the last.

    Args:
        recipe: the settings; with `resume` those of the folder are used.
        folder: the run folder.
        data_path: where the data set lies; by default ``$GRAPHKG_DATA``.
        resume: go on with a training that was stopped.
        data: the data, if they were read already.

    Raises:
        InputError: a folder that holds something already, or nothing to resume.
    """
    folder, recipe = begin_run(folder, "link", recipe, resume)
    data = data or read_triple_data(recipe.data, data_path)
    system = LinkSystem.build(recipe, data)
    system.name = folder.resolve().name
    write_recipe(folder, "link", recipe, trained=False, data=system.data)
    batches = RowBatches(system.model.examples(), recipe.train.batch_size)
    validate = None if not data.valid.heads.numel() else _validate(system)
    result = fit(system.model, batches, recipe.train, validate, folder, resume)
    system.training = result.summary()
    system.write(folder)
    return system


def _validate(system: LinkSystem) -> Validate:
    return lambda _: system.evaluate("valid").summary()
