"""Scores of the bundled spaCy pipeline on the test parts of EWT, UNER and Re-DocRED."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy_data import Sentence, read_treebank
from spacy_entities import docred_sentences, uner_sentences

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from graphkg.parsing import Parser

Row = tuple[tuple[int, int], str, str, tuple[int, int] | None, str]
"""Place of a word (characters without white space), UPOS, XPOS, place of its head, relation."""


def paragraphs(sentences: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    """Groups treebank sentences by paragraph."""
    held: list[Sentence] = []
    for sentence in sentences:
        if held and (sentence.opens or sentence.document != held[0].document):
            yield held
            held = []
        held.append(sentence)
    if held:
        yield held


def places(words: Iterable[str]) -> list[tuple[int, int]]:
    """Where words lie in their joined characters, white space left out."""
    found, start = [], 0
    for word in words:
        end = start + len("".join(word.split()))
        found.append((start, end))
        start = end
    return found


def gold_rows(sentences: list[Sentence]) -> tuple[list[Row], list[tuple[int, int]]]:
    """Words and sentence places of a gold paragraph."""
    rows: list[Row] = []
    spans, found = [], places(word for sentence in sentences for word in sentence.words)
    first = 0
    for sentence in sentences:
        own = found[first : first + len(sentence.words)]
        for place, row in zip(own, sentence.rows, strict=True):
            head = own[int(row[6]) - 1] if row[6] != "0" else None
            rows.append((place, row[3], row[4], head, row[7].split(":")[0]))
        spans.append((own[0][0], own[-1][1]))
        first += len(own)
    return rows, spans


def doc_rows(doc: Doc) -> tuple[list[Row], list[tuple[int, int]]]:
    """Words and sentence places of a parsed paragraph."""
    tokens = [token for token in doc if not token.is_space]
    found = dict(zip((token.i for token in tokens), places(t.text for t in tokens), strict=True))
    rows: list[Row] = []
    for token in tokens:
        root = token.head.i == token.i
        label = "root" if root else token.dep_.split(":")[0]
        head = None if root else found.get(token.head.i)
        rows.append((found[token.i], token.pos_, token.tag_, head, label))
    spans = [
        (min(found[t.i][0] for t in own), max(found[t.i][1] for t in own))
        for own in ([t for t in sent if t.i in found] for sent in doc.sents)
        if own
    ]
    return rows, spans


def f1(right: int, gold: int, predicted: int) -> float:
    """F1 in percent."""
    return round(200 * right / (gold + predicted), 2) if gold + predicted else 0.0


def compare(pairs: Iterable[tuple[list[Sentence], Doc]]) -> dict[str, float]:
    """F1 of words, sentences, tags and attachments, as the UD scorer counts them."""
    right: Counter[str] = Counter()
    gold_total = found_total = gold_sents = found_sents = 0
    for sentences, doc in pairs:
        gold, gold_spans = gold_rows(sentences)
        rows, spans = doc_rows(doc)
        known = {row[0]: row for row in rows}
        gold_total, found_total = gold_total + len(gold), found_total + len(rows)
        gold_sents, found_sents = gold_sents + len(gold_spans), found_sents + len(spans)
        right["sentences"] += len(set(gold_spans) & set(spans))
        for row in gold:
            other = known.get(row[0])
            if other is not None:
                right["words"] += 1
                right["upos"] += row[1] == other[1]
                right["xpos"] += row[2] == other[2]
                right["uas"] += row[3] == other[3]
                right["las"] += row[3:] == other[3:]
    scores = {"sentences": f1(right["sentences"], gold_sents, found_sents)}
    for name in ("words", "upos", "xpos", "uas", "las"):
        scores[name] = f1(right[name], gold_total, found_total)
    return scores


def score_parser(nlp: Language, data: Path, part: str = "test") -> dict[str, dict[str, float]]:
    """Scores on EWT from raw paragraphs, and on gold sentences of gold words."""
    from spacy.tokens import Doc

    groups = list(
        paragraphs(read_treebank(data / "ud-english-ewt" / f"en_ewt-ud-{part}.conllu.gz"))
    )
    sentences = [[sentence] for group in groups for sentence in group]
    texts = ["".join(sentence.text for sentence in group).strip() for group in groups]
    given = [
        Doc(
            nlp.vocab,
            words=sentence.words,
            spaces=sentence.spaces,
            sent_starts=[i == 0 for i in range(len(sentence.words))],
        )
        for [sentence] in sentences
    ]
    with nlp.select_pipes(disable=["ner"] if "ner" in nlp.pipe_names else []):
        return {
            "raw": compare(zip(groups, nlp.pipe(texts), strict=True)),
            "gold words": compare(zip(sentences, nlp.pipe(given), strict=True)),
        }


def score_entities(
    parser: Parser, documents: list[list[Sentence]], raw: bool, kinds: dict[str, str]
) -> dict[str, float]:
    """F1 a kind and over all; a mention is right when its characters and its kind are.

    Args:
        parser: the parser that gives mentions.
        documents: sentences with gold spans.
        raw: whether the parser sees the text or the gold words.
        kinds: kind -> kind that it is counted as; others are ignored, in gold and prediction.
    """
    gold: set[tuple[int, int, int, str]] = set()
    found: set[tuple[int, int, int, str]] = set()
    offsets: dict[tuple[int, int], int] = {}
    for number, sentences in enumerate(documents):
        start = 0
        for position, sentence in enumerate(sentences):
            own = places(sentence.words)
            offsets[number, position] = start
            for first, last, kind in sentence.spans:
                if kind in kinds:
                    span = (start + own[first][0], start + own[last - 1][1])
                    gold.add((number, *span, kinds[kind]))
            start += own[-1][1]
    for number, start, mention, text in _mentions(parser, documents, raw, offsets):
        if mention.kind in kinds:
            begin = start + len("".join(text[: mention.chars[0]].split()))
            end = begin + len("".join(mention.text.split()))
            found.add((number, begin, end, kinds[mention.kind]))
    scores = {"all": f1(len(gold & found), len(gold), len(found))}
    for kind in sorted(set(kinds.values())):
        own_gold, own_found = ({row for row in rows if row[3] == kind} for rows in (gold, found))
        scores[kind] = f1(len(own_gold & own_found), len(own_gold), len(own_found))
    return scores


def _mentions(
    parser: Parser,
    documents: list[list[Sentence]],
    raw: bool,
    offsets: dict[tuple[int, int], int],
) -> Iterator[tuple[int, int, Any, str]]:
    """Mentions with their document and the place where their sentence begins."""
    if not raw:
        keys = [(n, p) for n, sentences in enumerate(documents) for p in range(len(sentences))]
        lists = (sentence.words for sentences in documents for sentence in sentences)
        for (number, position), graph in zip(keys, parser.parse_words(lists), strict=True):
            for mention in graph.mentions:
                yield number, offsets[number, position], mention, graph.text
        return
    texts = ["".join(s.text + " " * (not s.spaces[-1]) for s in sents) for sents in documents]
    for graph in parser.parse(texts):
        number = int(graph.key.split("#")[0])
        start = len("".join(texts[number][: graph.offset].split()))
        for mention in graph.mentions:
            yield number, start, mention, graph.text


def score_all(nlp: Language, data: Path) -> dict[str, dict[str, float]]:
    """Every figure of the model card."""
    from graphkg.parsing import SpacyParser

    parser = SpacyParser(nlp)
    scores = {f"EWT test, {how}": rows for how, rows in score_parser(nlp, data).items()}
    names = {kind: kind for kind in ("PERSON", "ORGANIZATION", "LOCATION")}
    # demonyms are no mentions in UNER; the parser calls them LOCATION, here they are left out
    apart = SpacyParser(nlp, kinds={"NORP": "NORP"})
    web = list(paragraphs(uner_sentences(data, "test")))
    scores["UNER test, raw"] = score_entities(apart, web, True, names)
    scores["UNER test, gold words"] = score_entities(apart, web, False, names)
    scores["UNER test, raw, demonyms counted as wrong LOCATION"] = score_entities(
        parser, web, True, names
    )
    wiki = list(docred_sentences(data / "redocred" / "test.docs.jsonl.gz", values=True))
    models = {**names, "MISC": "MISC", "NORP": "LOCATION"}
    rules = dict.fromkeys(("DATE", "TIME", "DURATION"), "DATE")
    rules |= dict.fromkeys(("NUMBER", "MONEY", "PERCENT"), "NUMBER")
    for how, raw in (("raw", True), ("gold words", False)):
        scores[f"Re-DocRED test, {how}"] = score_entities(parser, wiki, raw, models)
        scores[f"Re-DocRED test, {how}, rules"] = score_entities(parser, wiki, raw, rules)
    return scores
