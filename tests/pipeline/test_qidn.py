"""TextToGraph driven by a run of QIDN, which finds mentions that the parser does not know."""

from __future__ import annotations

from graphkg.pipeline import TextToGraph

TEXTS = {
    "first": "Ann left Rome today\na b c",
    "second": "🧪\nAnn born Romeville : Lee left the city of Rome",
}


def test_a_run_builds_a_graph_whose_evidence_stands_in_the_texts(qidn_run, reader, tmp_path):
    built = TextToGraph.from_pretrained(qidn_run[1], reader.parser)
    graph = built.build(TEXTS.items(), tmp_path / "journal")
    expected = {
        ("Ann", "left", "Rome"),
        ("Ann", "born", "Rome"),
        ("Ann", "born", "Romeville"),
        ("Ann", "left", "city of Rome"),
        ("Lee", "left", "city of Rome"),
    }
    assert set(graph.triples()) == expected
    for e in (e for kept in graph.evidence for e in kept):
        text = TEXTS[e.document]
        assert text[e.subject_start : e.subject_end] == e.subject
        assert text[e.object_start : e.object_end] == e.object
        assert (e.subject_kind, e.object_kind, e.model) == ("PER", "LOC", "four")
    again = built.build(TEXTS.items(), tmp_path / "journal")
    assert again.evidence == graph.evidence and again.triples() == graph.triples()
    assert reader.parser.read == ["first", "second"]


def test_triples_below_the_lowest_score_are_no_edges(qidn_run, reader):
    whole = TextToGraph.from_pretrained(qidn_run[1], reader.parser).build(TEXTS.items())
    middle = sorted(e.score for kept in whole.evidence for e in kept)[2]
    few = TextToGraph.from_pretrained(qidn_run[1], reader.parser, middle).build(TEXTS.items())
    assert len(few.triples()) == 3
