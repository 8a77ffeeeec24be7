"""Compile the annotated texts of ``datasets/texts`` from their sources.

    python tools/build_corpus.py datasets/texts            write the compiled files
    python tools/build_corpus.py datasets/texts --check    compare them with the disk

Writes the plain texts (``dev/``, ``test/``), one JSON object a text (``dev.jsonl``,
``test.jsonl``) and the union of all triples with their entities (``kg/``). Every problem of the
sources is listed as ``file:line: what is wrong``; the exit status is then 2, nothing is written.
Where all is well, the counts of the corpus are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from corpus_source import NAMES, SPLITS, VALUES, Corpus, Document


def files(corpus: Corpus) -> dict[Path, str]:
    """Path under the root -> content of each compiled file."""
    out: dict[Path, str] = {}
    for split, documents in corpus.documents.items():
        rows = [json.dumps(asdict(d), ensure_ascii=False) + "\n" for d in documents]
        out[Path(f"{split}.jsonl")] = "".join(rows)
        out |= {Path(split, f"{d.key}.txt"): d.text for d in documents}
    rows = ["\t".join(row) + "\n" for _, _, row in corpus.entities.values()]
    for name, (kind, _) in corpus.kinds.items():
        if kind in VALUES:
            rows.append(f"{name}\t{kind}\t{VALUES[kind]}\t\t\n")
    header = "name\tkind\tcategory\tdescription\taliases\n"
    out[Path("kg/entities.tsv")] = header + "".join(sorted(rows))
    everything = [d for documents in corpus.documents.values() for d in documents]
    triples = {f"{t.head}\t{t.relation}\t{t.tail}\n" for d in everything for t in d.triples}
    out[Path("kg/triples.tsv")] = "".join(sorted(triples))
    return out


def stale(root: Path, contents: dict[Path, str]) -> list[Path]:
    """Compiled files on the disk that differ, are missing, or belong to no source."""
    found = {p.relative_to(root) for split in SPLITS for p in (root / split).glob("*.txt")}
    changed = {
        path
        for path, text in contents.items()
        if not (root / path).is_file() or (root / path).read_bytes() != text.encode()
    }
    return sorted(changed | (found - contents.keys()))


def write(root: Path, contents: dict[Path, str]) -> None:
    """Write beside, then rename, so that no file is ever half there; remove what is left over."""
    for path in stale(root, contents):
        target = root / path
        if path not in contents:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".part")
        beside.write_bytes(contents[path].encode())
        os.replace(beside, target)


def summary(name: str, documents: list[Document]) -> str:
    """Counts of one split, as lines of text."""
    triples = [t for d in documents for t in d.triples]
    kinds = Counter(m.kind for d in documents for m in d.mentions)
    sentences = sum(len(d.sentences) for d in documents)
    used = sum(len({t.sentence for t in d.triples}) for d in documents)
    stated = [t for t in triples if not t.inferred]
    within = sum(t.within_sentence for t in stated)
    relations = Counter(t.relation for t in triples)
    entities = {m.entity for d in documents for m in d.mentions}
    by_kind = ", ".join(f"{kind} {kinds[kind]}" for kind in (*NAMES, *VALUES))
    top = ", ".join(f"{r} {n}" for r, n in relations.most_common(20))
    return (
        f"{name}: {len(documents)} texts, {sentences} sentences ({sentences - used} distractors)\n"
        f"  {sum(kinds.values())} mentions of {len(entities)} entities: {by_kind}\n"
        f"  {len(triples)} triples of {len(relations)} relations: T {within}, "
        f"D {len(stated) - within}, inferred {len(triples) - len(stated)}\n"
        f"  most frequent: {top}"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when all is well, 2 when a source is wrong or a file is stale."""
    parser = argparse.ArgumentParser(description="Compile the annotated texts.")
    parser.add_argument("root", type=Path, help="the folder datasets/texts")
    parser.add_argument("--check", action="store_true", help="compare with the disk, write nothing")
    options = parser.parse_args(arguments)
    corpus = Corpus(options.root)
    if corpus.problems:
        print(*corpus.problems, f"{len(corpus.problems)} problems", sep="\n", file=sys.stderr)
        return 2
    contents = files(corpus)
    if options.check:
        for path in (old := stale(options.root, contents)):
            print(f"{options.root / path}: stale, run tools/build_corpus.py", file=sys.stderr)
        if old:
            return 2
    else:
        write(options.root, contents)
    for split, documents in corpus.documents.items():
        print(summary(split, documents))
    print(summary("all", [d for documents in corpus.documents.values() for d in documents]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
