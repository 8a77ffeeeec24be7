"""Checks of triples: each kind of problem, with file and line, and all of them at once."""

from __future__ import annotations

import gzip
from collections import Counter

import pytest

from graphkg.datasets import check_triples, read_triple_data
from graphkg.datasets.problems import summary
from graphkg.errors import InputError

TRAIN = "a\tr\tb\nb\tr\tc\n"


@pytest.fixture
def check(tmp_path):
    """``check(train=..., entities=...)``: the problems of a folder as (file, line, kind)."""

    def run(**files):
        for name, content in {"train": TRAIN, **files}.items():
            content = content.encode() if isinstance(content, str) else content
            (tmp_path / f"{name}.tsv").write_bytes(content)
        run.problems = check_triples(tmp_path)
        return [(p.path.name, p.line, p.kind) for p in run.problems]

    return run


def test_a_sound_folder_has_no_problems(check):
    tables = {"entities": "id\na\nb\nc\n", "relations": "id\nr\n"}
    assert check(valid="a\tr\tc\n", test="c\tr\ta\n", **tables) == []
    assert summary([]) == {}


def test_every_broken_line_is_reported_and_the_others_are_still_compared(check):
    train = b"a\tr\tb\na\tr\n\na\tr\tb\tc\na\t\t \n\xff\tr\tb\n a\tr\tb\na\tr\tb\n"
    assert check(train=train) == [
        ("train.tsv", 2, "ragged row"),
        ("train.tsv", 4, "ragged row"),
        ("train.tsv", 5, "empty cell"),
        ("train.tsv", 5, "empty cell"),
        ("train.tsv", 6, "not UTF-8"),
        ("train.tsv", 7, "white space"),
        ("train.tsv", 8, "repeated triple"),
        ("train.tsv", 7, "look-alike"),
    ]
    first, *_ = check.problems
    assert str(first).endswith(
        "train.tsv:2: error: 2 columns, but a triple has 3 with tabs between them"
    )
    assert [p.severity for p in check.problems] == ["error"] * 5 + ["warning"] * 3
    assert "the head ' a'" in check.problems[5].message
    assert "stands in line 1 already" in check.problems[6].message
    assert list(summary(check.problems).items())[:2] == [("ragged row", 2), ("empty cell", 2)]


def test_ids_without_a_row_are_errors_at_their_first_line(check):
    tables = {"entities": "id\tname\na\tA\nb\tB\n", "relations": "id\nr\n"}
    found = check(train="a\tr\tb\nb\tr\tc\nc\ts\tb\n", valid="a\tr\tc\n", **tables)
    assert found == [
        ("train.tsv", 2, "no row in entities.tsv"),
        ("valid.tsv", 1, "no row in entities.tsv"),
        ("train.tsv", 3, "no row in relations.tsv"),
    ]
    assert {p.severity for p in check.problems} == {"error"}


def test_broken_tables_are_reported_line_by_line(check):
    entities = "id\tname\na\tA\n\nb\n\tB\na\tA\nb\tB\nc\tC\n"
    assert check(entities=entities, relations="name\nr\n") == [
        ("entities.tsv", 4, "ragged row"),
        ("entities.tsv", 5, "empty cell"),
        ("entities.tsv", 6, "repeated id"),
        ("relations.tsv", 1, "header"),
    ]
    assert {p.severity for p in check.problems} == {"error"}


def test_what_training_never_has_is_a_warning(check):
    found = check(valid="a\tr\td\nd\tr\ta\n", test="d\tq\ta\n")
    assert found[:3] == [
        ("valid.tsv", 1, "unseen entity"),
        ("test.tsv", 1, "unseen entity"),
        ("test.tsv", 1, "unseen relation"),
    ]
    assert {p.severity for p in check.problems} == {"warning"}


def test_triples_in_two_parts_are_leaks_and_say_where_they_stand(check):
    found = check(valid="b\tr\tc\na\tr\tc\n", test="a\tr\tc\na\tr\tb\n")
    assert found == [("valid.tsv", 1, "leak"), ("test.tsv", 1, "leak"), ("test.tsv", 2, "leak")]
    assert [p.message.split(" stands in ")[1] for p in check.problems] == [
        "train.tsv, line 2, too",
        "valid.tsv, line 2, too",
        "train.tsv, line 1, too",
    ]


def test_mirrored_triples_are_summed_by_relation(check):
    train = "a\tr\tb\nb\tr\tc\na\ts\tb\nd\tr\td\n"
    found = check(train=train, test="a\ts\tc\nb\tr\ta\nc\tr\tb\na\tr\tc\nb\ts\ta\n")
    assert [f for f in found if f[2] == "mirrored"] == [
        ("test.tsv", 2, "mirrored"),
        ("test.tsv", 5, "mirrored"),
    ]
    mirrored = [p for p in check.problems if p.kind == "mirrored"]
    assert [p.count for p in mirrored] == [2, 1] and summary(mirrored) == {"mirrored": 3}
    assert "2 of 3 triples of 'r' stand in train.tsv with head" in mirrored[0].message


@pytest.mark.parametrize(("turned", "reported"), [(39, True), (38, False)])
def test_a_relation_that_turns_another_round_is_reported_from_97_percent(check, turned, reported):
    """Of 40 training pairs of r, 39 are 97.5 %; that some lie in test changes nothing."""
    train = "".join(f"h{i}\tr\tt{i}\n" for i in range(40))
    train += "".join(f"t{i}\ts\th{i}\n" for i in range(20))
    train += "".join(f"t{i}\ts\tx{i}\n" for i in range(40))
    test = "".join(f"t{i}\ts\th{i}\n" for i in range(20, turned))
    found = check(train=train, test=test)
    assert (("train.tsv", 1, "inverse relation") in found) == reported
    assert sum(kind == "inverse relation" for *_, kind in found) == reported
    if reported:
        (problem,) = (p for p in check.problems if p.kind == "inverse relation")
        assert "'s' holds the other way round for 97.5% of the 40 training pairs" in problem.message


def test_a_symmetric_relation_is_no_inverse_and_few_pairs_say_nothing(check):
    friends = [(f"a{i}", f"b{i}") for i in range(9)]
    train = "".join(f"{x}\tfriend\t{y}\n{y}\tfriend\t{x}\n" for x, y in friends)
    assert check(train=train + "c\tr\td\nd\ts\tc\n") == []


def test_self_loops_are_counted_by_file(check):
    assert check(train="a\tr\tb\nb\tr\tb\na\tr\ta\n") == [("train.tsv", 2, "self loop")]
    assert check.problems[0].count == 2 and "2 of 3 triples" in check.problems[0].message


def test_carriage_returns_are_reported_once_a_file(check):
    assert check(train="a\tr\tb\nb\tr\tc\r\nc\tr\ta\r\n") == [("train.tsv", 2, "CR LF")]
    assert check.problems[0].count == 2 and check.problems[0].severity == "warning"


def test_labels_that_look_alike_are_reported_at_the_later_one(check):
    found = check(train="Ada B\tr\tb\nb\tR\tada  b\nB\tr\tb\n", valid="AdaB\tr\tb\n")
    assert [f for f in found if f[2] == "look-alike"] == [
        ("train.tsv", 2, "look-alike"),
        ("train.tsv", 3, "look-alike"),
        ("train.tsv", 2, "look-alike"),
        ("valid.tsv", 1, "look-alike"),
    ]
    assert "'ada  b' differs from 'Ada B' by case" in check.problems[-4].message


def test_unreadable_files_are_problems_and_missing_ones_are_refused(check, tmp_path):
    assert check(train=b"", valid="a\tr\tb\n")[0] == ("train.tsv", 1, "unreadable")
    (tmp_path / "test.tsv.gz").write_bytes(gzip.compress(b"a\tr\tb\n" * 99)[:20])
    assert ("test.tsv.gz", 1, "unreadable") in check()
    (tmp_path / "train.tsv").unlink()
    with pytest.raises(InputError, match="holds none of train.tsv"):
        check_triples(tmp_path)


def test_what_passes_without_errors_can_be_read(check, tmp_path):
    found = check(
        train="\ufeffa\tr\tb\r\n b\tr\tb\n", valid="x\tq\tx\n", entities="id\na\nb\n b\nx\n"
    )
    assert {kind for *_, kind in found} >= {"CR LF", "white space", "self loop", "look-alike"}
    assert all(p.severity == "warning" for p in check.problems)
    assert read_triple_data(tmp_path).entities.labels == ["a", "b", " b", "x"]


def mirrored(name, part):
    found = check_triples(name)
    return sum(p.count for p in found if p.kind == "mirrored" and p.path.name.startswith(part))


@pytest.mark.parametrize(("name", "count"), [("wn18rr", 1086), ("umls", 97), ("fb15k-237", 0)])
def test_mirrored_test_triples_of_the_known_sets(name, count, data_folder):
    assert mirrored(name, "test") == count


def test_problems_of_the_known_sets(data_folder):
    found = {name: check_triples(name) for name in ("wn18rr", "codex-s", "countries-s1")}
    assert all(p.severity == "warning" for problems in found.values() for p in problems)
    assert summary(found["wn18rr"])["self loop"] == 9
    unseen = Counter(p.path.name for p in found["wn18rr"] if p.kind == "unseen entity")
    assert unseen == {"valid.tsv": 198, "test.tsv": 209}
    assert summary(found["countries-s1"]) == {"repeated triple": 1, "self loop": 1}
    assert summary(found["codex-s"]).keys() == {"mirrored"}
