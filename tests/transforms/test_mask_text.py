"""MaskText: which pieces and mentions are masked, and what is asked about them."""

from __future__ import annotations

import pytest
import torch
from jaket_models import ANN, LEE, PLACES, ROME, ROMEVILLE, sentences, small_graph
from pieces import VOCABULARY, tiny_tokenizer
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.transforms import EntityCandidates, MaskText, ToPieces

MASK = VOCABULARY.index("[MASK]")
SPECIAL = set(tiny_tokenizer().all_special_ids)


def masked(batch=None, seed=0, candidates=True, **options):
    generator = torch.Generator().manual_seed(seed)
    draw = EntityCandidates(small_graph(), 2, 3, generator) if candidates else None
    batch = Batch.from_data_list(sentences()) if batch is None else batch
    return batch, MaskText(tiny_tokenizer(), PLACES, draw, generator=generator, **options)(batch)


def words(ids):
    return " ".join(VOCABULARY[i] for i in ids.tolist())


def test_a_masked_mention_loses_link_and_pieces_and_is_asked_about():
    batch, found = masked(token_share=0.0, mention_share=1.0)
    shown = "[CLS] M left M M [SEP] [CLS] the M M M fell [SEP] [CLS] M left [SEP]"
    assert words(found["piece"].input_id) == shown.replace("M", "[MASK]")
    assert found["mention"].entity.tolist() == [-1] * 6
    gold = found["mention"].candidate[:, 0].tolist()
    assert gold == [ANN, ROMEVILLE, ROMEVILLE, ROME, LEE, -1]  # the last was never linked
    assert (found["mention"].candidate[-1] == -1).all()
    assert (found["piece"].label == -100).all()
    assert batch["mention"].entity.tolist() == [ANN, ROMEVILLE, ROMEVILLE, ROME, LEE, -1]
    assert MASK not in batch["piece"].input_id and "candidate" not in batch["mention"]


def test_a_mention_that_overlaps_a_masked_one_tells_nothing_of_it():
    seen = set()
    for seed in range(40):
        _, found = masked(seed=seed, token_share=0.0, mention_share=0.5)
        asked = tuple((found["mention"].candidate[2:4, 0] >= 0).tolist())
        links = found["mention"].entity[2:4].tolist()
        # "city of Rome" and "Rome" within it
        assert links == ([ROMEVILLE, ROME] if asked == (False, False) else [-1, -1])
        hidden = words(found["piece"].input_id[7:12]).count("[MASK]")
        assert hidden == (3 if asked[0] else int(asked[1]))
        seen.add(asked)
    assert len(seen) == 4


def test_the_words_of_a_masked_mention_can_be_left():
    batch, found = masked(token_share=0.0, mention_share=1.0, mask_mention_tokens=False)
    assert torch.equal(found["piece"].input_id, batch["piece"].input_id)
    assert (found["mention"].candidate[:5, 0] >= 0).all()


def test_without_candidates_no_mention_is_masked():
    batch, found = masked(candidates=False, token_share=0.0, mention_share=1.0)
    assert torch.equal(found["mention"].entity, batch["mention"].entity)
    assert torch.equal(found["piece"].input_id, batch["piece"].input_id)
    assert "candidate" not in found["mention"]


def many(count=400):
    return Batch.from_data_list(sentences() * count)


def test_pieces_are_chosen_outside_of_masked_mentions_and_never_special():
    batch, found = masked(many(), token_share=0.15, mention_share=0.15)
    piece, label = batch["piece"].input_id, found["piece"].label
    chosen = label != -100
    assert torch.equal(label[chosen], piece[chosen]) and not SPECIAL & set(label[chosen].tolist())
    linked = batch["mention"].entity >= 0
    asked = found["mention"].candidate[:, 0] >= 0
    assert asked.sum() / linked.sum() == pytest.approx(0.15, abs=0.03)  # deviation 0.008
    plain = torch.tensor([i not in SPECIAL for i in piece.tolist()])
    assert chosen.sum() / plain.sum() == pytest.approx(0.15 * 0.83, abs=0.02)
    now, was = found["piece"].input_id[chosen], piece[chosen]
    assert (now == MASK).float().mean() == pytest.approx(0.8, abs=0.05)
    assert (now == was).float().mean() == pytest.approx(0.1, abs=0.04)
    assert not (SPECIAL - {MASK}) & set(now.tolist())
    rest = found["piece"].input_id[~chosen]
    assert ((rest == piece[~chosen]) | (rest == MASK)).all()


def test_a_piece_of_a_masked_mention_is_not_asked_about_by_itself():
    _, found = masked(many(20), token_share=1.0, mention_share=1.0)
    asked = [VOCABULARY[i] for i in found["piece"].label.tolist() if i >= 0]
    assert set(asked) == {"left", "the", "fell"}


def test_a_mention_whose_pieces_were_cut_is_not_masked():
    graph = SentenceGraph.build("a b Rome".split(), mentions=[(2, 3, "X")], entities=[ROME])
    graph = ToPieces(tiny_tokenizer(), limit=4, keep="start")(graph)
    _, found = masked(graph, mention_share=1.0)
    assert found["mention"].entity.tolist() == [ROME]
    assert (found["mention"].candidate == -1).all()


def test_a_seed_gives_the_same_masks():
    first, second, other = (
        masked(many(5), seed, token_share=0.5, mention_share=0.5)[1] for seed in (1, 1, 2)
    )
    for part, name in (("piece", "input_id"), ("piece", "label"), ("mention", "candidate")):
        assert torch.equal(first[part][name], second[part][name])
        assert not torch.equal(first[part][name], other[part][name])


def test_an_unknown_entity_and_a_tokenizer_without_a_mask_are_an_error():
    graph = sentences()[2]
    graph["mention"].entity = torch.tensor([5, -1])
    with pytest.raises(InputError, match="sentence 'three': mention 0 is linked to entity 5"):
        masked(graph)
    tokenizer = tiny_tokenizer()
    tokenizer.mask_token = None
    with pytest.raises(InputError, match="no mask piece"):
        MaskText(tokenizer, PLACES)


def test_the_printed_form():
    expected = "MaskText(0.15 of pieces, 0.15 of mentions)"
    assert repr(MaskText(tiny_tokenizer(), PLACES)) == expected
