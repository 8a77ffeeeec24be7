"""MetaQA: graph, questions and candidates, from either layout of the files."""

from __future__ import annotations

import gzip

import pytest
import torch

from graphkg.datasets import MetaQA, draw_descriptions
from graphkg.errors import InputError

KB = """Kismet|directed_by|William Dieterle
Kismet|written_by|Edward Knoblock
Kismet|release_year|1944
Jud Süß|release_year|1944
Kismet|directed_by|William Dieterle
Alone|has_tags|Alone
"""
NAMES = ["Kismet", "William Dieterle", "Edward Knoblock", "1944", "Jud Süß", "Alone", "Nobody"]
ONE = """who directed [Kismet]?\tWilliam Dieterle|William Dieterle
when was [Jud Süß] out\t1944|Alone
"""
TWO = "[Jud Süß], what came out then\tKismet\nwho is [Nobody]\tKismet\n"


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(params=["flat", "published"], name="folder")
def both_layouts(request, tmp_path):
    write(tmp_path, "kb.txt", KB)
    if request.param == "flat":
        write(tmp_path, "entities.txt", "\n".join(NAMES) + "\n")
        (tmp_path / "1-hop.dev.txt.gz").write_bytes(gzip.compress(ONE.encode()))
        write(tmp_path, "1-hop.dev.qtype.txt", "movie_to_director\nmovie_to_year\n")
        write(tmp_path, "2-hop.test.txt", TWO)
    else:
        rows = "".join(f"{number}\t{name}\n" for number, name in enumerate(NAMES))
        write(tmp_path, "entity/kb_entity_dict.txt", rows)
        write(tmp_path, "1-hop/vanilla/qa_dev.txt", ONE)
        write(tmp_path, "1-hop/qa_dev_qtype.txt", "movie_to_director\nmovie_to_year\n")
        write(tmp_path, "2-hop/vanilla/qa_test.txt", TWO)
    return tmp_path


def test_the_graph_has_each_triple_once_and_all_listed_entities(folder):
    data = MetaQA(folder)
    assert data.entities.labels == NAMES
    assert data.graph.triples()[0] == ("Kismet", "directed_by", "William Dieterle")
    assert data.graph.heads.numel() == 5 and data.graph["entity"].num_nodes == 7
    assert data.relations.labels == ["directed_by", "written_by", "release_year", "has_tags"]
    assert data.protocol()["triples"] == 5 and data.protocol()["share"] == 1.0


def test_a_part_of_the_questions_keeps_keys_answers_types_and_texts(folder):
    whole = MetaQA(folder).questions(1, "dev")
    part = whole.part(torch.tensor([1]))
    assert len(part) == 1 and part[0].key == "1-hop/dev#1" and part.text(0) == whole.text(1)
    assert part.topic.tolist() == [4] and part.types == ["movie_to_year"]
    assert torch.equal(part.answers[0], whole.answers[1])
    both = whole.part(torch.tensor([1, 0])).part(torch.tensor([1]))
    assert both[0].key == "1-hop/dev#0" and both.text(0) == whole.text(0)


def test_a_question_is_a_sentence_whose_topic_is_linked(folder):
    questions = MetaQA(folder).questions(1, "dev")
    first, second = questions
    assert first.text == "who directed Kismet?" and first.words == (
        "who",
        "directed",
        "Kismet",
        "?",
    )
    assert [(m.text, m.chars, m.entity) for m in first.mentions] == [("Kismet", (13, 19), 0)]
    assert second.mentions[0].text == "Jud Süß" and second["mention"].entity.tolist() == [4]
    assert (first.key, second.key) == ("1-hop/dev#0", "1-hop/dev#1")
    assert questions.topic.tolist() == [0, 4]
    assert questions.types == ["movie_to_director", "movie_to_year"]
    assert questions.answers[0].tolist() == [1] and questions.answers[1].tolist() == [3, 5]
    assert MetaQA(folder).questions(2, "test").types == ["", ""]
    assert repr(questions) == "Questions(1-hop/dev, 2, 3 answers)"


def test_candidates_are_reached_both_ways_and_the_topic_is_left_out_for_one_hop(folder):
    data = MetaQA(folder)
    topics = torch.tensor([4, 0, 4, 5, 6])
    one, two = data.candidates(topics, 1), data.candidates(topics, 2)
    assert [one[row].tolist() for row in range(5)] == [[3], [1, 2, 3], [3], [], []]
    assert [two[row].tolist() for row in range(5)] == [
        [0, 3, 4], [0, 1, 2, 3, 4], [0, 3, 4], [5], [6],
    ]  # fmt: skip
    three = data.candidates(topics[:1], 3)
    assert three[0].tolist() == [0, 1, 2, 3, 4]


def test_the_oracle_answers_what_has_an_answer_among_its_candidates(folder):
    data = MetaQA(folder)
    assert data.oracle_rate(data.questions(1, "dev")) == 1.0
    assert data.oracle_rate(data.questions(2, "test")) == 0.5


def test_a_share_of_the_triples_is_the_same_for_a_seed_and_grows_with_the_share(tmp_path):
    rows = [f"m{n}|r|p{n % 7}" for n in range(2000)]
    write(tmp_path, "kb.txt", "\n".join(rows))
    whole = MetaQA(tmp_path)
    half, more = MetaQA(tmp_path, share=0.5), MetaQA(tmp_path, share=0.7)
    kept = set(half.graph.triples())
    assert kept == set(MetaQA(tmp_path, share=0.5).graph.triples()) < set(more.graph.triples())
    assert kept != set(MetaQA(tmp_path, share=0.5, seed=1).graph.triples())
    assert abs(len(kept) / 2000 - 0.5) < 0.05
    assert half.entities == whole.entities and half.relations == whole.relations
    write(tmp_path, "kb.txt", "\n".join(reversed(rows)))
    assert set(MetaQA(tmp_path, share=0.5).graph.triples()) == kept
    # What is not in the graph is no candidate.
    topics = torch.arange(len(half.entities))
    assert half.candidates(topics, 1).values.numel() == 2 * len(kept)


def test_without_a_list_of_names_entities_are_those_of_the_triples(tmp_path):
    write(tmp_path, "kb.txt", KB)
    assert MetaQA(tmp_path).entities.labels == [*NAMES[:4], "Jud Süß", "Alone"]


def test_an_entity_is_described_by_a_question_that_contains_it(tmp_path):
    write(tmp_path, "kb.txt", KB)
    lines = [f"question {n} about [Kismet]\t1944" for n in range(5)] + ["what of [1944]\tKismet"]
    write(tmp_path, "1-hop.train.txt", "\n".join(lines))
    data = MetaQA(tmp_path)
    questions = data.questions(1, "train")
    found = [draw_descriptions(questions, data.entities, seed) for seed in range(40)]
    assert all(set(each) == {"Kismet", "1944"} for each in found)
    assert {each["1944"] for each in found} == {"what of 1944"}
    assert {each["Kismet"] for each in found} == {f"question {n} about Kismet" for n in range(5)}
    assert found[3] == draw_descriptions(questions, data.entities, 3)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("who directed [Kismet]", r"dev.txt:2: 1 columns, but a question and its answers"),
        ("who directed Kismet\t1944", r"dev.txt:2: 0 entities in square brackets, but .* one"),
        ("[Kismet] or [Alone]\t1944", r"dev.txt:2: 2 entities in square brackets"),
        ("who made [Kismat]\t1944", r"dev.txt:2: the entity 'Kismat' is not among.*'Kismet'"),
        ("who made [Kismet]\t1955", r"dev.txt:2: the entity '1955' is not among the 6"),
    ],
)
def test_a_broken_question_is_told_with_its_line(tmp_path, line, message):
    write(tmp_path, "kb.txt", KB)
    write(tmp_path, "1-hop.dev.txt", "who directed [Kismet]\t1944\n" + line)
    with pytest.raises(InputError, match=message):
        MetaQA(tmp_path).questions(1, "dev")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("kb.txt", "a|r|b\na|r\n", r"kb.txt:2: 2 cells, but a triple has 3: subject\|relation"),
        ("kb.txt", "a|r|b\n\na||b\n", r"kb.txt:3: the relation is empty"),
        ("kb.txt", "a|r| \n", r"kb.txt:1: the object is empty"),
        ("kb.txt", "Kismet|r|1944\nKismet|r|1945\n", r"kb.txt:2: the entity '1945' is not in"),
        ("entities.txt", "Kismet\n1944\nKismet\n", r"entities.txt:3: the entity 'Kismet' has the"),
        ("entities.txt", "0\tKismet\n2\t1944\n", r"entities.txt:2: the id '2', but.*: 1 here"),
    ],
)
def test_a_broken_graph_is_told_with_its_line(tmp_path, name, text, message):
    write(tmp_path, "kb.txt", "Kismet|r|1944\n")
    write(tmp_path, "entities.txt", "Kismet\n1944\n")
    write(tmp_path, name, text)
    with pytest.raises(InputError, match=message):
        _ = MetaQA(tmp_path).graph


def test_a_topic_without_a_word_is_told_with_its_line(tmp_path):
    write(tmp_path, "kb.txt", KB)
    write(tmp_path, "entities.txt", "0\tKismet\n1\t\u00a0\n")
    write(tmp_path, "1-hop.dev.txt", "who made [\u00a0]\tKismet\n")
    with pytest.raises(InputError, match=r"dev.txt:1: the topic entity has no word"):
        _ = MetaQA(tmp_path).questions(1, "dev")[0]


def test_what_the_folder_lacks_or_the_task_does_not_have_raises(folder):
    data = MetaQA(folder)
    with pytest.raises(InputError, match="holds none of 1-hop.train.txt, 1-hop/vanilla/qa_train"):
        data.questions(1, "train")
    with pytest.raises(InputError, match="the part 'valid' of 4-hop questions was asked for"):
        data.questions(4, "valid")
    with pytest.raises(InputError, match="share=0 of the triples"):
        MetaQA(folder, share=0)
    kind = (
        "1-hop.dev.qtype.txt"
        if (folder / "1-hop.dev.txt.gz").exists()
        else "1-hop/qa_dev_qtype.txt"
    )
    write(folder, kind, "movie_to_director\n")
    with pytest.raises(InputError, match="has 1 lines, but .* has 2 questions"):
        data.questions(1, "dev")


def test_metaqa_has_its_counts_and_the_known_reach(data_folder):
    data = MetaQA(data_folder / "metaqa")
    assert len(data.entities) == 43_234 and len(data.relations) == 9
    assert data.graph.heads.numel() == 130_471
    questions = data.questions(1, "test")
    assert len(questions) == 9_947 and len(set(questions.types)) > 5
    for graph in questions[::500]:
        (topic,) = graph.mentions
        assert graph.text[slice(*topic.chars)] == topic.text == data.entities.label(topic.entity)
    questions = data.questions(2, "dev")
    assert len(questions) == 14_872
    assert round(data.oracle_rate(questions) * 14_872) == 14_541
