"""The page: one file, no network, every text harmless, a table without JavaScript."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
import torch

from graphkg.errors import InputError
from graphkg.exchange import write_page
from graphkg.graphs import KnowledgeGraph


class Page(HTMLParser):
    """Collects the elements of a page, and the text of its scripts and cells."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.cells, self.open = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.open = tag
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag):
        self.open = ""

    def handle_data(self, data):
        if self.open == "script":
            self.scripts[-1] += data
        if self.open == "td":
            self.cells[-1] += data


@pytest.fixture
def page(tmp_path, graph):
    path = write_page(graph, tmp_path / "new" / "page.html", title="A <graph> & {{data}}")
    return path.read_text(encoding="utf-8")


def test_the_page_holds_the_graph_and_its_sentences(page, text):
    data = json.loads(Page(page).scripts[0])
    assert data["nodes"][1] == ["Marie Curie", 1, "", ["Curie", "M|arie", "C\\urie"]]
    assert data["kinds"] == ["entity", "PERSON", "LOCATION"]
    assert data["relations"] == ["residence", "place of birth", "country"]
    assert data["sentences"] == [["curie#3", text]]
    assert data["edges"][0] == [1, 0, 2, [[0, 0, 11, 17, 23, 0.75], [0, 0, 11, 17, 23, 0.5]]]
    assert data["edges"][2] == [2, 2, 0, []]
    assert text[17:23] == "Warsaw"


def test_no_text_can_become_markup(page):
    assert len(Page(page).scripts) == 2 and "<b>" not in page
    assert "<title>A &lt;graph&gt; &amp; {{data}}</title>" in page
    assert not re.search(r"\{\{(?!data\}\})", page)


def test_the_page_loads_nothing(page):
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", page)
    for tag, attributes in Page(page).tags:
        assert tag not in ("link", "img", "iframe") and not {"src", "href"} & set(attributes)
    assert "default-src 'none'" in page


def test_without_javascript_the_triples_are_listed(page, text):
    rows = page[page.index("<noscript>") : page.index("</noscript>")]
    assert Page(rows).cells[:4] == ["Marie Curie", "residence", "Warsaw", text]
    assert len(Page(rows).cells) == 12


def test_kinds_can_be_given(tmp_path, graph):
    path = write_page(graph, tmp_path / "page.html", kinds=["X", "Y", "X", "X"])
    assert json.loads(Page(path.read_text(encoding="utf-8")).scripts[0])["kinds"] == ["X", "Y"]
    with pytest.raises(InputError, match="1 kinds were given for 4 entities"):
        write_page(graph, path, kinds=["X"])


def test_an_empty_graph_and_a_piece_of_a_graph_have_pages(tmp_path, graph):
    write_page(KnowledgeGraph.from_triples([]), tmp_path / "empty.html")
    piece = graph.subgraph({"entity": torch.tensor([1, 2])})
    path = write_page(piece, tmp_path / "piece.html")
    data = json.loads(Page(path.read_text(encoding="utf-8")).scripts[0])
    assert [node[0] for node in data["nodes"]] == ["Marie Curie", "Warsaw"]
    assert [edge[:3] for edge in data["edges"]] == [[0, 0, 1], [0, 1, 1]]


def test_a_long_table_says_that_it_is_cut(tmp_path):
    kg = KnowledgeGraph.from_triples((f"a{i}", "r", "b") for i in range(2001))
    text = write_page(kg, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "The first 2,000 of 2,001 triples." in text


@pytest.mark.slow
def test_a_browser_runs_the_page(page, tmp_path):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("a browser is needed: install chromium")
    path = tmp_path / "page.html"
    path.write_text(page.replace("\nstart();", "\nstart(); select(edges[0]);"), encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-background-networking".split()
    shown = subprocess.run(
        [browser, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    panel = shown[shown.index("<aside") : shown.index("</aside>")]
    assert '<mark class="subject">Marie Curie</mark>' in panel
    assert "&lt;/script&gt;&lt;b&gt;" in panel and "score 0.75" in panel
    assert "all 4 entities" in shown or "3 of 4 entities, all 3 triples" in shown
