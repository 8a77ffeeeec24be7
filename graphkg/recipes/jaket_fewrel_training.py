"""Training of JAKET on FewRel, from settings and data to a saved run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..datasets.fewshot import FewRel
from ..datasets.triples import TripleData
from ..nn.text_encoder import TextEncoder
from ..sampling import EpisodeSampler
from ..training import fit
from .base import begin_run, write_recipe
from .jaket_fewrel import FewRelRecipe
from .jaket_fewrel_build import read_fewrel_graph
from .jaket_fewrel_data import learned_relations, read_fewrel
from .jaket_fewrel_episodes import EpisodeBatches
from .jaket_fewrel_system import SYSTEM, FewRelSystem
from .jaket_linked import started


def train_fewrel(
    recipe: FewRelRecipe,
    folder: str | Path,
    data_path: str | Path | None = None,
    resume: bool = False,
    data: FewRel | None = None,
    graph: TripleData | None = None,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> FewRelSystem:
    """Trains PAIR on episodes of FewRel and saves the run.

    Args:
        recipe: the settings; with `resume` those of the folder are used.
        folder: the run folder.
        data_path: the folder of FewRel; by default that of the settings.
        resume: go on with a training that was stopped.
        data: FewRel, if it was read already.
        graph: the graph, likewise.
        encoder: the encoder; by default that of the settings.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: a folder that holds something already, or nothing to resume; data, a graph or
            settings that do not fit.
    """
    folder, recipe = begin_run(folder, SYSTEM, started(recipe), resume)
    data = data or read_fewrel(recipe, data_path)
    relations = learned_relations(recipe, data)
    sizes = recipe.ways, recipe.shots, recipe.queries
    sampler = EpisodeSampler(relations, *sizes, recipe.train.seed)
    graph = (graph or read_fewrel_graph(recipe)) if recipe.reads_graph else None
    system = FewRelSystem.build(recipe, graph, encoder, tokenizer)
    reader = system.parts.reader(data.train, recipe.lower_case)
    linked = round(reader.sentences.linked, 4) if graph else 0.0
    facts = {"relations": len(relations), "mentions_linked": linked}
    system.data = {**system.data, "train": facts}
    system.name = folder.resolve().name
    write_recipe(folder, SYSTEM, recipe, trained=False, data=system.data)
    batches = EpisodeBatches(sampler, reader, recipe.episodes, recipe.train.batch_size)
    validate = (lambda _: system.score(data, "valid").summary()) if recipe.chooses else None
    result = fit(system.model, batches, recipe.train, validate, folder, resume)
    system.training = result.summary()
    system.write(folder)
    return system
