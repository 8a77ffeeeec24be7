"""Weights as float16 and vectors as int8 on disk, both float32 in use."""

import numpy as np
import pytest

from graphkg.parsing.precision import STEP, reduce_precision, restore_precision

spacy = pytest.importorskip("spacy")


@pytest.fixture
def pipeline():
    nlp = spacy.blank("en")
    nlp.vocab.vectors = spacy.vectors.Vectors(
        data=np.asarray([[0.5, -3.9], [9.0, 0.01]], dtype="float32"), keys=["a", "b"]
    )
    tagger = nlp.add_pipe("tagger")
    tagger.add_label("X")
    nlp.initialize()
    return nlp


def weights(nlp):
    model = nlp.get_pipe("tagger").model
    return [
        node.get_param(name)
        for node in model.walk()
        for name in node.param_names
        if node.has_param(name)
    ]


def test_a_reduced_pipeline_is_restored_to_nearly_what_it_was(pipeline, tmp_path):
    before = [value.copy() for value in weights(pipeline)]
    reduce_precision(pipeline).to_disk(tmp_path)
    loaded = restore_precision(spacy.load(tmp_path))
    assert {value.dtype.name for value in weights(pipeline)} == {"float16"}
    assert {value.dtype.name for value in weights(loaded)} == {"float32"}
    for old, new in zip(before, weights(loaded), strict=True):
        np.testing.assert_allclose(old, new, rtol=1e-3, atol=1e-4)


def test_vectors_are_rounded_and_clipped_to_one_byte(pipeline):
    assert reduce_precision(pipeline).vocab.vectors.data.dtype == np.int8
    data = restore_precision(pipeline).vocab.vectors.data
    np.testing.assert_allclose(data, [[0.5, -125 * STEP], [127 * STEP, 0.0]])


def test_other_pipelines_are_left_alone(pipeline):
    before = [*weights(pipeline), pipeline.vocab.vectors.data]
    after = restore_precision(pipeline)
    for old, new in zip(before, [*weights(after), after.vocab.vectors.data], strict=True):
        assert old is new
