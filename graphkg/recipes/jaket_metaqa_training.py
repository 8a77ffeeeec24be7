"""Training of JAKET on MetaQA, from settings and data to a saved run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..datasets.metaqa import MetaQA
from ..datasets.questions import draw_descriptions
from ..nn.text_encoder import TextEncoder
from ..training import fit
from .base import begin_run, write_recipe
from .jaket_linked import started
from .jaket_metaqa import MetaQARecipe
from .jaket_metaqa_build import described_graph
from .jaket_metaqa_data import learned_questions, read_metaqa
from .jaket_metaqa_questions import QuestionBatches
from .jaket_metaqa_system import SYSTEM, MetaQASystem


def train_metaqa(
    recipe: MetaQARecipe,
    folder: str | Path,
    data_path: str | Path | None = None,
    resume: bool = False,
    data: MetaQA | None = None,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> MetaQASystem:
    """Trains JAKET on questions of MetaQA and saves the run.

    An entity is described by a drawn question of training that asks about it, as in the paper; one
    without by its name.

    Args:
        recipe: the settings; with `resume` those of the folder are used.
        folder: the run folder.
        data_path: the folder of MetaQA; by default that of the settings.
        resume: go on with a training that was stopped.
        data: MetaQA, if it was read already, with the share of the settings.
        encoder: the encoder; by default that of the settings.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: a folder that holds something already, or nothing to resume; data or settings
            that do not fit.
    """
    folder, recipe = begin_run(folder, SYSTEM, started(recipe), resume)
    data = data or read_metaqa(recipe, data_path)
    questions = learned_questions(recipe, data)
    texts = draw_descriptions(questions, data.entities, recipe.share_seed)
    system = MetaQASystem.build(recipe, described_graph(data, texts), encoder, tokenizer)
    chosen = "dev" if recipe.learn_from == "train" else f"{recipe.held_out:g} of dev"
    system.data = {
        **data.protocol(),
        "learned_from": f"{questions.name}, {len(questions)} questions",
        "epoch_chosen_on": chosen if recipe.chooses else "nothing: the last",
        "described_by_a_question": len(texts),
    }
    system.name = folder.resolve().name
    write_recipe(folder, SYSTEM, recipe, trained=False, data=system.data)
    batches = QuestionBatches(
        system.parts.reader(questions),
        recipe.train.batch_size,
        recipe.neighbourhood == "full",
        recipe.train_candidates,
        recipe.answers == "sampled",
    )
    validate = (lambda _: system.score(data, "valid").summary()) if recipe.chooses else None
    result = fit(system.model, batches, recipe.train, validate, folder, resume)
    system.training = result.summary()
    system.write(folder)
    return system
