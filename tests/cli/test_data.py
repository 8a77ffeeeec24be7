"""``graphkg data``: the functions behind the two commands."""

from __future__ import annotations

import pytest
import typer

from graphkg.cli.data import SHOWN, check_data, list_data
from graphkg.datasets.extraction_sets import KNOWN as EXTRACTION
from graphkg.datasets.triple_sets import KNOWN
from graphkg.errors import InputError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "train.tsv").write_text("a\tr\tb\nb\tr\tc\n", encoding="utf-8")
    return tmp_path


def test_the_list_names_every_set_with_counts_licence_and_whether_it_is_there(
    capsys, tmp_path, monkeypatch
):
    (tmp_path / "umls").mkdir()
    for part in ("train", "valid", "test"):
        (tmp_path / "umls" / f"{part}.tsv").write_text("a\tr\tb\n", encoding="utf-8")
    monkeypatch.setenv("GRAPHKG_DATA", str(tmp_path))
    (tmp_path / "nyt").mkdir()
    (tmp_path / "nyt" / "nyt-exact.test.jsonl").write_text("{}", encoding="utf-8")
    list_data()
    triples, sentences = capsys.readouterr().out.strip().split("\n\n")
    rows = {line.split()[0]: line.split() for line in triples.splitlines()[1:]}
    assert list(rows) == ["name", *KNOWN]
    others = {line.split()[0]: line.split() for line in sentences.splitlines()[1:]}
    assert list(others) == ["name", *EXTRACTION]
    assert others["nyt-exact"][1:6] == ["24", "56,195", "5,000", "5,000", "exact"]
    assert " ".join(others["nyt-exact"][-4:]) == "without train and valid"
    assert others["nyt-partial"][-1] == "no" and others["ade"][2:5] == ["-", "-", "-"]
    assert rows["umls"] == ["umls", "135", "46", "5,216", "652", "661", "Apache-2.0", "yes"]
    assert rows["wn18rr"][-1] == "no" and rows["family"][-2:] == ["CC0", "yes"]
    monkeypatch.delenv("GRAPHKG_DATA")
    list_data()
    assert "yes" not in capsys.readouterr().out.split("family")[0]


def test_a_sound_folder_prints_its_counts(folder, capsys):
    check_data(str(folder))
    title, _, counts, _, ended = capsys.readouterr().out.splitlines()
    assert title == f"{folder.name}: {folder}"
    assert counts.split() == ["train.tsv", "2", "3", "1"]
    assert ended == "errors: 0, warnings: 0"


def test_warnings_alone_are_no_failure(folder, capsys):
    (folder / "test.tsv").write_text("b\tr\ta\nd\tr\td\n", encoding="utf-8")
    check_data(str(folder))
    out = capsys.readouterr().out
    assert "warning: mirrored (1)\n" in out and "warning: self loop (1)\n" in out
    assert "test.tsv:2  the entity 'd' never occurs in train.tsv" in out
    assert out.endswith("errors: 0, warnings: 3\n")
    assert next(line for line in out.splitlines() if line.startswith("all")).split()[1] == "4"


def test_errors_end_with_exit_code_1_and_long_lists_are_cut(folder, capsys):
    rows = "a\tr\n" * (SHOWN + 1234) + "a\t[red]r[/red]\t[b]\n"
    (folder / "valid.tsv").write_text(rows, encoding="utf-8")
    with pytest.raises(typer.Exit) as ended:
        check_data(str(folder))
    assert ended.value.exit_code == 1
    out = capsys.readouterr().out
    assert "error: ragged row (1,254)\n" in out and "and 1,234 more" in out
    assert out.count("2 columns, but a triple has 3") == SHOWN
    assert "valid.tsv:20 " in out and "valid.tsv:21 " not in out
    assert "the relation '[red]r[/red]' never occurs" in out
    assert out.index("error: ragged") < out.index("warning: ")


def test_a_known_name_will_do_and_nonsense_is_refused(capsys):
    check_data("family")
    assert capsys.readouterr().out.startswith("Family: ")
    with pytest.raises(InputError, match="neither a folder nor a known set"):
        check_data("famili")


def test_tables_that_lie_beside_the_folder_are_shown_from_it(data_folder, capsys):
    check_data("codex-m")
    out = capsys.readouterr().out
    assert "train.tsv.gz  185,584    17,050         51" in out and "errors: 0" in out
