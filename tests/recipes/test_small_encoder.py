"""An encoder of one's own: its pieces, its files, the same bits again."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from text_models import small_data

from graphkg.errors import InputError
from graphkg.nn import TextEncoder
from graphkg.nn.encoder_files import check_tokenizer, load_tokenizer
from graphkg.recipes.small_encoder import small_encoder, texts_of


def test_it_reads_the_texts_it_was_made_from(tmp_path):
    texts = texts_of(small_data())
    assert "Rome the city" in texts and "born" in texts
    folder = small_encoder(texts, tmp_path / "encoder", pieces=200, dim=16, length=32)
    tokenizer, encoder = load_tokenizer(folder), TextEncoder.from_pretrained(folder, "mean")
    check_tokenizer(tokenizer, encoder.embedding.num_embeddings)
    ids = tokenizer("Rome the city")["input_ids"]
    assert tokenizer.unk_token_id not in ids and tokenizer.decode(ids) == "rome the city"
    assert (encoder.dim, encoder.max_length) == (16, 32)
    assert len({tokenizer.mask_token_id, tokenizer.cls_token_id, tokenizer.sep_token_id}) == 3


def test_a_seed_gives_the_same_weights_and_leaves_other_draws_alone(tmp_path):
    texts = texts_of(small_data())
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    folders = [small_encoder(texts, tmp_path / str(n), dim=16, seed=7) for n in range(2)]
    assert torch.equal(torch.rand(1), expected)
    bits = [(folder / "model.safetensors").read_bytes() for folder in folders]
    assert bits[0] == bits[1]
    other = small_encoder(texts, tmp_path / "other", dim=16, seed=8)
    assert (other / "model.safetensors").read_bytes() != bits[0]


def test_another_process_learns_the_same_pieces(tmp_path):
    # Many pairs of letters are equally frequent here, so that ties decide.
    texts = [f"{a}{b}{c}" for a in "abcd" for b in "efgh" for c in "ijkl"]
    code = (
        "import sys; from graphkg.recipes.small_encoder import small_encoder; "
        "small_encoder(sys.argv[2:], sys.argv[1], pieces=60, dim=16)"
    )
    folders = [tmp_path / str(n) for n in range(2)]
    for folder in folders:
        subprocess.run([sys.executable, "-c", code, folder, *texts], check=True)
    found = [(folder / "tokenizer.json").read_bytes() for folder in folders]
    assert found[0] == found[1] and b'"##' in found[0]


def test_a_folder_that_holds_something_stays(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="not empty"):
        small_encoder(["a b"], tmp_path, dim=16)
