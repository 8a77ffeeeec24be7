"""Sentences drawn: every word, tag, label and kind is there, and what was pruned is pale."""

from __future__ import annotations

import builtins

import pytest

from graphkg import SentenceGraph
from graphkg.errors import MissingExtra
from graphkg.exchange.arcs import arc_ends, arc_levels, draw_sentence, place_words
from graphkg.exchange.canvas import INK, PALE, colour
from graphkg.transforms import PruneTree

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed():
    """Closes the figures of a test."""
    yield
    matplotlib.pyplot.close("all")


@pytest.fixture
def sentence():
    return SentenceGraph.build(
        "Ann Lee left $ Rome $ today".split(),
        heads=[2, 3, 0, 5, 3, 5, 3],
        deprels=["compound", "nsubj", "root", "dep", "obj", "dep", "advmod"],
        pos="NNP NNP VBD SYM NNP SYM NN".split(),
        mentions=[(0, 2, "PERSON"), (4, 5, "SPACE_STATION")],
        pairs=[(0, 1, None)],
    )


def shown(ax):
    ax.figure.canvas.draw()
    return [text.get_text() for text in ax.texts]


def test_words_tags_labels_and_kinds_are_written_as_they_stand(sentence):
    texts = shown(draw_sentence(sentence))
    assert [text for text in texts if text in sentence.words] == list(sentence.words)
    assert {"NNP", "SYM", "compound", "obj", "PERSON", "SPACE_STATION"} <= set(texts)
    assert "root" not in texts
    few = shown(draw_sentence(sentence, tags=False, labels=False))
    assert sorted(few) == sorted([*sentence.words, "PERSON", "SPACE_STATION"])


def test_what_was_pruned_is_pale(sentence):
    ax = draw_sentence(PruneTree(0)(sentence))
    inks = {text.get_text(): text.get_color() for text in ax.texts}
    assert (inks["Lee"], inks["left"], inks["Rome"], inks["today"]) == (INK, INK, INK, PALE)
    assert (inks["obj"] == PALE, inks["advmod"] == PALE) == (False, True)
    assert inks["PERSON"] == colour("PERSON")
    nobody = sentence.with_pairs([(1, 1, None)])
    inks = {t.get_text(): t.get_color() for t in draw_sentence(PruneTree(0)(nobody)).texts}
    assert (inks["PERSON"], inks["SPACE_STATION"]) == (PALE, colour("SPACE_STATION"))
    whole = draw_sentence(PruneTree(-1)(sentence))
    assert all(text.get_color() != PALE for text in whole.texts)


def test_a_sentence_fits_the_axes_it_is_given(sentence):
    figure, ax = matplotlib.pyplot.subplots(figsize=(2, 1))
    assert draw_sentence(sentence, ax) is ax
    small = next(text for text in ax.texts if text.get_text() == "left")
    large = next(t for t in draw_sentence(sentence).texts if t.get_text() == "left")
    assert small.get_fontsize() < large.get_fontsize()
    figure.canvas.draw()
    inside = ax.get_window_extent()
    for text in ax.texts:
        box = text.get_window_extent()
        assert inside.x0 - 2 <= box.x0 and box.x1 <= inside.x1 + 2


@pytest.mark.parametrize("words", [[], ["Yes"]])
def test_a_sentence_without_arcs_is_drawn(words):
    assert shown(draw_sentence(SentenceGraph.build(words), tags=False)) == words


def test_an_arc_is_higher_than_those_it_spans_and_neighbours_share_a_height():
    arcs = [(1, 0), (1, 2), (4, 3), (1, 4), (5, 1)]
    assert arc_levels(arcs) == {(1, 0): 1, (1, 2): 1, (4, 3): 1, (1, 4): 2, (5, 1): 3}
    assert arc_levels([(0, 2), (1, 3)]) == {(0, 2): 1, (1, 3): 2}


def test_arcs_meet_a_word_side_by_side_the_longest_nearest_to_its_middle():
    ends = arc_ends([(0, 1), (0, 3), (2, 0)], [0.0, 100.0, 200.0, 300.0])
    assert 0 < ends[0, 3][0] < ends[2, 0][1] < ends[0, 1][0] < 100 > ends[0, 1][1] > 80


def test_words_are_apart_enough_for_long_kinds_and_labels():
    graph = SentenceGraph.build(
        ["a", "b"], [0, 1], ["root", "a-long-label"], mentions=[(0, 1, "SPACE_STATION")]
    )
    (left, right), widths = place_words(graph, [(0, 1)], graph.labels.deprels)
    bare, _ = place_words(SentenceGraph.build(["a", "b"]), [], ["", ""])
    assert right - left > 2.5 * (bare[1] - bare[0])
    assert widths[0] > 3 * widths[1]


def test_kinds_have_colours_also_unknown_ones():
    assert colour("PERSON") != colour("LOCATION") != colour("SPACE_STATION")


def test_without_matplotlib_the_extra_is_named(sentence, monkeypatch):
    real = builtins.__import__

    def absent(name, *rest):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingExtra, match=r"to draw, .*pip install 'graphkg\[plot\]'"):
        draw_sentence(sentence)
