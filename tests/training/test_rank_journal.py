"""Rankings block by block: the same ranks as in one pass, wherever they were stopped."""

from __future__ import annotations

import json

import pytest
import torch
from rankers import FIELDS, Scored, Whole, by_rows, draw_triples, index_of

from graphkg.errors import InputError
from graphkg.training.rank_journal import RankJournal, question_blocks, questions, rank_blocks

TRIPLES = draw_triples(120, 0)
KNOWN = index_of(draw_triples(2000, 1))


def same(found, expected):
    for side, one in expected.items():
        for name in FIELDS:
            assert torch.equal(getattr(found[side], name), getattr(one, name)), (side, name)


def test_ranks_of_five_entities_are_those_computed_by_hand():
    # (0, r, ?) scores 0.9 0.5 0.7 0.5 0.1; 0 and 2 are known tails, the gold is 1 or 3.
    scores = torch.tensor([[0.9, 0.5, 0.7, 0.5, 0.1]] + [[5.0, 4.0, 3.0, 2.0, 1.0]] * 4)
    model, known = Scored(scores), index_of(torch.tensor([[0, 0, 0], [0, 0, 2], [0, 0, 1]]), 5)
    triples = torch.tensor([[0, 0, 1], [0, 0, 3], [0, 0, 4]])
    for size in (1, 2, 128):
        tails = rank_blocks(model, triples, known, RankJournal(None, ""), size)["tail"]
        # 1: of 1 3 4 it ties with 3; 3: 1 is known, so of 3 4 the first; 4: of 3 4 the second.
        assert tails.realistic.tolist() == [1.5, 1, 2]
        assert tails.optimistic.tolist() == [1, 1, 2] and tails.pessimistic.tolist() == [2, 1, 2]
        assert tails.candidates.tolist() == [3, 2, 2]
        raw = rank_blocks(model, triples, None, RankJournal(None, ""), size)["tail"]
        assert raw.realistic.tolist() == [3.5, 3.5, 5] and raw.candidates.tolist() == [5, 5, 5]


@pytest.mark.parametrize("size", [1, 7, 128, 10_000])
@pytest.mark.parametrize("known", [KNOWN, None])
def test_blocks_of_any_size_have_the_ranks_of_whole_rows(size, known):
    model = Whole()
    found = rank_blocks(model, TRIPLES, known, RankJournal(None, ""), size)
    same(found, by_rows(model, TRIPLES, known))


def test_equal_questions_are_asked_once():
    model = Whole()
    rank_blocks(model, TRIPLES, KNOWN, RankJournal(None, ""), 16)
    distinct = sum(len(questions(TRIPLES, side).unique()) for side in ("head", "tail"))
    assert sum(model.asked) == distinct < 2 * len(TRIPLES)


def test_blocks_hold_so_many_questions_and_every_place_once():
    places = torch.arange(0, len(TRIPLES), 2)
    for side in ("head", "tail"):
        found = question_blocks(TRIPLES, places, side, 5)
        assert torch.equal(torch.cat(found).sort().values, places)
        asked = [set(questions(TRIPLES, side)[block].tolist()) for block in found]
        assert all(len(block) == 5 for block in asked[:-1]) and 1 <= len(asked[-1]) <= 5
        assert len(set().union(*asked)) == sum(map(len, asked))


class Stopped(Whole):
    """Is interrupted at its n-th block."""

    def __init__(self, at):
        super().__init__()
        self.at = at

    def merge(self, *asked):
        if len(self.asked) == self.at:
            raise KeyboardInterrupt
        return super().merge(*asked)


@pytest.mark.parametrize("at", [0, 1, 5, 13])
def test_a_stopped_ranking_goes_on_and_has_the_ranks_of_one_that_was_not(at, tmp_path):
    path = tmp_path / "deep" / "journal"
    with pytest.raises(KeyboardInterrupt):
        rank_blocks(Stopped(at), TRIPLES, KNOWN, RankJournal(path, "a"), 10)
    assert path.read_text().count('"side"') == at and not list(tmp_path.rglob("*.part"))
    model, whole = Whole(), Whole()
    found = rank_blocks(model, TRIPLES, KNOWN, RankJournal(path, "a"), 33)
    expected = rank_blocks(whole, TRIPLES, KNOWN, RankJournal(None, ""), 10)
    same(found, expected)
    assert sum(model.asked) == sum(whole.asked) - sum(whole.asked[:at])


def test_a_finished_ranking_is_read_from_its_journal_without_the_model(tmp_path):
    path = tmp_path / "journal"
    expected = rank_blocks(Whole(), TRIPLES, KNOWN, RankJournal(path, "a"), 40)
    same(rank_blocks(Stopped(0), TRIPLES, KNOWN, RankJournal(path, "a"), 40), expected)
    head, *lines = path.read_text().splitlines()
    assert json.loads(head) == {"format": "graphkg ranks 1", "fingerprint": "a"}
    assert {json.loads(line)["side"] for line in lines} == {"head", "tail"}


def test_the_journal_of_another_ranking_is_refused(tmp_path):
    path = tmp_path / "journal"
    rank_blocks(Whole(), TRIPLES, KNOWN, RankJournal(path, "a"), 40)
    with pytest.raises(InputError, match="journal of another ranking .*: name another file"):
        RankJournal(path, "b")


@pytest.mark.parametrize("text", ["", "{", "[]\n", '{"fingerprint": "a"}\n', "text\n", "\udcff"])
def test_a_file_that_is_no_journal_is_refused(text, tmp_path):
    path = tmp_path / "journal"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match="journal of ranks"):
        RankJournal(path, "a")


def test_a_folder_is_no_journal(tmp_path):
    with pytest.raises(InputError, match="cannot be read as a journal"):
        RankJournal(tmp_path, "a")


def test_a_place_that_cannot_be_written_is_told_before_anything_is_ranked(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written .*: name another file"):
        RankJournal(tmp_path / "file" / "journal", "a")
