"""Training of QIDN, from settings and data to a saved run folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..datasets.extraction import ExtractionData, read_extraction_data
from ..graphs import SentenceGraph
from ..graphs.sentence import OF
from ..nn.text_encoder import TextEncoder
from ..training import fit
from .base import begin_run, write_recipe
from .qidn import QIDNRecipe
from .qidn_system import QIDNSystem


def read_qidn_data(recipe: QIDNRecipe, path: str | Path | None = None) -> ExtractionData:
    """Reads the data that the settings name, with validation sentences held out if they say so.

    Args:
        recipe: the settings.
        path: where the data set lies; by default below ``$GRAPHKG_DATA``. For a folder, where it
            lies now.

    Raises:
        InputError: an unknown name, or data that are missing or malformed.
    """
    data = read_extraction_data(recipe.data, path, recipe.match)
    if not recipe.held_out:
        return data
    return data.held_out(recipe.held_out, recipe.held_out_of)


def train_qidn(
    recipe: QIDNRecipe,
    folder: str | Path,
    data_path: str | Path | None = None,
    resume: bool = False,
    data: ExtractionData | None = None,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> QIDNSystem:
    """Trains QIDN and saves the run.

    The best epoch has the highest F1 of triples on the validation sentences, by the rule of the
    data; without such sentences it is the last. What training leaves out is counted (see
    :func:`left_out`); validation and test leave out nothing.

    Args:
        recipe: the settings; with `resume` those of the folder are used.
        folder: the run folder.
        data_path: where the data set lies, see :func:`read_qidn_data`.
        resume: go on with a training that was stopped.
        data: the data, if they were read already.
        encoder: the encoder; by default that of the settings.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: a folder that holds something already, or nothing to resume; data without
            training sentences, or settings that do not fit.
    """
    folder, recipe = begin_run(folder, "qidn", recipe, resume)
    data = data or read_qidn_data(recipe, data_path)
    graphs = data.part("train")
    system = QIDNSystem.build(recipe, data, encoder, tokenizer)
    system.name = folder.resolve().name
    batches = system.batches(graphs)
    dropped = left_out(batches.dataset, recipe.num_queries)
    write_recipe(folder, "qidn", recipe, trained=False, data=system.data)
    valid = data.valid
    validate = (lambda _: system.evaluate(valid).summary()) if valid else None
    result = fit(system.model, batches, recipe.train, validate, folder, resume)
    system.training = {**result.summary(), "left_out": dropped}
    system.write(folder)
    return system


def left_out(examples: Sequence[SentenceGraph], num_queries: int) -> dict[str, int]:
    """Counts the gold triples that training cannot learn; scores count them all the same.

    Args:
        examples: sentences with ids and pieces.
        num_queries: most triples of a sentence.

    Returns:
        ``absent``, with an end that does not occur in the text; ``outside``, with an end behind
        the last piece; ``surplus``, beyond the number of queries in their sentence.
    """
    counts = {"absent": 0, "outside": 0, "surplus": 0}
    for graph in examples:
        read = set(graph[OF].edge_index[1].tolist())
        ends = [(m.start, m.end, m.kind) for m in graph.mentions]
        distinct = {(ends[s], relation, ends[o]) for s, o, relation in graph.pairs}
        inside = sum({s[0], s[1] - 1, o[0], o[1] - 1} <= read for s, _, o in distinct)
        counts["absent"] += len(graph.labels.off_graph)
        counts["outside"] += len(distinct) - inside
        counts["surplus"] += max(0, inside - num_queries)
    return counts
