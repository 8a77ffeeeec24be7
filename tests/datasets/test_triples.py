"""Sets of triples: what is read, what travels with it, and what is said of broken files."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from graphkg.datasets import WN18RR, CoDExM, CoDExS, FB15k237, TripleData, read_triple_data
from graphkg.datasets.triple_sets import KNOWN
from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph

TRAIN = '007\tlikes\tb "B"\nb "B"\tlikes \tc\n'
VALID = "c\tlikes\t007\n"
TEST = "d\tknows\t007\n"
ENTITIES = (
    "id\tname\tdescription\tpos\tother\n"
    "c\tAda Brandt\tA singer.\tNN\tx\n"
    "007\tBond\t\tNN\tx\n"
    'b "B"\tada brandt\tA boat.\tVB\tx\n'
    "d\t\t\t\tx\n"
    "z\tBond\t\t\t\n"
)
RELATIONS = "id\ttext\nlikes\tis fond of\nlikes \tis fond of\nknows\tknows\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.tsv").write_bytes(text.encode())
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path, train=TRAIN, valid=VALID, test=TEST)


@pytest.fixture
def named(folder):
    return read_triple_data(write(folder, entities=ENTITIES, relations=RELATIONS))


def test_labels_stay_as_written_and_ids_follow_first_appearance(folder):
    data = read_triple_data(folder)
    assert data.entities.labels == ["007", 'b "B"', "c", "d"]
    assert data.relations.labels == ["likes", "likes ", "knows"]
    assert data.train.triples() == [("007", "likes", 'b "B"'), ('b "B"', "likes ", "c")]
    assert data.valid.triples() == [("c", "likes", "007")]
    assert data.test.entities is data.valid.entities is data.entities
    assert data.unseen.tolist() == [False, False, False, True]
    assert data.name == folder.name and data.entity_names == {} == data.entity_types
    assert repr(data) == f"TripleData({folder.name}, 4 entities, 3 relations, 2 + 1 + 1 triples)"


def test_known_answers_are_those_of_all_parts(folder):
    data = read_triple_data(folder)
    assert data.known().known_tails(2, 0).tolist() == [0]
    assert data.known() is data.known() and "4 triples" in repr(data.known())


def test_tables_give_the_order_names_descriptions_and_types(named):
    assert named.entities.labels == ["c", "007", 'b "B"', "d", "z"]
    assert named.relations.labels == ["likes", "likes ", "knows"]
    assert named.entities.descriptions == {"c": "A singer.", 'b "B"': "A boat."}
    assert named.relations.descriptions["likes"] == "is fond of"
    assert named.entity_types == {"c": ("NN",), "007": ("NN",), 'b "B"': ("VB",)}
    assert named.name_of("c") == "Ada Brandt" and named.name_of("knows") == "knows"
    assert named.name_of("d") == "d" and named.name_of("nobody") == "nobody"
    assert named.unseen.tolist() == [False, False, False, True, True]


def test_a_table_may_have_longer_texts(folder):
    rows = ["c\tA singer.\tAda Brandt sang.", "007\tA spy.\t", 'b "B"\t\tA boat.', "d\t\t"]
    write(folder, entities="\n".join(["id\tdescription\textract", *rows]) + "\n")
    data = read_triple_data(folder)
    assert data.entity_extracts == {"c": "Ada Brandt sang.", 'b "B"': "A boat."}
    assert data.entities.descriptions == {"c": "A singer.", "007": "A spy."}


def test_the_whole_graph_has_the_triples_of_all_parts(folder):
    data = read_triple_data(folder)
    whole = data.whole()
    assert whole.triples() == [t for part in data.parts.values() for t in part.triples()]
    assert whole.entities is data.entities and whole.relations is data.relations


def test_types_come_from_their_own_file_by_their_readable_names(folder):
    types = "id\ttype\tlabel\n007\tT1\tspy\n007\tT2\t\n007\tT2\t\nc\tT3\t\nq\tT3\t\n"
    names = "id\tname\nT2\tBriton\n"
    write(folder, entity_types=types, types=names)
    assert read_triple_data(folder).entity_types == {"007": ("spy", "Briton"), "c": ("T3",)}


def test_an_entity_is_found_by_its_label_or_by_a_name_that_only_it_bears(named):
    assert named.find_entity("007") == "007"
    assert named.find_entity("Ada Brandt") == "c"
    assert named.find_entity("ada brandt") == 'b "B"'
    assert named.find_relation("KNOWS") == "knows" and named.find_relation("likes ") == "likes "
    with pytest.raises(
        InputError, match="2 of the 5 entity labels bear the name 'ADA BRANDT'.*: c"
    ):
        named.find_entity("ADA BRANDT")
    with pytest.raises(InputError, match="'bond'.*given by its label: 007, z$"):
        named.find_entity("bond")
    with pytest.raises(
        InputError, match="entity 'Ada Brand' is neither.*did you mean 'Ada Brandt'"
    ):
        named.find_entity("Ada Brand")
    with pytest.raises(InputError, match="relation 'like' is neither .* did you mean 'likes'"):
        named.find_relation("like")


def test_a_name_with_many_bearers_is_not_listed_whole(tmp_path):
    rows = "".join(f"e{i}\trun\n" for i in range(33))
    data = read_triple_data(write(tmp_path, train="e0\tr\te1\n", entities=f"id\tname\n{rows}"))
    with pytest.raises(InputError, match="33 of the 33 .* e0, .*, e9 and 23 more$"):
        data.find_entity("run")


def test_the_protocol_counts_and_identifies_the_triples(folder):
    protocol = read_triple_data(folder).protocol()
    assert protocol == {
        "name": folder.name,
        "entities": 4,
        "relations": 3,
        "train": 2,
        "valid": 1,
        "test": 1,
        "unseen_entities": 1,
        "unseen_valid": 0,
        "unseen_test": 1,
        "sha256": hashlib.sha256((TRAIN + VALID + TEST).encode()).hexdigest(),
    }


def test_packing_line_ends_names_and_byte_order_marks_change_nothing(folder, tmp_path):
    other = tmp_path / folder.name
    other.mkdir()
    (other / "train.txt.gz").write_bytes(gzip.compress(TRAIN.encode()))
    (other / "dev.txt").write_bytes(b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").encode())
    (other / "test.tsv").write_bytes(TEST.rstrip().encode())
    assert read_triple_data(other).protocol() == read_triple_data(folder).protocol()
    assert KnowledgeGraph.from_tsv(other / "train.txt.gz").relations.labels == ["likes", "likes "]


def test_valid_and_test_may_be_absent_from_a_folder(tmp_path):
    data = read_triple_data(write(tmp_path, train=TRAIN))
    assert data.valid.triples() == data.test.triples() == []
    assert data.protocol()["test"] == 0 and data.known().num_entities == 3


def test_a_graph_built_by_hand_needs_no_files():
    train = KnowledgeGraph.from_triples([("a", "r", "b")])
    data = TripleData("own", train, train, train)
    assert data.find_entity("a") == "a" and data.protocol()["train"] == 1


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("train.tsv", b"", r"train.tsv:1: the file is empty"),
        ("train.tsv", b"a\tr\n", r"train.tsv:1: 2 columns, but a triple has 3"),
        ("test.tsv", b"c\tr\tc\n\nc\t\tc\n", r"test.tsv:3: the relation is empty"),
        ("valid.tsv", b"c\tlikes\tc\nc\tlikes\te\n", r"valid.tsv:2: entity 'e' has no row in ent"),
        ("valid.tsv", b"c\tlike\tc\n", r":1: relation 'like' has no row in.*mean 'likes'"),
        ("valid.tsv", b"c\tlikes\tc\nc\t\xff\tc\n", r"valid.tsv is not UTF-8 .* in line 2"),
        ("valid.tsv.gz", b"no gzip", r"valid.tsv.gz cannot be read .*copy it anew"),
        ("entities.tsv", b"", r"entities.tsv is empty"),
        ("entities.tsv", b"name\tpos\n", r"entities.tsv:1: the header is name, pos, but"),
        ("entities.tsv", b"id\tid\n", r"entities.tsv:1: the header is id, id, but"),
        ("entities.tsv", b"id\tname\nc\n", r"entities.tsv:2: 1 columns, but the header has 2"),
        ("entities.tsv", b"id\tname\n\tx\n", r"entities.tsv:2: the id is empty"),
        ("relations.tsv", b"id\nr\n\nr\n", r"relations.tsv:4: the id 'r' stands in line 2 too"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(folder, file, content, message):
    write(folder, entities=ENTITIES, relations=RELATIONS)
    (folder / file.removesuffix(".gz")).unlink(missing_ok=True)
    (folder / file).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_triple_data(folder)


def test_a_missing_set_says_what_there_is(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAPHKG_DATA", str(tmp_path))
    with pytest.raises(InputError, match="neither a folder nor a known set.*mean 'wn18rr'"):
        read_triple_data("wn18")
    with pytest.raises(InputError, match="holds none of train.tsv, train.txt"):
        read_triple_data(tmp_path)
    with pytest.raises(InputError, match="put the data of wn18rr there"):
        WN18RR()
    write(tmp_path, train=TRAIN, valid=VALID)
    with pytest.raises(InputError, match="holds none of test.tsv.*triples of test"):
        WN18RR(tmp_path)
    assert CoDExM(tmp_path).test.triples() == []


def test_the_shipped_graph_is_known_in_a_checkout():
    checkout = Path(__file__).parents[2] / "datasets" / "family"
    data = read_triple_data("family")
    assert data.protocol() == {**read_triple_data(checkout).protocol(), "name": "Family"}
    assert counts(data) == KNOWN["family"].counts
    assert data.find_entity("Theo Costa") == "theo_costa" and not data.unseen.any()
    assert len(data.entity_names) == len(data.entity_types) == len(data.entities)


def test_without_a_checkout_the_shipped_graph_needs_a_path(tmp_path, monkeypatch):
    from graphkg.datasets import triple_sets

    monkeypatch.delenv("GRAPHKG_DATA", raising=False)
    monkeypatch.setattr(triple_sets, "__file__", str(tmp_path / "a" / "b" / "c.py"))
    with pytest.raises(InputError, match="an installed package does not have it"):
        read_triple_data("family")


def counts(data: TripleData) -> tuple[int, ...]:
    protocol = data.protocol()
    return tuple(protocol[x] for x in ("entities", "relations", "train", "valid", "test"))


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "family"])
def test_the_known_sets_have_the_published_counts(name, data_folder):
    data = read_triple_data(name)
    published = KNOWN[name].counts
    assert data.name == KNOWN[name].title
    assert counts(data) == (published if name != "codex-m" else (*published[:4], 0))
    assert set(data.relation_names) <= set(data.relations)


def test_wn18rr_keeps_leading_zeros_and_its_unseen_entities(data_folder):
    data = WN18RR(data_folder / "wn18rr")
    assert "00001740" in data.entities and data.name_of("00001740") == "take a breath"
    protocol = data.protocol()
    assert [protocol[f"unseen_{x}"] for x in ("entities", "valid", "test")] == [384, 210, 210]
    assert len(data.entity_names) == len(data.entities.descriptions) == 40_943
    assert set(data.entity_types.values()) == {("NN",), ("VB",), ("JJ",), ("RB",)}
    assert data.name_of("_hypernym") == "hypernym"
    with pytest.raises(InputError, match="33 of the 40943 entity labels bear the name 'run'"):
        data.find_entity("run")


def test_fb15k_237_has_names_descriptions_and_some_types(data_folder):
    data = FB15k237()
    protocol = data.protocol()
    assert [protocol[f"unseen_{x}"] for x in ("entities", "valid", "test")] == [36, 9, 28]
    assert (len(data.entity_names), len(data.entities.descriptions)) == (14_541, 14_515)
    assert len(data.entity_types) == 12_251
    assert "big city" in data.entity_types[data.find_entity("Denton")]


def test_codex_has_names_and_types_from_its_shared_tables(data_folder):
    small, middle = CoDExS(), CoDExM()
    assert len(small.entity_names) == len(small.entity_types) == 2_034
    assert len(small.relation_names) == 42 and small.name_of("P106") == "occupation"
    assert sum("human" in types for types in small.entity_types.values()) >= 1_396
    assert len(middle.entity_names) == 5_870 and len(middle.entity_types) == 17_050
    assert not small.unseen.any() and not middle.unseen.any()
