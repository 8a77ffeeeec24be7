"""A small encoder of one's own: word pieces learned from texts, weights drawn at random."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

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
    tokenizer = _word_pieces(list(texts), pieces)
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


def _word_pieces(texts: list[str], pieces: int) -> Any:
    """Learns pieces, the same ones again: ties go by the numbers of the letters inside a word.

    The trainer numbers these in the order of a random hash, unless it is given them beforehand.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    def empty(**vocab: dict[str, int]) -> Any:
        tokenizer = Tokenizer(models.WordPiece(unk_token=SPECIAL["unk"], **vocab))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        return tokenizer

    learner = empty()
    inside: set[str] = set()
    for text in texts:
        plain = learner.normalizer.normalize_str(text)
        for word, _ in learner.pre_tokenizer.pre_tokenize_str(plain):
            inside.update(word[1:])
    given = [*SPECIAL.values(), *(f"##{letter}" for letter in sorted(inside))]
    learner.train_from_iterator(
        texts,
        trainers.WordPieceTrainer(vocab_size=pieces, special_tokens=given, show_progress=False),
    )
    return empty(vocab=learner.get_vocab())


def texts_of(data: TripleData) -> list[str]:
    """Returns the texts of a graph's entities and relations."""
    entities = [entity_text(data, label) for label in data.entities]
    return [*entities, *(relation_text(data, label) for label in data.relations), "reversed"]
