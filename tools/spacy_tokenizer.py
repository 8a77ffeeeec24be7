"""The tokenizer of the bundled pipeline: spaCy's English rules, patched towards UD English EWT.

The patch is data only (regular expressions and exceptions), so it is saved inside the pipeline and
needs no code when the pipeline is loaded. It was written from errors on the training part alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

RUNS = [rf"{re.escape(sign)}{{2,}}" for sign in "*=_-.#~<>+$"] + [r"[!?]{2,}"]
"""Runs of one sign, such as ``----`` or ``?!?``, stay one token."""

ALPHA = "A-Za-zÀ-ÖØ-öø-ɏЀ-ӿ"

WHOLE = re.compile(
    r"^(?:"
    r"\(?\d{3}\)?[-./]\d{3}[-.]\d{4}"  # 713-853-1411
    r"|\d{3}-\d{4}"  # 853-1411
    r"|\d{1,2}[-/]\w{3}[-/]\d{2,4}"  # 01-Feb-02
    r"|\d{1,2}/\d{1,2}(?:/\d{2,4})?"  # 11/20/2001, 24/7
    r"|\d{4}-\d{2}-\d{2}"  # 2001-11-20
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|https?://\S*[\w/]"
    r"|[bBwW]/[cCoO]|[nN]/[aA]|[xX]-?[rR]ays?|[tT]-shirts?|[eE]-mails?"
    r")$"
)


def patch_tokenizer(nlp: Language) -> Language:
    """Replaces the affix rules of ``nlp.tokenizer``; a ``before_init`` callback of the training."""
    from spacy.symbols import ORTH
    from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

    defaults = nlp.Defaults
    infixes = [
        rule
        for rule in defaults.infixes or ()
        if not rule.startswith(r"(?<=[0-9])[+\-\*^]")  # ranges are covered below
    ]
    infixes += [
        rf"(?<=[{ALPHA}0-9])(?:-|–|—)(?=[{ALPHA}])",
        rf"(?<=[{ALPHA}])(?:-|–|—)(?=[{ALPHA}0-9])",
        r"(?<=[0-9])(?:-|–|—|\*|\^|\+)(?=[0-9])",
        rf"(?<=[{ALPHA}])/(?=[{ALPHA}])",
    ]
    tokenizer = nlp.tokenizer
    tokenizer.prefix_search = compile_prefix_regex(RUNS + list(defaults.prefixes or ())).search
    tokenizer.suffix_search = compile_suffix_regex(RUNS + list(defaults.suffixes or ())).search
    tokenizer.infix_finditer = compile_infix_regex(RUNS + infixes).finditer
    tokenizer.token_match = WHOLE.match
    rules = dict(tokenizer.rules)
    for word in ("and/or", "And/or", "AND/OR"):
        rules.pop(word, None)
    for word in ("etc.", "Ft.", "No."):
        rules[word] = [{ORTH: word}]
    tokenizer.rules = rules
    return nlp
