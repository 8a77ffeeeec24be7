"""The settings and presets of MTL-KGC."""

from __future__ import annotations

import pytest

from graphkg.errors import InputError
from graphkg.recipes.mtl_kgc import build_mtl_kgc_recipe
from graphkg.recipes.mtl_kgc_presets import PRESETS


def test_the_defaults_are_those_of_the_paper_and_its_code():
    found = build_mtl_kgc_recipe()
    assert (found.margin, found.num_negatives, found.sides) == (0.1, 10, "both")
    assert (found.max_length, found.pooling, found.head_dropout) == (128, "pooler", 0.1)
    assert not found.select_on_dev
    train = found.train
    assert (train.optimizer, train.rate, train.batch_size, train.epochs) == ("adamw", 2e-5, 32, 3)
    assert (train.weight_decay, train.clip, train.schedule, train.decay) == (0.01, 1, "constant", 1)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_fits_and_is_named_after_its_data(preset):
    found = build_mtl_kgc_recipe(preset)
    assert preset.startswith(found.data)
    assert (found.encoder == "minilm") == preset.endswith("minilm")
    if "kgbert" in preset:
        assert (found.tasks, found.sides, found.num_negatives) == (("lp",), "random", 5)
    else:
        assert found.tasks == ("lp", "rp", "rr") and found.sides == "both"


def test_the_encoders_are_lower_case_where_names_are():
    encoders = {name: build_mtl_kgc_recipe(name).encoder for name in ("wn18rr", "fb15k-237")}
    assert encoders["wn18rr"].endswith("base-uncased")
    assert encoders["fb15k-237"].endswith("base-cased")
    kgbert = build_mtl_kgc_recipe("wn18rr-kgbert")
    assert (kgbert.train.rate, kgbert.train.epochs, kgbert.max_length) == (5e-5, 5, 50)


@pytest.mark.parametrize("given", ["lp,rp", "lp+rp", ["lp", "rp"]])
def test_tasks_are_a_list_or_words(given):
    assert build_mtl_kgc_recipe(None, {"tasks": given}).tasks == ("lp", "rp")


@pytest.mark.parametrize("given", ["", "lp,lp", "lp,tail", []])
def test_wrong_tasks_are_refused_in_one_sentence(given):
    with pytest.raises(InputError, match="tasks"):
        build_mtl_kgc_recipe(None, {"tasks": given})
