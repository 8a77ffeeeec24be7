"""Dates, times, durations, numbers and amounts by rule, as spans of tokens.

The rules read the text of a sentence, written (``$3.5 million``, ``two-year``) or as tokens joined
by spaces (``$ 3.5 million``, ``two - year``), and give the tokens that a match covers exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Span = tuple[int, int, str]

VALUE_KINDS = ("DATE", "TIME", "DURATION", "MONEY", "PERCENT", "ORDINAL", "NUMBER")

G, S = r"\s{0,3}", r"\s{1,3}"
"""A gap and a space: white space may be a token of its own, as in ``7 \xa0 am``."""
LONG_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
MONTHS = rf"(?:{LONG_MONTHS}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b{G}\.?)"
DAYS = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
ON = rf"(?:{DAYS}{G},?{S})"
SEASON = r"(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)"
MID = rf"(?:[Mm]id{G}-?{G})"
ERA = rf"(?:{G}(?:BCE?|AD|CE)\b)"
UNIT = (
    rf"(?:km|mi|cm|mm|nm|m|ft|ha|kg|mph|km{G}/{G}h|[MkG]?W|km²|m²|°{G}[CF]"
    rf"|(?:(?:square|cubic|air){S})?(?:kilo|centi|milli)?met(?:er|re)s?|miles?|feet|foot|inch(?:es)?"
    r"|yards?|acres?|hectares?|tons?|tonnes?|kilograms?|litres?|liters?|copies)"
)
YEAR = rf"(?:(?:1\d|20)\d\d(?:[-–/]\d\d)?{ERA}?(?!{G}{UNIT}\b))"
DAY = rf"(?:(?:[12]\d|3[01]|0?[1-9])(?:{G}(?:st|nd|rd|th))?)"
DASH = rf"{G}[-–]{G}"

SMALL = "one|two|three|four|five|six|seven|eight|nine"
TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
SCALE = r"(?:hundred|thousand|million|billion|trillion|dozen)"
SPELT = rf"(?:(?:{TENS})(?:[\s-]{{1,3}}(?:{SMALL}))?|{TEENS}|{SMALL})"
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
AMOUNT = rf"(?:(?:{DIGITS}|{SPELT})(?:[\s-]{{1,3}}{SCALE})*)"
RANGE = rf"(?:{AMOUNT}(?:{DASH}{DIGITS})?)"

ORDINALS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth"
    "|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|hundredth"
)
NTH = rf"(?:\d+{G}(?:st|nd|rd|th)|(?:(?:{TENS}){G}-{G})?(?:{ORDINALS}))"
PERIOD = r"(?:(?:second|minute|hour|day|week|month|year|decade|century)s?|centuries)"
CURRENCY = rf"(?:(?:US|C|A|HK|NZ)?{G}[$£€¥]|USD|EUR|GBP|DKK)"

RULES: tuple[tuple[str, str], ...] = (
    ("DATE", rf"{ON}?{DAY}(?:{DASH}{DAY})?(?:{S}of)?{S}{MONTHS}(?:{G},?{G}\d{{3,4}}\b)?"),
    ("DATE", rf"{ON}?{MONTHS}{S}{DAY}\b(?:{DASH}{DAY}\b)?(?:{G},{G}\d{{3,4}}|{S}{YEAR})?"),
    ("DATE", rf"(?:{SEASON}|{MONTHS})(?:{S}of|{G},)?{S}{YEAR}"),
    ("DATE", r"\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.](?:\d\d){1,2}"),
    ("DATE", rf"{MID}?{NTH}[\s-]{{1,3}}(?:century|centuries|millennium|millennia){ERA}?"),
    ("DATE", rf"{MID}?(?:1\d|20)\d0{G}['’]?s|(?<=[Tt]he\s)['’]?\d0{G}['’]?s"),
    ("DATE", rf"{MID}?{YEAR}|\d{{1,4}}{ERA}|AD{S}\d{{1,4}}"),
    ("DATE", rf"{DAYS}|(?!March|May){LONG_MONTHS}"),
    ("DATE", r"(?:(?<=[Ii]n\s)|(?<=[Ss]ince\s)|(?<=[Uu]ntil\s))(?:May|March)"),
    ("TIME", rf"\d{{1,2}}(?:{G}:{G}\d\d){{1,2}}{G}(?:[ap]{G}\.?{G}m\b{G}\.?|[AP]M\b)?"),
    ("TIME", rf"(?:\d{{1,2}}|{SPELT}){G}(?:[ap]\.?m\b\.?|[AP]M\b|o{G}['’]clock)|midnight|noon"),
    ("DURATION", rf"(?i:{RANGE}(?:{S}and{S}a{S}half)?[\s-]{{1,3}}{PERIOD})"),
    ("MONEY", rf"{CURRENCY}{G}{DIGITS}(?:{DASH}{DIGITS})?(?:{G}{SCALE}|{G}(?:bn|[mMkKbB])\b)?"),
    ("MONEY", rf"(?i:{AMOUNT}{S}(?:dollars?|euros?|pounds?|cents?|francs?|yen|rupees?|rubles?))"),
    ("PERCENT", rf"(?i:{RANGE}{G}(?:%|percent\b|per{S}cent\b))"),
    ("ORDINAL", rf"(?i:{NTH})"),
    ("NUMBER", rf"(?i:{RANGE}{G}{UNIT}\b|(?!one\b)(?!{YEAR}{DASH}{YEAR}){RANGE})"),
)
_HINT = re.compile(
    rf"\d|{DAYS}|{MONTHS}|\b(?i:{SMALL}|{TEENS}|{TENS}|{ORDINALS}|midnight|noon)\b"
)  # a text without a hint holds no value: most sentences are done here
COMPILED = tuple((kind, re.compile(rf"(?<![\w.,$])(?:{rule})(?![\w%])")) for kind, rule in RULES)


def find_values(text: str, chars: Sequence[tuple[int, int]]) -> list[Span]:
    """Finds values in a sentence; of overlapping matches the longest one stays, then the first.

    Args:
        text: the sentence.
        chars: character span in `text` of each token, in order.

    Returns:
        ``(start, end, kind)``: half-open token spans in order, without overlap. A match that does
        not begin and end with tokens is dropped.

    Example:
        >>> find_values("It cost $ 5 in May 2001", [(0, 2), (3, 7), (8, 9), (10, 11), (12, 14),
        ...             (15, 18), (19, 23)])
        [(2, 4, 'MONEY'), (5, 7, 'DATE')]
    """
    if not _HINT.search(text):
        return []
    starts = {start: number for number, (start, end) in enumerate(chars) if end > start}
    ends = {end: number + 1 for number, (start, end) in enumerate(chars) if end > start}
    found: list[tuple[int, int, Span]] = []
    for order, (begin, end, kind) in enumerate(_matches(text)):
        if begin in starts and end in ends and starts[begin] < ends[end]:
            found.append((begin - end, order, (starts[begin], ends[end], kind)))
    kept: list[Span] = []
    for _, _, span in sorted(found):
        if all(span[1] <= other[0] or span[0] >= other[1] for other in kept):
            kept.append(span)
    return sorted(kept)


def merge_values(
    mentions: Sequence[Span], values: Sequence[Span], words: Sequence[str]
) -> list[Span]:
    """Joins a model's mentions with values: the model wins an overlap, with one exception.

    A longer value with a digit in it that covers the model's mention replaces it: ``May 5, 2003``
    against the month read as a name.
    """
    kept = list(mentions)
    added: list[Span] = []
    for value in values:
        rivals = [span for span in kept if value[0] < span[1] and span[0] < value[1]]
        covers = all(
            value[0] <= start and end <= value[1] and end - start < value[1] - value[0]
            for start, end, _ in rivals
        )
        digits = any(sign.isdigit() for word in words[value[0] : value[1]] for sign in word)
        if not rivals or (covers and digits):
            kept = [span for span in kept if span not in rivals]
            added.append(value)
    return sorted(kept + added)


def _matches(text: str) -> Iterator[tuple[int, int, str]]:
    for kind, rule in COMPILED:
        for match in rule.finditer(text):
            begin, end = match.span()
            while end > begin and text[end - 1].isspace():
                end -= 1
            yield begin, end, kind
