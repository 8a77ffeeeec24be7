"""The bundled pipeline: small, credited, and as good as its card says."""

import json
import sys
from pathlib import Path

import pytest

from graphkg.parsing.precision import restore_precision
from graphkg.parsing.spacy_parser import BUNDLED, load_pipeline

pytest.importorskip("spacy")

TOOLS = Path(__file__).parents[2] / "tools"


def test_it_is_at_most_15_megabytes():
    assert sum(path.stat().st_size for path in BUNDLED.rglob("*") if path.is_file()) <= 15_000_000


def test_it_names_no_path_of_the_machine_it_was_made_on():
    for name in ("config.cfg", "meta.json", "MODEL_CARD.md"):
        text = (BUNDLED / name).read_text("utf-8")
        assert "/work" not in text and "/tmp" not in text and "/home" not in text


@pytest.mark.parametrize(
    "source", ["EWT", "Universal NER", "WikiGold", "WNUT", "Re-DocRED", "GloVe"]
)
def test_its_licence_credits_every_source(source):
    text = (BUNDLED / "LICENSE").read_text("utf-8")
    assert source in text and "CC BY-SA 4.0" in text


def test_its_card_has_every_stored_figure():
    card = (BUNDLED / "MODEL_CARD.md").read_text("utf-8")
    for title, scores in json.loads((BUNDLED / "scores.json").read_text("utf-8")).items():
        assert title in card
        assert all(f"{name} {value:.1f}" in card for name, value in scores.items())


def test_spacy_loads_it_and_reads_with_it_once_its_precision_is_restored():
    import spacy

    doc = restore_precision(spacy.load(BUNDLED))("Anna saw two dogs.")
    assert [token.lemma_ for token in doc] == ["Anna", "see", "two", "dog", "."]
    assert [token.pos_ for token in doc] == ["PROPN", "VERB", "NUM", "NOUN", "PUNCT"]


@pytest.mark.slow
def test_the_test_parts_score_what_is_stored(data_folder, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])
    from spacy_score import score_all

    stored = json.loads((BUNDLED / "scores.json").read_text("utf-8"))
    found = score_all(load_pipeline(BUNDLED), data_folder)
    for title, scores in stored.items():
        for name, value in scores.items():
            assert found[title][name] >= value - 0.1, f"{title}: {name}"
    assert found["EWT test, raw"]["las"] >= 80
