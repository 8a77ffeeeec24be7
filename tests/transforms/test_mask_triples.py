"""MaskTriples: what is masked, what is asked, how often (reference checks of LP-BERT)."""

from __future__ import annotations

import pytest
import torch
from pieces import VOCABULARY, tiny_tokenizer

from graphkg.errors import InputError
from graphkg.graphs import GraphTexts
from graphkg.transforms import MaskTriples
from graphkg.transforms.mask_triples import HEAD, PLAIN, RELATION, TAIL

MASK = VOCABULARY.index("[MASK]")
NAMES = ["Ann", "Romeville", "a"]
TEXTS = ["Ann : born today in the city", "Romeville the city of a b c", "a b"]


def texts(limit=64):
    return GraphTexts.from_texts(TEXTS, NAMES, ["born in", "left"], tiny_tokenizer(), limit)


def masked(count=400, triple=(0, 0, 1), **options):
    torch.manual_seed(0)
    transform = MaskTriples(texts(), len(VOCABULARY), **options)
    return transform(torch.tensor([triple] * count))


def words(ids):
    return " ".join(VOCABULARY[i] for i in ids)


def rows(batch):
    ptr = batch.sequences.ptr.tolist()
    for number, (start, stop) in enumerate(zip(ptr, ptr[1:])):
        inside = slice(start, stop)
        yield (
            int(batch.task[number]),
            batch.sequences.piece[inside].tolist(),
            batch.mlm[inside].tolist(),
            batch.mim[inside].tolist(),
        )


def test_each_task_masks_its_part_and_asks_for_the_short_name():
    expected = {
        HEAD: ("[CLS] {m} [SEP] born in Romeville the city of a b c [SEP]", "Ann"),
        TAIL: ("[CLS] Ann : born today in the city [SEP] born in {m} [SEP]", "Rome ##ville"),
        RELATION: ("[CLS] Ann : born today in the city [SEP] {m} Romeville the city of a b c [SEP]",
                   "born in"),
    }  # fmt: skip
    seen = set()
    for task, piece, mlm, mim in rows(masked(probability=0.0)):
        text, target = expected[task]
        asked = [label for label in mim if label != -100]
        assert words(asked) == target
        shown = words(piece).replace("Rome ##ville", "Romeville")
        assert shown == text.format(m=" ".join(["[MASK]"] * len(asked)))
        assert all(piece[place] == MASK for place, label in enumerate(mim) if label != -100)
        assert set(mlm) == {-100}
        seen.add(task)
    assert seen == {HEAD, TAIL, RELATION}


def test_tasks_are_drawn_at_four_four_two():
    counts = masked(20_000).task.bincount(minlength=4).tolist()
    assert counts[PLAIN] == 0
    for count, share in zip(counts[1:], (0.4, 0.4, 0.2)):
        assert count / 20_000 == pytest.approx(share, abs=0.015)  # four standard deviations


def test_masked_pieces_lie_in_the_other_texts_and_never_on_special_pieces():
    batch = masked()
    special = set(tiny_tokenizer().all_special_ids)
    both = (batch.mlm != -100) & (batch.mim != -100)
    assert not both.any()
    asked = torch.cat([batch.mlm[batch.mlm != -100], batch.mim[batch.mim != -100]])
    assert not special & set(asked.tolist())
    relation = batch.sequences.part == 1
    assert not (batch.mlm[relation] != -100).any()
    ends = batch.sequences.part == -1
    assert set(batch.sequences.piece[ends].tolist()) == {2, 3}


def test_of_the_chosen_pieces_most_are_masked_and_others_stay_or_become_another():
    batch = masked(4_000)
    chosen = batch.mlm != -100
    text = (batch.sequences.part == 0) | (batch.sequences.part == 2)
    text &= batch.mim == -100
    assert chosen.sum() / text.sum() == pytest.approx(0.15, abs=0.01)
    now, was = batch.sequences.piece[chosen], batch.mlm[chosen]
    assert (now == MASK).float().mean() == pytest.approx(0.8, abs=0.02)
    assert (now == was).float().mean() == pytest.approx(0.1, abs=0.015)
    other = now[(now != MASK) & (now != was)]
    assert other.numel() / now.numel() == pytest.approx(0.1, abs=0.015)
    assert not set(other.tolist()) & set(tiny_tokenizer().all_special_ids)
    assert len(set(other.tolist())) == len(VOCABULARY) - len(tiny_tokenizer().all_special_ids)


def test_tasks_can_be_left_out():
    only = masked(tasks=["mem"])
    assert set(only.task.tolist()) == {HEAD, TAIL} and (only.mlm == -100).all()
    assert set(masked(tasks=["mlm", "mrm"]).task.tolist()) == {RELATION}
    plain = masked(tasks=["mlm"])
    assert set(plain.task.tolist()) == {PLAIN} and (plain.mim == -100).all()
    assert (plain.mlm != -100).any()


def test_long_texts_are_cut_and_the_masks_stay():
    torch.manual_seed(0)
    transform = MaskTriples(texts(limit=12), len(VOCABULARY), probability=0.0)
    batch = transform(torch.tensor([(0, 0, 1)] * 40))
    assert int(batch.sequences.lengths.max()) == 12
    for task, _, _, mim in rows(batch):
        target = {HEAD: "Ann", TAIL: "Rome ##ville", RELATION: "born in"}[task]
        assert words([label for label in mim if label != -100]) == target


def test_a_batch_moves_whole_and_counts_its_triples():
    batch = masked(3).to("cpu")
    assert len(batch) == 3 and batch.sequences.piece.shape == batch.mim.shape


def test_unknown_tasks_and_a_tokenizer_without_mask_are_an_error():
    with pytest.raises(InputError, match=r"tasks \['nsp'\] were given"):
        MaskTriples(texts(), len(VOCABULARY), tasks=["nsp"])
    tokenizer = tiny_tokenizer()
    tokenizer.mask_token = None
    without = GraphTexts.from_texts(TEXTS, NAMES, ["left"], tokenizer)
    with pytest.raises(InputError, match=r"no mask piece \(\[MASK\]\)"):
        MaskTriples(without, len(VOCABULARY))


def test_the_printed_form():
    made = MaskTriples(texts(), len(VOCABULARY))
    assert repr(made).startswith("MaskTriples(mlm, mem, mrm, GraphTexts(3 entities")
