"""Small files for a pipeline: float16 weights and int8 vectors on disk, float32 in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

STEP = 1 / 32
"""What an int8 vector counts."""


def reduce_precision(nlp: Language) -> Language:
    """Casts the weights to float16 and the vectors to int8, in place, to be saved so.

    Args:
        nlp: a pipeline, of no use until :func:`restore_precision`.
    """
    import numpy as np

    for node, name, value in _weights(nlp):
        if value.dtype == np.float32:
            node.set_param(name, value.astype("float16"))
    vectors = nlp.vocab.vectors
    if vectors.data.dtype == np.float32:
        vectors.data = np.rint(vectors.data / STEP).clip(-127, 127).astype("int8")
    return nlp


def restore_precision(nlp: Language) -> Language:
    """Casts what :func:`reduce_precision` cast back to float32, in place; others stay as they are.

    Args:
        nlp: a pipeline just loaded.

    Example:
        >>> import spacy
        >>> from graphkg.parsing.spacy_parser import BUNDLED
        >>> doc = restore_precision(spacy.load(BUNDLED))("Anna saw two dogs.")
    """
    import numpy as np

    for node, name, value in _weights(nlp):
        if value.dtype == np.float16:
            node.set_param(name, value.astype("float32"))
    vectors = nlp.vocab.vectors
    if getattr(getattr(vectors, "data", None), "dtype", None) == np.int8:
        vectors.data = vectors.data.astype("float32") * np.float32(STEP)
    return nlp


def _weights(nlp: Language) -> Iterator[tuple[Any, str, Any]]:
    """The layers of all parts, with the name and the value of each of their arrays."""
    for _, pipe in nlp.components:
        model: Any = getattr(pipe, "model", None)
        for node in model.walk() if hasattr(model, "walk") else ():
            for name in node.param_names:
                if node.has_param(name):
                    yield node, name, node.get_param(name)
