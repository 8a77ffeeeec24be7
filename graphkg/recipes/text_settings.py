"""What the settings of every text model of a knowledge graph share."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..training import Settings


class TextSettings(Settings):
    """Settings of the data, the texts and the encoder.

    Attributes:
        data: a known set (``wn18rr``, ``fb15k-237``, ``umls``, ...) or a folder of triples.
        encoder: ``minilm``, a folder, or ``hub:owner/name``.
        pooling: what a text's vector is: ``pooler``, ``cls`` or ``mean``.
        dropout: of the encoder's layers and attention; ``None`` = as it was trained.
        descriptions: whether the description stands beside the name of an entity.
        lower_case: texts in lower case before they are tokenised.
        inverse: what stands before the text of an inverse relation.
        max_length: most pieces of a sequence.
        budget: places, padding included, of one pass of the encoder; ``None`` = by the device.
    """

    data: str = "umls"
    encoder: str = "minilm"
    pooling: Literal["pooler", "cls", "mean"] = "pooler"
    dropout: float | None = Field(None, ge=0, lt=1)
    descriptions: bool = True
    lower_case: bool = False
    inverse: str = "reversed "
    max_length: int = Field(128, ge=8)
    budget: int | None = Field(None, ge=1)
