"""The conversion that the bundled pipeline is trained on (tools/spacy_*.py)."""

import gzip
import sys
from pathlib import Path

import pytest

spacy = pytest.importorskip("spacy")

TOOLS = Path(__file__).parents[2] / "tools"

BANK = """\
# newdoc id = d
# sent_id = d-1
# newpar id = d-p1
# text = Don't go (now).
1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tDo\tdo\tAUX\tVB\t_\t3\taux\t_\t_
2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_
3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\t_
3.1\tgone\tgo\tVERB\tVB\t_\t_\t_\t_\t_
4\t(\t(\tPUNCT\t-LRB-\t_\t5\tpunct\t_\tSpaceAfter=No
5\tnow\tnow\tADV\tRB\t_\t3\tadvmod\t_\tSpaceAfter=No
6\t)\t)\tPUNCT\t-RRB-\t_\t5\tpunct\t_\tSpaceAfter=No
7\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_

# sent_id = d-2
# text = Yes!
1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\tSpaceAfter=No
2\t!\t!\tPUNCT\t.\t_\t1\tpunct\t_\t_

"""


@pytest.fixture(autouse=True)
def tools(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])


@pytest.fixture
def bank(tmp_path):
    path = tmp_path / "bank.conllu.gz"
    path.write_bytes(gzip.compress(BANK.encode()))
    return path


def test_treebank_text_is_rebuilt_with_words_of_multi_word_tokens_joined(bank):
    from spacy_data import read_treebank

    first, second = read_treebank(bank)
    assert (first.text, second.text) == ("Don't go (now). ", "Yes! ")
    assert first.words == ["Do", "n't", "go", "(", "now", ")", "."]
    assert (first.opens, second.opens, second.document) == (True, False, "d")


def test_sentences_of_a_document_share_a_training_document(bank):
    from spacy_data import treebank_docs

    (doc,) = treebank_docs(spacy.blank("en").vocab, bank)
    assert [sent.text for sent in doc.sents] == ["Don't go (now).", "Yes!"]
    assert [token.head.i for token in doc] == [2, 2, 2, 4, 2, 4, 2, 7, 7]


def test_iob_tags_become_half_open_spans():
    from spacy_data import spans_of

    tags = ["B-PER", "I-PER", "B-PER", "O", "I-LOC", "I-ORG"]
    assert spans_of(tags) == [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC"), (5, 6, "ORG")]


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ('He said " no " ( twice ) , it \'s fine .', 'He said "no" (twice), it\'s fine.'),
        ("The Oscar - nominated film , 1920 – 1971 .", "The Oscar-nominated film, 1920–1971."),
        ("They did n't pay $ 5 and / or 3 % .", "They didn't pay $5 and/or 3%."),
    ],
)
def test_spacing_is_guessed_from_tokens(tokens, text):
    from spacy_data import spacing

    words = tokens.split()
    assert "".join(w + " " * s for w, s in zip(words, spacing(words))).strip() == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wow!!! --- ok", ["wow", "!!!", "---", "ok"]),
        ("a 2-year well-known plan", "a 2 - year well - known plan".split()),
        ("call 713-853-1411 and/or x@y.com", "call 713-853-1411 and / or x@y.com".split()),
    ],
)
def test_the_tokenizer_follows_the_treebank(text, words):
    from spacy_tokenizer import patch_tokenizer

    assert [token.text for token in patch_tokenizer(spacy.blank("en"))(text)] == words


def test_altered_inputs_are_refused(tmp_path):
    from spacy_data import SHA256, check_inputs

    with pytest.raises(SystemExit, match="is missing"):
        check_inputs(tmp_path)
    for name in SHA256:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"other")
    with pytest.raises(SystemExit, match="has SHA-256"):
        check_inputs(tmp_path)
