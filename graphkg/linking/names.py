"""What makes two names the same: spelling without case, article, possessive and punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

VALUES = frozenset({"DATE", "TIME", "DURATION", "MONEY", "PERCENT", "ORDINAL", "NUMBER"})
TITLES = frozenset("mr mrs ms miss dr prof professor sir dame".split())
LEGAL = frozenset("inc corp co ltd llc plc ag gmbh sa nv bv".split())
SMALL = frozenset("of the and for de la le du des und y in on at a".split())

POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$", re.IGNORECASE)
DELETED = re.compile(r"[.'’`´]")
SEPARATING = re.compile(r"[^\w\s]|_")
ACRONYM = re.compile(r"(?:[A-Z]\.?){2,8}")


def surface(text: str) -> str:
    """Returns a mention as it is shown: one line, without a possessive and a small article.

    Example:
        >>> surface("the World Bank's")
        'World Bank'
    """
    shown = POSSESSIVE.sub("", " ".join(text.split()))
    return shown.removeprefix("the ") or text.strip()


@lru_cache(maxsize=1 << 16)
def name_key(text: str, kind: str = "") -> str:
    """Returns the spelling by which names are compared.

    NFKC and case folding, no possessive, no leading article, no punctuation; a person's title and
    a firm's legal form are left out, if anything remains. Values (dates, numbers, ...) keep their
    punctuation: 1.5 is not 15.

    Example:
        >>> name_key("The U.S.'s"), name_key("Dr. Marie Curie", "PERSON"), name_key("1.5", "DATE")
        ('us', 'marie curie', '1.5')
    """
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if kind in VALUES:
        return folded
    bare = DELETED.sub("", POSSESSIVE.sub("", folded))
    words = SEPARATING.sub(" ", bare).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    if kind == "PERSON":
        while len(words) > 1 and words[0] in TITLES:
            words = words[1:]
    if kind == "ORGANIZATION":
        while len(words) > 1 and words[-1] in LEGAL:
            words = words[:-1]
    return " ".join(words) or folded


def acronym(text: str) -> str | None:
    """Returns the letters of an acronym (``U.N.`` -> ``un``), or ``None`` if `text` is none."""
    shown = surface(text)
    return shown.replace(".", "").casefold() if ACRONYM.fullmatch(shown) else None


def initials(text: str) -> set[str]:
    """Returns the acronyms that a name may have: with and without its small words.

    Example:
        >>> sorted(initials("University of Oxford"))
        ['uo', 'uoo']
    """
    words = SEPARATING.sub(" ", surface(text).casefold()).split()
    if len(words) < 2 or acronym(text):
        return set()
    great = [word for word in words if word not in SMALL]
    return {"".join(word[0] for word in kept) for kept in (words, great) if len(kept) > 1}
