"""Training of a relation extractor, from settings and data to a saved run folder."""

from __future__ import annotations

from pathlib import Path

from ..parsing.base import Parser
from ..training import fit
from .base import begin_run, write_recipe
from .jrrelp import JRRELPRecipe
from .relation_data import RelationData, read_relation_data
from .relation_system import RelationSystem


def train_jrrelp(
    recipe: JRRELPRecipe,
    folder: str | Path,
    data_path: str | Path | None = None,
    vectors_path: str | Path | None = None,
    parser: Parser | None = None,
    resume: bool = False,
    data: RelationData | None = None,
) -> RelationSystem:
    """Trains a relation extractor, with or without link prediction, and saves the run.

    Args:
        recipe: the settings; with `resume` those of the folder are used.
        folder: the run folder.
        data_path: where the data set lies; by default ``$GRAPHKG_DATA``.
        vectors_path: where the word vectors lie, likewise.
        parser: for trees and tags that the data lack; the bundled one by default. What it
            parses is kept, see :mod:`~graphkg.parsing.cache`.
        resume: go on with a training that was stopped.
        data: the data, if they were read already.

    Raises:
        InputError: a folder that holds something already, or nothing to resume.
    """
    from ..datasets.vectors import WordVectors
    from ..parsing import SpacyParser
    from ..parsing.cache import cached

    folder, recipe = begin_run(folder, "jrrelp", recipe, resume)
    if data is None:
        reader = cached(parser or SpacyParser())
        data = read_relation_data(recipe.data, data_path, reader, recipe.split_seed)
    vectors = WordVectors(vectors_path) if recipe.vectors else None
    system = RelationSystem.build(recipe, data, vectors)
    write_recipe(folder, "jrrelp", recipe, trained=False, data=data.protocol())
    result = fit(
        system.model,
        system.batches(data.train),
        recipe.train,
        lambda _: system.evaluate(data.valid).summary(),
        folder,
        resume,
    )
    system.training = result.summary()
    system.write(folder)
    return system
