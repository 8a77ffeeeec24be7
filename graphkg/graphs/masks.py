"""The words that stand for a mention whose own words are hidden: ``SUBJ-PERSON``, ``OBJ-CITY``."""

from __future__ import annotations


def subject_mask(kind: str) -> str:
    """Returns the word that replaces each word of a subject of this kind."""
    return f"SUBJ-{kind}"


def object_mask(kind: str) -> str:
    """Returns the word that replaces each word of an object of this kind."""
    return f"OBJ-{kind}"
