"""Which texts stand for the entities and relations of a data set."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..datasets.triples import TripleData
from ..errors import DataWarning
from ..graphs import GraphTexts
from .text_settings import TextSettings


class NewEntity(NamedTuple):
    """An entity that no file knows.

    Attributes:
        name: what it is called; also its label.
        description: what is said of it.
        types: of the entity types of the data; with one it is among the candidates of that type.
    """

    name: str
    description: str = ""
    types: tuple[str, ...] = ()


def read_texts(data: TripleData, settings: TextSettings, tokenizer: Any) -> GraphTexts:
    """Tokenises the texts of a data set's entities and relations.

    The text of an entity is its name and its description; where the table has one text for both
    ("name, definition"), that text. An entity without either is read by its label, its underscores
    as spaces; ``counts`` tells how many those are, and how many texts are cut.
    """
    entities, names = entity_texts(data, data.entities.labels, settings)
    relations = [_cased(relation_text(data, label), settings) for label in data.relations]
    texts = GraphTexts.from_texts(
        entities, names, relations, tokenizer, settings.max_length, settings.inverse
    )
    known = data.entity_names.keys() | data.entities.descriptions.keys()
    without = sum(label not in known for label in data.entities)
    texts.counts["without_text"] = without
    return texts


def entity_texts(
    data: TripleData, labels: Sequence[str], settings: TextSettings
) -> tuple[list[str], list[str]]:
    """Returns the texts of entities, and their short names, as the settings want them."""
    texts = [_cased(entity_text(data, label, settings.descriptions), settings) for label in labels]
    return texts, [_cased(short_name(data, label), settings) for label in labels]


def entity_text(data: TripleData, label: str, descriptions: bool = True) -> str:
    """Returns what an entity's vector is made from."""
    name = data.entity_names.get(label) or _plain(label)
    description = data.entities.descriptions.get(label, "")
    if not descriptions:
        return short_name(data, label)
    if not description or description == name:
        return name
    return description if description.startswith(name) else f"{name}, {description}"


def relation_text(data: TripleData, label: str) -> str:
    """Returns what a relation is read by: its name, or its label as words."""
    return _plain(data.relation_names.get(label) or label)


def short_name(data: TripleData, label: str) -> str:
    """Returns the name of an entity: of "name, definition" and "name -- text" the first part."""
    name = data.entity_names.get(label)
    if not name:
        return _plain(label)
    if name == data.entities.descriptions.get(label):
        name = name.split(" -- ")[0].split(", ")[0]
    return name


def _cased(text: str, settings: TextSettings) -> str:
    return text.lower() if settings.lower_case else text


def _plain(label: str) -> str:
    """A label as words: ``_derivationally_related_form`` -> ``derivationally related form``."""
    return " ".join(label.replace("/", " ").replace("_", " ").split()) or label


def warn_of_texts(texts: GraphTexts, name: str) -> None:
    """Warns of entities without a text and of texts that are cut."""
    total = texts.num_entities
    if without := texts.counts["without_text"]:
        message = f"{without} of {total} entities of {name} have no text: their labels are read"
        warnings.warn(message, DataWarning, stacklevel=2)
    if cut := texts.counts["cut"]:
        message = f"the texts of {cut} of {total} entities of {name} are longer than max_length="
        message += f"{texts.limit} pieces and are cut"
        warnings.warn(message, DataWarning, stacklevel=2)
