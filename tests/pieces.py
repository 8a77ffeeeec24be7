"""A tokenizer and an encoder small enough to train in a test, of no pretrained weights."""

from __future__ import annotations

from pathlib import Path

import torch

from graphkg.graphs import SentenceGraph
from graphkg.nn import TextEncoder

WORDS = "a b c d e f g h i j k l the city of fell : left today born there Ann Lee Rome ( )".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, "Ro", "##me", "##ville", "in", "[MASK]"]


def tiny_tokenizer():
    """Word pieces of the sentences in ``cases.py``; "Romeville" is two pieces, "zzz" unknown."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    ids = {piece: number for number, piece in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]"}
    names["mask"] = "[MASK]"
    named = {f"{name}_token": token for name, token in names.items()}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named)


def tiny_encoder(pooling: str = "pooler", dim: int = 10, **options) -> TextEncoder:
    """Two layers of BERT over the vocabulary of :func:`tiny_tokenizer`."""
    from transformers import BertConfig

    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=dim,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        **options,
    )
    return TextEncoder.from_config(config, pooling)


def tiny_encoder_folder(folder: Path, **options) -> str:
    """Writes an encoder and its tokenizer as ``from_pretrained`` reads them."""
    torch.manual_seed(0)
    tiny_encoder(**options).model.save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return str(folder)


def mask_ids(graphs: list[SentenceGraph]) -> dict[str, int]:
    """Ids behind the vocabulary for the masks of substituted sentences."""
    words = dict.fromkeys(word for graph in graphs for word in graph.words)
    masks = [word for word in words if word.startswith(("SUBJ-", "OBJ-"))]
    return {mask: len(VOCABULARY) + number for number, mask in enumerate(masks)}
