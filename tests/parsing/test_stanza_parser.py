"""Stanza pipelines are made on the spot: a few steps of training on two sentences."""

import json

import pytest

from graphkg.errors import InputError
from graphkg.parsing import StanzaParser

pytest.importorskip("stanza")

ROWS = """\
1 DPA DPA PROPN NNP _ 5 nsubj
2 : : PUNCT : _ 5 punct
3 Iraqi Iraqi ADJ JJ _ 4 amod
4 authorities authority NOUN NNS _ 5 nsubj
5 spoke speak VERB VBD _ 0 root
6 . . PUNCT . _ 5 punct

1 Two two NUM CD _ 3 nsubj
2 officials official NOUN NNS _ 3 nsubj
3 left leave VERB VBD _ 0 root
4 ! ! PUNCT . _ 3 punct
"""
TEXT = "DPA: Iraqi authorities spoke. Two officials left!"
IDENTITY = {"allow_unknown_language": True, "lemma_use_identity": True}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Paths of a tokenizer, a tagger and a parser, as options of ``stanza.Pipeline``."""
    from stanza.models import parser, tagger, tokenizer

    folder = tmp_path_factory.mktemp("stanza")
    lines = ["\t".join([*row.split(), "_", "_"]) if row else "" for row in ROWS.split("\n")]
    bank = folder / "bank.conllu"
    bank.write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "text.txt").write_text(TEXT + "\n\n", "utf-8")
    (folder / "text.labels").write_text(character_labels() + "\n\n", "utf-8")
    (folder / "mwt.json").write_text("[]", "utf-8")
    (folder / "resources.json").write_text("{}", "utf-8")
    where = ["--save_dir", str(folder), "--lang", "en", "--shorthand", "en_test"]
    tokenizer.main(
        [*where, "--save_name", "tokenizer.pt", "--steps", "150", "--eval_steps", "1000"]
        + ["--emb_dim", "8", "--hidden_dim", "16", "--lr0", "0.02", "--max_seqlen", "300"]
        + ["--txt_file", str(folder / "text.txt"), "--label_file", str(folder / "text.labels")]
        + ["--dev_txt_file", str(folder / "text.txt"), "--dev_conll_gold", str(bank)]
        + ["--dev_label_file", str(folder / "text.labels")]
        + ["--mwt_json_file", str(folder / "mwt.json"), "--conll_file", str(folder / "out")]
    )
    small = [*where, "--train_file", str(bank), "--eval_file", str(bank), "--no_pretrain"]
    small += ["--max_steps", "4", "--eval_interval", "4", "--hidden_dim", "8"]
    tagger.main([*small, "--save_name", "pos.pt"])
    parser.main([*small, "--save_name", "depparse.pt", "--num_layers", "1"])
    names = {"tokenize": "tokenizer", "pos": "pos", "depparse": "depparse"}
    return folder, {f"{step}_model_path": str(folder / f"{n}.pt") for step, n in names.items()}


def character_labels():
    """1 at the last character of a word, 2 at that of a sentence."""
    labels, place = ["0"] * len(TEXT), 0
    for row in ROWS.split("\n"):
        if row:
            place = TEXT.index(row.split()[1], place) + len(row.split()[1])
            labels[place - 1] = "2" if row.split()[1] in ".!" else "1"
    return "".join(labels)


@pytest.fixture(scope="module")
def parser(models):
    folder, paths = models
    steps = "tokenize,pos,lemma,depparse"
    return StanzaParser(folder, package=None, ner=False, processors=steps, **IDENTITY, **paths)


def test_a_text_becomes_sentences_with_exact_places(parser):
    texts = [TEXT, "", " \n\n ", "Two 😀 officials\xa0spoke.\r\n\r\nDPA left!"]
    graphs = list(parser.parse(texts))
    assert {graph.key.split("#")[0] for graph in graphs} == {"0", "3"}
    for graph in graphs:
        text = texts[int(graph.key.split("#")[0])]
        for word, (start, end) in zip(graph.words, graph["token"].chars.tolist()):
            assert text[graph.offset + start : graph.offset + end] == word
        assert graph.heads.count(0) == 1


def test_given_words_stay(parser):
    sentences = [["Two", "New York", "-LRB-", "."], ["spoke"]]
    graphs = list(parser.parse_words(sentences))
    assert [list(graph.words) for graph in graphs] == sentences
    assert graphs[0]["token"].chars.tolist() == [[0, 3], [4, 12], [13, 18], [19, 20]]
    assert [mention.kind for mention in graphs[0].mentions] == ["NUMBER"]


def test_a_loaded_pipeline_is_taken(parser):
    again = StanzaParser(parser.nlp, ner=False, batch_size=1)
    assert [g.words for g in again.parse([TEXT])] == [g.words for g in parser.parse([TEXT])]


def test_words_of_a_multi_word_token_have_their_place_or_the_token_s():
    from stanza import Document

    class Steps:
        processors = dict.fromkeys(["tokenize", "mwt", "pos", "depparse", "ner"])

    rows = [
        {"id": (1, 2), "text": "don't", "start_char": 0, "end_char": 5},
        {"id": (1,), "text": "do", "head": 0, "deprel": "root", "upos": "AUX", "start_char": 0,
         "end_char": 2},
        {"id": (2,), "text": "n't", "head": 1, "deprel": "advmod", "upos": "PART",
         "start_char": 2, "end_char": 5},
        {"id": (3, 4), "text": "du", "start_char": 6, "end_char": 8},
        {"id": (3,), "text": "de", "head": 1, "deprel": "case", "upos": "ADP"},
        {"id": (4,), "text": "le", "head": 1, "deprel": "det", "upos": "DET"},
    ]  # fmt: skip
    text = "don't du"
    (parsed,) = StanzaParser(Steps())._parsed(Document([rows], text=text), text)
    assert parsed.words == ["do", "n't", "de", "le"]
    assert parsed.chars == [(0, 2), (2, 5), (6, 8), (6, 8)]
    assert parsed.heads == [0, 1, 1, 1]


def test_entities_become_mentions_of_words():
    from stanza import Document

    class Steps:
        processors = dict.fromkeys(["tokenize", "pos", "depparse", "ner"])

    words = ["Anna", "visits", "New", "York"]
    rows = [
        {"id": (n,), "text": word, "head": min(n - 1, 1), "deprel": "dep", "upos": "X", "ner": tag}
        for n, (word, tag) in enumerate(zip(words, ["S-PERSON", "O", "B-GPE", "E-GPE"]), start=1)
    ]
    doc = Document([rows], text=" ".join(words))
    doc.build_ents()
    (parsed,) = StanzaParser(Steps())._parsed(doc, " ".join(words))
    assert parsed.mentions == [(0, 1, "PERSON"), (2, 4, "LOCATION")]


def test_missing_processors_are_named_in_one_sentence(models):
    folder, paths = models
    paths = {name: path for name, path in paths.items() if "depparse" not in name}
    paths["allow_unknown_language"] = True
    with pytest.raises(InputError) as caught:
        StanzaParser(folder, package=None, processors="tokenize,pos", **paths)
    for part in ("no dependency heads", "no entities", "add depparse and ner", "ner=False"):
        assert part in str(caught.value)


def test_a_folder_without_resources_is_named(tmp_path):
    with pytest.raises(InputError, match="holds no resources.json"):
        StanzaParser(tmp_path)


def test_a_language_that_is_not_there_is_named_and_not_fetched(tmp_path, monkeypatch):
    import socket

    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    (tmp_path / "resources.json").write_text(json.dumps({}), "utf-8")
    with pytest.raises(InputError, match="Stanza cannot load .* of language 'en'"):
        StanzaParser(tmp_path)
