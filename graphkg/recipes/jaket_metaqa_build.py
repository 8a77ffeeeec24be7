"""EntityAnswers with its tokenizer and its graph: built from settings, written, read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..datasets.metaqa import MetaQA
from ..datasets.questions import Questions
from ..datasets.triples import TripleData
from ..errors import InputError
from ..graphs import Adjacency, KnowledgeGraph
from ..graphs.knowledge import EDGE
from ..models import JAKET, EntityAnswers
from ..nn.text_encoder import TextEncoder
from ..training.saving import read_weights
from ..transforms import ToPieces
from ..vocab import Vocabulary
from .encoders import read_encoder
from .jaket_build import (
    POOLING,
    changed_graph,
    describe_nodes,
    message_graph,
    new_model,
    start_model,
)
from .jaket_linked import LinkedTexts, read_memories, text_alone, without_graph
from .jaket_metaqa import RELATIONS, MetaQARecipe
from .jaket_metaqa_questions import QuestionReader
from .link_files import read_triple_files


@dataclass(frozen=True)
class MetaQAParts:
    """What an EntityAnswers in use is made of.

    Attributes:
        model: the model.
        tokenizer: of its encoder.
        graph: all triples are its training part; entities are described by questions.
        to_pieces: cuts questions.
        near: the neighbours of each entity, both ways, among which candidates are.
        texts: joins questions with the graph as it is read.
    """

    model: EntityAnswers
    tokenizer: Any
    graph: TripleData
    to_pieces: ToPieces
    near: Adjacency
    texts: LinkedTexts

    def reader(self, questions: Questions) -> QuestionReader:
        """Returns what makes batches of questions."""
        alone = self.model.model.knowledge is None
        return QuestionReader(questions, self.to_pieces, self.near, self.texts, alone)


def described_graph(data: MetaQA, texts: dict[str, str]) -> TripleData:
    """Returns the graph of MetaQA with what is said of entities (label -> text) and relations."""
    entities = Vocabulary(data.entities, descriptions=texts, name="entity")
    labels = data.relations.labels
    told = {label: RELATIONS[label] for label in labels if label in RELATIONS}
    relations = Vocabulary(labels, descriptions=told, name="relation")
    index, kind = data.graph[EDGE].edge_index, data.graph[EDGE].edge_type
    whole = KnowledgeGraph.from_ids(index, kind, entities, relations)
    none = KnowledgeGraph.from_ids(index[:, :0], kind[:0], entities, relations)
    names = {label: label for label in entities.labels}
    return TripleData("MetaQA", whole, none, none, entity_names=names)


def build_metaqa_parts(
    recipe: MetaQARecipe,
    graph: TripleData,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> MetaQAParts:
    """Builds an untrained model; `recipe.train.seed` draws new weights and random rows.

    Args:
        recipe: from :func:`.jaket_linked.started`.
        graph: of :func:`described_graph`.
        encoder: the encoder; by default that of the settings.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: an encoder or a run that is not there, or parts that do not fit.
    """

    def describe(tokenizer: Any) -> Any:
        return describe_nodes(graph, recipe, tokenizer)

    start = recipe if recipe.init else without_graph(recipe)
    jaket, tokenizer = start_model(start, describe, recipe.train.seed, encoder, tokenizer)
    return _assembled(recipe, jaket, tokenizer, graph)


def read_metaqa_parts(recipe: MetaQARecipe, folder: Path) -> MetaQAParts:
    """Reads what a system wrote; the caller has checked the checksums."""
    graph = read_triple_files(folder, "MetaQA")
    encoder, tokenizer = read_encoder(folder, POOLING)
    nodes = describe_nodes(graph, recipe, tokenizer)
    jaket = new_model(without_graph(recipe), nodes, recipe.train.seed, encoder, tokenizer)
    parts = _assembled(recipe, jaket, tokenizer, graph)
    read_weights(parts.model, folder)
    read_memories(parts.model.model, folder)
    parts.model.eval()
    return parts


def _assembled(
    recipe: MetaQARecipe, jaket: JAKET, tokenizer: Any, graph: TripleData
) -> MetaQAParts:
    if recipe.question_length > jaket.lower.max_length:
        raise InputError(
            f"question_length={recipe.question_length} was asked for, but the encoder reads at "
            f"most {jaket.lower.max_length} pieces"
        )
    jaket = jaket if recipe.reads_graph else text_alone(jaket, keep_descriptions=True)
    seed = recipe.train.seed
    kg = recipe.kg if recipe.reads_graph else "on"
    messages = message_graph(changed_graph(graph.train, kg, seed), recipe)
    return MetaQAParts(
        EntityAnswers(jaket, recipe.compared),
        tokenizer,
        graph,
        ToPieces(tokenizer, limit=recipe.question_length),
        Adjacency.of(graph.train, "both"),
        LinkedTexts(messages, recipe.fan_outs),
    )
