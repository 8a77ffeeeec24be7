"""The settings of JAKET: those of the model, which tasks share, and those of its pre-training."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..training import Settings, TrainSettings
from .base import settings_of
from .jaket_presets import PRESETS


class JAKETSettings(Settings):
    """What a model is made of; a task that begins with a pre-trained run takes these from it.

    Attributes:
        encoder: ``minilm``, a folder, or ``hub:owner/name`` (paper: RoBERTa-base).
        encoder_dropout: of the encoder's layers and attention; ``None`` = as it was trained.
        split_at: last layer of LM1; ``None`` = half of the layers (paper: 6 of 12).
        description_limit: pieces of a description that are read (paper: 64).
        knowledge_layers, knowledge_heads: of the knowledge module (paper: 2 and 8).
        composition: of a neighbour and its relation: ``add`` (paper), ``mult`` or ``mlp``.
        knowledge_dropout: of the knowledge module (paper: silent).
        share_attention: one attention vector for all heads of a layer, as the paper prints it.
        add_inverse: entities also hear the heads of their triples, by relations "inverse of ..."
            (paper: the tails alone).
        merge_layernorm: whether texts are normalised after entities are added (paper).
        whiten: whether rows of the memory are read whitened, see :class:`~graphkg.models.JAKET`
            (paper: no).
        budget: places, padding included, of one pass of LM1; ``None`` = by the device.
    """

    encoder: str = "minilm"
    encoder_dropout: float | None = Field(None, ge=0, lt=1)
    split_at: int | None = Field(None, ge=1)
    description_limit: int = Field(64, ge=3)
    knowledge_layers: int = Field(2, ge=1)
    knowledge_heads: int = Field(8, ge=1)
    composition: Literal["add", "mult", "mlp"] = "add"
    knowledge_dropout: float = Field(0.1, ge=0, lt=1)
    share_attention: bool = False
    add_inverse: bool = False
    merge_layernorm: bool = True
    whiten: bool = False
    budget: int | None = Field(None, ge=1)


KG = Literal["on", "off", "shuffled"]
"""What a run does with the graph: read it, leave it out, or deal its triples' tails out anew."""


class JAKETTaskSettings(JAKETSettings):
    """What the settings of every task have.

    Attributes:
        start: the paper's rows: ``encoder`` (without a graph), ``random`` (random memory, new
            knowledge module), ``memory`` (the memory of an encoder that was not pre-trained, new
            knowledge module) or ``jaket`` (all of a pre-trained run).
        init: the run folder that ``start=jaket`` begins with.
        kg: ``on``, ``off`` or ``shuffled``; ``start=encoder`` reads no graph anyway.
    """

    start: Literal["encoder", "random", "memory", "jaket"] = "memory"
    init: str | None = None
    kg: KG = "on"


class JAKETRecipe(JAKETSettings):
    """Settings of a pre-training; where the paper says something, the default is what it says.

    Attributes:
        data: a known set (``codex-s``, ...) or a folder of triples.
        held_out: share of the entities that are kept out, with their triples and texts, so that
            they make an unseen graph for entity classification.
        held_out_seed: draws them.
        texts: a file (``.jsonl`` with a key ``text``, or plain text, ``.gz`` or not) or a folder
            of them; ``None`` = the entities' own texts (CoDEx: ``extract``).
        text_length: most pieces of a chunk of a text (paper: 512).
        kg: ``on``, ``off`` (texts alone) or ``shuffled``.
        use_relations_in_pretraining: whether messages hold the relation's row (paper: no).
        memory: ``encoder`` (paper), ``random``, or ``off``: descriptions are encoded each step.
        momentum: of a refresh of the memory (paper: 0.8).
        refresh_initial, refresh_growth, refresh_repeats, refresh_maximum: when it is refreshed
            (paper: 10, 2, 3, 500), see :class:`~graphkg.stores.RefreshSchedule`.
        fan_outs: neighbours a hop (paper: 10 and 10).
        roots: entities a step, from random walks (paper: 16,384).
        walk_length: steps of a walk (paper: silent).
        edge_share: of the facts around the roots that are asked about (paper: silent).
        mask_target_edges: whether these carry no message (paper: silent).
        token_share, mention_share: of pieces and of linked mentions that are masked (paper: 0.15).
        mask_mention_tokens: whether a masked mention's pieces are masked, too.
        neighbours, random: candidates for a masked mention (paper: silent).
        weights: of the losses ``category``, ``relation``, ``token`` and ``entity``; 1 if absent.
        leave_out: relations (labels or names) that would give a category away; ``None`` = those
            named "instance of".
        valid_share: of texts and of labelled entities that are held back for validation.
        train: see :class:`~graphkg.training.TrainSettings`; ``batch_size`` is the texts a step
            (paper: 1,024), the groups of ``rates`` are ``encoder`` and ``knowledge``. The paper
            warms up the encoder's rate alone, here both rise.
    """

    data: str = "codex-s"
    held_out: float = Field(0.0, ge=0, lt=1)
    held_out_seed: int = 0
    texts: str | None = None
    text_length: int = Field(512, ge=8)
    kg: KG = "on"
    use_relations_in_pretraining: bool = False
    memory: Literal["encoder", "random", "off"] = "encoder"
    momentum: float = Field(0.8, ge=0, le=1)
    refresh_initial: int = Field(10, ge=1)
    refresh_growth: float = Field(2.0, ge=1)
    refresh_repeats: int = Field(3, ge=1)
    refresh_maximum: int = Field(500, ge=1)
    fan_outs: tuple[int, ...] = (10, 10)
    roots: int = Field(16384, ge=1)
    walk_length: int = Field(2, ge=1)
    edge_share: float = Field(0.15, ge=0, le=1)
    mask_target_edges: bool = True
    token_share: float = Field(0.15, ge=0, le=1)
    mention_share: float = Field(0.15, ge=0, le=1)
    mask_mention_tokens: bool = True
    neighbours: int = Field(10, ge=0)
    random: int = Field(50, ge=0)
    weights: dict[str, float] = {}
    leave_out: tuple[str, ...] | None = None
    valid_share: float = Field(0.05, ge=0, lt=1)
    train: TrainSettings = TrainSettings(
        epochs=8,
        batch_size=1024,
        optimizer="adamw",
        rate=1e-4,
        rates={"encoder": 1e-5, "knowledge": 1e-4},
        weight_decay=0.01,
        clip=1.0,
        schedule="linear",
        warmup=0.1,
        monitor="likelihood",
    )


def build_jaket_recipe(
    preset: str | None = None, changes: dict[str, Any] | None = None
) -> JAKETRecipe:
    """Returns the settings of a preset with some changed, see :func:`.base.settings_of`."""
    return settings_of(JAKETRecipe, "settings of jaket", PRESETS, preset, changes)
