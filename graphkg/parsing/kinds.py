"""Entity kinds: one set of names for what different parsers call differently."""

from __future__ import annotations

MODEL_KINDS = ("PERSON", "ORGANIZATION", "LOCATION", "MISC")

_SAME = {
    "PERSON": ("PER",),
    "ORGANIZATION": ("ORG", "ORGANISATION"),
    "LOCATION": ("LOC", "GPE", "FAC", "FACILITY", "NORP"),
    "MISC": ("EVENT", "PRODUCT", "WORK_OF_ART", "LAW", "LANGUAGE", "OTH"),
    "NUMBER": ("CARDINAL", "QUANTITY", "NUM"),
}
KINDS = {other: kind for kind, others in _SAME.items() for other in others}


def kind_of(label: str) -> str:
    """Our name of an entity label of OntoNotes, CoNLL-2003 or UNER; other labels stay.

    Demonyms (NORP, "German") are LOCATION: relations are learnt on Re-DocRED, which marks them so.

    Example:
        >>> kind_of("GPE"), kind_of("per"), kind_of("DATE")
        ('LOCATION', 'PERSON', 'DATE')
    """
    label = label.upper()
    return KINDS.get(label, label)
