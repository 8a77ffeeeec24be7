"""A small encoder of one's own: word pieces learned from texts, weights drawn at random."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch

from ..datasets.triples import TripleData
from ..nn.encoder_files import transformers
from ..training.saving import new_folder
from .node_texts import entity_text, relation_text

SPECIAL = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}


def small_encoder(
    texts: Iterable[str],
    folder: str | Path,
    pieces: int = 2000,
    dim: int = 64,
    layers: int = 2,
    heads: int = 4,
    length: int = 128,
    seed: int = 0,
) -> Path:
    """Makes the folder of an untrained BERT whose word pieces are those of the texts.

    For graphs whose texts no pretrained encoder knows, and for work without any: pre-training on
    the graph's own texts (LP-BERT's stage 1) starts from it.

    Args:
        texts: what the pieces are learned from.
        folder: a new folder.
        pieces: most pieces of the vocabulary.
        dim: width H; the inner layers have 4 H.
        layers: of the encoder.
        heads: of each layer; they divide `dim`.
        length: most pieces of a text.
        seed: of the weights.

    Returns:
        The folder, to be given as ``encoder``.

    Raises:
        InputError: a folder that is there and is not empty.
    """
    library = transformers()
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token=SPECIAL["unk"]))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=pieces, special_tokens=list(SPECIAL.values()), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    named = {f"{name}_token": token for name, token in SPECIAL.items()}
    fast = library.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named)
    config = library.BertConfig(
        vocab_size=len(fast),
        hidden_size=dim,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=4 * dim,
        max_position_embeddings=length,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = library.AutoModel.from_config(config)
    with new_folder(folder) as beside:
        model.save_pretrained(beside)
        fast.save_pretrained(beside)
    return Path(folder)


def texts_of(data: TripleData) -> list[str]:
    """Returns the texts of a graph's entities and relations."""
    entities = [entity_text(data, label) for label in data.entities]
    return [*entities, *(relation_text(data, label) for label in data.relations), "reversed"]
