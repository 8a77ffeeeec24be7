"""Training of LP-BERT: stage 1 (what was masked), then stage 2 (which entity answers)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..datasets.triples import TripleData, read_triple_data
from ..graphs import KnowledgeGraph
from ..models.lp_bert_pretraining import LPBERTPretraining
from ..nn.text_encoder import TextEncoder
from ..training import fit
from ..training.batches import QueryBatches, RowBatches
from ..training.module import Validate
from ..training.saving import new_folder, read_weights, write_weights
from ..transforms import MaskTriples
from ..transforms.mask_triples import MaskedTriples
from .base import begin_run, write_recipe
from .long_ranking import subset_places
from .lp_bert import LPBERTRecipe
from .lp_bert_system import LPBERTSystem
from .ranking_system import triple_ids

STAGE_1 = "pretraining"
MASKING_SEED = 13


class MaskedBatches:
    """Shuffled batches of triples, masked anew each epoch.

    Args:
        triples: [E, 3].
        size: triples a batch.
        mask: draws the masks.
    """

    def __init__(self, triples: Tensor, size: int, mask: MaskTriples):
        self.rows, self.mask = RowBatches(triples, size), mask

    def __iter__(self) -> Iterator[MaskedTriples]:
        for rows in self.rows:
            yield self.mask(rows)

    def __len__(self) -> int:
        return len(self.rows)


def train_lp_bert(
    recipe: LPBERTRecipe,
    folder: str | Path,
    data_path: str | Path | None = None,
    resume: bool = False,
    data: TripleData | None = None,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> LPBERTSystem:
    """Trains LP-BERT and saves the run.

    The best epoch of stage 2 has the highest monitored metric on the validation triples (or on
    `valid_subset` of them), filtered, both sides; without validation triples it is the last.

    Args:
        recipe: the settings; with `resume` those of the folder are used.
        folder: the run folder; stage 1 has a folder of its own in it.
        data_path: where the data set lies; by default ``$GRAPHKG_DATA``.
        resume: go on with a training that was stopped, in either stage.
        data: the data, if they were read already.
        encoder: the encoder; by default that of the settings.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: a folder that holds something already, or nothing to resume.
    """
    folder, recipe = begin_run(folder, "lp-bert", recipe, resume)
    data = data or read_triple_data(recipe.data, data_path)
    system: LPBERTSystem = LPBERTSystem.build(recipe, data, encoder, tokenizer)
    system.name = folder.resolve().name
    write_recipe(folder, "lp-bert", recipe, trained=False, data=system.data)
    if recipe.pretraining:
        pretrain(system, folder / STAGE_1, resume)
    graph = data.train.with_inverses() if recipe.inverse_relations else data.train
    shuffled = QueryBatches if recipe.whole_queries else RowBatches
    batches = shuffled(triple_ids(graph), recipe.train.batch_size)
    validate = _validate(system) if data.valid.heads.numel() else None
    result = fit(system.model, batches, recipe.train, validate, folder, resume)
    system.training = result.summary()
    system.write(folder)
    return system


def pretrain(system: LPBERTSystem, folder: Path, resume: bool = False) -> None:
    """Stage 1: trains the system's encoder on masked texts, or reads it if that was done.

    The heads are dropped; what stage 1 came to is in the folder's ``log.jsonl``.
    """
    recipe, model = system.recipe, system.model
    if not (folder / "encoder").is_dir():
        stage = LPBERTPretraining(model.encoder, recipe.head_norm, recipe.budget)
        limit = min(recipe.pretrain_length, model.encoder.max_length)
        texts = replace(model.texts, limit=limit)
        mask = MaskTriples(texts, model.encoder.embedding.num_embeddings, recipe.pretraining)
        rows = triple_ids(system.triples.train)
        batches = MaskedBatches(rows, recipe.pretrain.batch_size, mask)
        valid = triple_ids(system.triples.valid)
        likelihood = _likelihood(valid, mask, recipe.pretrain.batch_size) if len(valid) else None
        fit(stage, batches, recipe.pretrain, likelihood, folder, resume)
        with new_folder(folder / "encoder", replace=True) as beside:
            write_weights(stage.encoder, beside)
    read_weights(model.encoder, folder / "encoder")
    if model.tail_encoder is not None:
        read_weights(model.tail_encoder, folder / "encoder")


def _validate(system: LPBERTSystem) -> Validate:
    rows = triple_ids(system.triples.valid)
    kept = rows[subset_places(len(rows), system.recipe.valid_subset)]
    graph = KnowledgeGraph.from_ids(
        kept[:, [0, 2]].t(), kept[:, 1], system.triples.entities, system.triples.relations
    )
    return lambda _: system.evaluate(graph).summary()


def _likelihood(rows: Tensor, mask: MaskTriples, size: int) -> Validate:
    """Minus the loss on validation triples, whose masks are drawn once."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(MASKING_SEED)
        batches = [mask(part) for part in rows.split(size)]

    def validate(model: LPBERTPretraining) -> dict[str, float]:
        device = next(model.parameters()).device
        found = [model.losses(batch.to(device)) for batch in batches]
        means = {
            name: sum(float(losses[name]) for losses in found) / len(found) for name in found[0]
        }
        return {"likelihood": -sum(means.values()), **means}

    return validate
