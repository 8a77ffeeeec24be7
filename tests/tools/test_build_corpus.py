"""The compiler of the annotated texts: the shipped corpus, small sources, broken sources."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "datasets" / "texts"
MARK = r"\[\[.*?\]\]"

RELATIONS = "relation\tin_model\tinverse\nplace of birth\tyes\t\nspouse\tyes\tspouse\n"
ENTITIES = (
    "name\tkind\tcategory\tdescription\taliases\n"
    "Kurt Gödel\tPERSON\tlogician\tA logician who lived in Vienna.\tGödel\n"
    "Adele\tPERSON\tdancer\tA dancer who lived in Vienna.\t\n"
    "Brno\tLOCATION\tcity\tThe largest city of all Moravia.\t\n"
)
SOURCE = """\
# title: Gödel
S [[Kurt Gödel|PERSON]] was born in [[Brno|LOCATION]].
T Kurt Gödel | place of birth | Brno
S [[Gödel|PERSON|Kurt Gödel]] was a shy man.
S He married [[Adele|PERSON]].
D Kurt Gödel | spouse | Adele
P
S Winters were cold.
S He drank [[two|NUMBER]] cups.
S “Why?” he asked.
"""


def compile_corpus(root, *options):
    command = [sys.executable, str(ROOT / "tools" / "build_corpus.py"), str(root), *options]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def snapshot(root):
    return {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}


def rows(root, split):
    return [json.loads(line) for line in (root / f"{split}.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "source" / "dev").mkdir(parents=True)
    (tmp_path / "relations.tsv").write_text(RELATIONS, encoding="utf-8")
    (tmp_path / "source" / "entities-a.tsv").write_text(ENTITIES, encoding="utf-8")
    (tmp_path / "source" / "dev" / "goedel.txt").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def test_the_shipped_corpus_is_up_to_date():
    done = compile_corpus(TEXTS, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    counts = [line for line in done.stdout.splitlines() if "most frequent" not in line]
    assert "\n".join(counts) in (TEXTS / "README.md").read_text("utf-8"), "counts of README.md"


@pytest.mark.parametrize("split", ["dev", "test"])
def test_offsets_of_the_shipped_corpus_are_exact(split):
    documents = rows(TEXTS, split)
    assert len(documents) >= 20
    for document in documents:
        text, name = document["text"], f"{document['key']}.txt"
        source = (TEXTS / "source" / split / name).read_text("utf-8")
        assert text == (TEXTS / split / name).read_text("utf-8")
        lines = re.findall("^S (.*)$", source, re.MULTILINE)
        marks = [m.group()[2:-2].split("|") for line in lines for m in re.finditer(MARK, line)]
        assert [text[start:end] for start, end in document["sentences"]] == [
            re.sub(MARK, lambda m: m.group()[2:-2].split("|")[0], line) for line in lines
        ]
        assert [
            [text[m["start"] : m["end"]], m["kind"], m["entity"]] for m in document["mentions"]
        ] == [[mark[0], mark[1], mark[-1] if len(mark) == 3 else mark[0]] for mark in marks]
        for t in document["triples"]:
            start, end = document["sentences"][t["sentence"]]
            inside = {m["entity"] for m in document["mentions"] if start <= m["start"] < end}
            assert t["within_sentence"] == ({t["head"], t["tail"]} <= inside), t


def test_a_text_is_compiled(corpus):
    done = compile_corpus(corpus)
    assert done.returncode == 0, done.stderr
    assert "all: 1 texts, 6 sentences (4 distractors)" in done.stdout
    (document,) = rows(corpus, "dev")
    assert document["text"] == (
        "Kurt Gödel was born in Brno. Gödel was a shy man. He married Adele.\n\n"
        "Winters were cold. He drank two cups. “Why?” he asked.\n"
    )
    assert (corpus / "dev" / "goedel.txt").read_text("utf-8") == document["text"]
    assert (corpus / "test.jsonl").read_text("utf-8") == ""
    assert [tuple(t.values()) for t in document["triples"]] == [
        ("Kurt Gödel", "place of birth", "Brno", 0, True, False),
        ("Kurt Gödel", "spouse", "Adele", 2, False, False),
        ("Adele", "spouse", "Kurt Gödel", 2, False, True),
    ]
    assert (corpus / "kg" / "triples.tsv").read_text("utf-8").splitlines() == [
        "Adele\tspouse\tKurt Gödel",
        "Kurt Gödel\tplace of birth\tBrno",
        "Kurt Gödel\tspouse\tAdele",
    ]
    assert not list(corpus.rglob("*.part"))
    assert "two\tNUMBER\tnumber\t\t" in (corpus / "kg" / "entities.tsv").read_text("utf-8")


def test_check_writes_nothing_and_names_what_is_stale(corpus):
    before = snapshot(corpus)
    done = compile_corpus(corpus, "--check")
    assert done.returncode == 2 and "dev.jsonl: stale" in done.stderr
    assert snapshot(corpus) == before
    compile_corpus(corpus)
    assert compile_corpus(corpus, "--check").returncode == 0
    (corpus / "dev" / "gone.txt").write_text("A text without a source.\n", encoding="utf-8")
    assert "gone.txt: stale" in compile_corpus(corpus, "--check").stderr
    compile_corpus(corpus)
    assert not (corpus / "dev" / "gone.txt").exists()


BROKEN = [
    ("# title: Gödel", "Gödel", 1, "the first line should be"),
    ("in [[Brno|LOCATION]]", "in [[Brno|CITY]]", 2, "unknown kind 'CITY'"),
    ("in [[Brno|LOCATION]]", "in [[Brno|PERSON]]", 2, "LOCATION in the entities file"),
    ("in [[Brno|LOCATION]]", "in [[Graz|LOCATION]]", 2, "'Graz' is in no source/entities"),
    ("in [[Brno|LOCATION]]", "in [[Brno|LOCATION]", 2, "a broken mention"),
    ("[[Brno|LOCATION]].", "[[Brno|LOCATION]]", 2, "no full stop"),
    ("T Kurt Gödel | place of birth", "T Kurt Gödel | birthplace", 3, "unknown relation"),
    ("T Kurt Gödel | place of birth | Brno", "T Kurt Gödel | Brno", 3, "head | relation | tail"),
    ("| Brno\n", "| Adele\n", 3, "T: 'Adele' is not mentioned in this sentence"),
    ("T Kurt Gödel | place", "D Kurt Gödel | place", 3, "both are mentioned in this sentence"),
    ("D Kurt Gödel | spouse | Adele", "D Vienna | spouse | Adele", 6, "nowhere in the document"),
    ("P\n", "P\nP\n", 8, "P between two sentences only"),
    ("S Winters", "Winters", 8, "a line starts with S, P, T or D"),
]


@pytest.mark.parametrize("old, new, line, message", BROKEN)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_broken_text_is_named_and_nothing_is_written(corpus, old, new, line, message, compiled):
    if compiled:
        assert compile_corpus(corpus).returncode == 0
    path = corpus / "source" / "dev" / "goedel.txt"
    assert old in SOURCE
    path.write_text(SOURCE.replace(old, new, 1), encoding="utf-8")
    before = snapshot(corpus)
    done = compile_corpus(corpus)
    assert done.returncode == 2
    report = [r for r in done.stderr.splitlines() if r.startswith(f"{path}:{line}: ")]
    assert any(message in r for r in report), done.stderr
    assert snapshot(corpus) == before


@pytest.mark.parametrize(
    "old, new, line, message",
    [
        ("Kurt Gödel\tPERSON", "Kurt Gödel\tMAN", 2, "kind 'MAN', expected one of"),
        ("A dancer who lived in Vienna.", "A dancer.", 3, "6 to 20 words"),
        ("\tcity\t", "\tCity\t", 4, "is not a lower-case noun"),
        ("Adele\tPERSON\tdancer\t", "Adele\tPERSON\t", 3, "4 columns, expected 5"),
        ("Adele\tPERSON", "Kurt Gödel\tPERSON", 3, "is also in"),
        ("aliases\n", "other names\n", 1, "the header should be"),
    ],
)
def test_a_broken_entities_file_is_named(corpus, old, new, line, message):
    path = corpus / "source" / "entities-a.tsv"
    assert old in ENTITIES
    path.write_text(ENTITIES.replace(old, new, 1), encoding="utf-8")
    done = compile_corpus(corpus)
    assert done.returncode == 2 and not (corpus / "dev.jsonl").exists()
    report = [r for r in done.stderr.splitlines() if r.startswith(f"{path}:{line}: ")]
    assert any(message in r for r in report), done.stderr


def test_a_file_that_is_no_utf8_is_named(corpus):
    path = corpus / "source" / "dev" / "goedel.txt"
    path.write_bytes(SOURCE.encode("latin-1", "replace"))
    done = compile_corpus(corpus)
    assert done.returncode == 2 and f"{path}:1: this is not UTF-8" in done.stderr


def test_all_problems_are_listed_at_once(corpus):
    path = corpus / "source" / "dev" / "goedel.txt"
    path.write_text(SOURCE.replace("|LOCATION", "|CITY").replace("| spouse", "| wife"), "utf-8")
    done = compile_corpus(corpus)
    assert f"{path}:2: " in done.stderr and f"{path}:6: " in done.stderr
