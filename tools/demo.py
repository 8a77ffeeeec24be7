"""What ``make demo`` runs: the texts of datasets/texts/test to a graph, shown and scored."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path

from graphkg.cli.build import build_graph
from graphkg.cli.show import say_mistakes

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "datasets" / "texts"


def main() -> None:
    from graphkg.metrics.scores import table
    from graphkg.recipes.text_scores import annotated_texts, score_evidence

    started = time.monotonic()
    output = ROOT / "out" / "demo"
    graph = build_graph([str(TEXTS / "test")], output, overwrite=True)
    print("\nTen triples and the sentences that state them:\n")
    rows = sorted(zip(graph.triples(), graph.evidence), key=lambda row: -row[1][0].score)
    for (head, relation, tail), kept in rows[:: max(len(rows) // 10, 1)][:10]:
        print(f"  {head} - {relation} - {tail}  ({kept[0].score:.2f}, {kept[0].document})")
        print(textwrap.indent(textwrap.fill(kept[0].text, 92), "      "))
    texts = annotated_texts(TEXTS, "test")
    evidence = {}
    for kept in graph.evidence:
        for found in kept:
            evidence.setdefault(Path(found.document).stem, []).append(found)
    scores = score_evidence(texts, evidence)
    print("\nAgainst the annotation of these texts, end to end from raw text:\n")
    print(table({"strict": scores["strict"], "relaxed": scores["relaxed"]}, "triples"))
    print(f"\n{time.monotonic() - started:.0f} seconds; the page to look at: {output}/graph.html")


if __name__ == "__main__":
    with say_mistakes("demo"):
        main()
