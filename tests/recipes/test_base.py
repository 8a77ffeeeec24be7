"""load(): what is wrong with a folder is told in one sentence."""

from __future__ import annotations

import shutil

import pytest

from graphkg import load
from graphkg.errors import InputError


@pytest.fixture
def folder(run, tmp_path):
    copied = tmp_path / "copy"
    shutil.copytree(run[1], copied)
    return copied


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_name_that_is_no_folder_is_answered_with_the_bundled_ones():
    with pytest.raises(InputError, match=r"'runs/none' is neither a folder nor bundled"):
        load("runs/none")


def test_a_folder_of_another_format_says_which_version_wrote_it(folder):
    edit(folder / "recipe.yaml", "format: 1", "format: 99")
    with pytest.raises(InputError, match=r"is of model format 99 \(graphkg .*reads format 1"):
        load(folder)


def test_a_folder_without_recipe_and_a_recipe_that_is_not_yaml(folder):
    (folder / "recipe.yaml").write_text("a: [1\nb")
    with pytest.raises(InputError, match=r"recipe.yaml:\d+: not YAML"):
        load(folder)
    (folder / "recipe.yaml").write_text("just words")
    with pytest.raises(InputError, match="no recipe of graphkg"):
        load(folder)
    (folder / "recipe.yaml").unlink()
    with pytest.raises(InputError, match="no model folder"):
        load(folder)


def test_damaged_weights_are_found_by_their_checksum(folder):
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff\x00\xff")
    with pytest.raises(InputError, match="model.safetensors is not the file that was saved"):
        load(folder)


def test_a_missing_vocabulary_is_named(folder):
    (folder / "vocabularies" / "word.jsonl").unlink()
    with pytest.raises(InputError, match="word.jsonl is missing"):
        load(folder)


def test_a_training_that_has_not_ended_is_not_loaded(folder):
    edit(folder / "recipe.yaml", "trained: true", "trained: false")
    with pytest.raises(InputError, match="has not ended: go on with --resume"):
        load(folder)


def test_an_unknown_setting_in_a_recipe_is_named(folder):
    edit(folder / "recipe.yaml", "prune_k:", "prune:")
    with pytest.raises(InputError, match="unknown key 'prune'; did you mean 'prune_k'"):
        load(folder)


def test_a_folder_of_another_system_is_told():
    from graphkg.recipes.link_system import LinkSystem

    with pytest.raises(InputError, match="default holds a RelationSystem, but LinkSystem was"):
        LinkSystem.from_pretrained("default")


def test_a_training_does_not_go_on_in_the_folder_of_another_system(tmp_path):
    from graphkg.recipes.base import begin_run, write_recipe
    from graphkg.recipes.jrrelp import build_recipe
    from graphkg.recipes.link import build_link_recipe

    links, relations = build_link_recipe(None, {"dim": 7}), build_recipe(None, {})
    write_recipe(tmp_path, "link", links, trained=False)
    assert begin_run(tmp_path, "link", build_link_recipe(), resume=True) == (tmp_path, links)
    with pytest.raises(InputError, match="holds a run of 'link', but .* one of jrrelp"):
        begin_run(tmp_path, "jrrelp", relations, resume=True)
    with pytest.raises(InputError, match="is not empty: name another folder, or use --resume"):
        begin_run(tmp_path, "link", links, resume=False)
