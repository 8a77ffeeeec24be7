"""The commands of ``graphkg``; each imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="graphkg",
    help="Raw text in, a scored knowledge graph out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Files = Annotated[list[str], typer.Argument(help="Text files, folders, or - for standard input.")]
ParserName = Annotated[
    str, typer.Option("--parser", help="bundled, spacy:NAME or stanza:FOLDER (installed).")
]
Out = Annotated[Path | None, typer.Option("--output", "-o", help="File to write; default stdout.")]


@app.command()
def build(
    files: Files,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write.")],
    model: Annotated[
        str, typer.Option(help="Relation model: default, or a run folder.")
    ] = "default",
    parser: ParserName = "bundled",
    minimum_score: Annotated[float, typer.Option(help="Leave out triples below.")] = 0.0,
    overwrite: Annotated[bool, typer.Option(help="Replace the folder if it is there.")] = False,
) -> None:
    """Turn texts into a knowledge graph: triples with their sentences, and a page to look at."""
    from .build import build_graph

    build_graph(files, output, model, parser, minimum_score, overwrite)


@app.command()
def parse(
    files: Files,
    output: Out = None,
    form: Annotated[str, typer.Option("--format", help="jsonl or conllu.")] = "jsonl",
    parser: ParserName = "bundled",
) -> None:
    """Turn texts into sentence graphs: tokens, tags, trees, mentions."""
    from .text import parse_texts

    parse_texts(files, output, form, parser)


@app.command()
def extract(
    run: Annotated[str, typer.Argument(help="Relation model: default, or a run folder.")],
    files: Files,
    output: Out = None,
    form: Annotated[str, typer.Option("--format", help="jsonl or tsv.")] = "jsonl",
    parser: ParserName = "bundled",
) -> None:
    """Print the triples that each sentence states, with offsets and scores."""
    from .text import extract_triples

    extract_triples(run, files, output, form, parser)


@app.command()
def train(
    system: Annotated[str, typer.Argument(help="jrrelp, link, lp-bert, mtl-kgc, qidn or jaket")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The run folder.")],
    preset: Annotated[
        str | None, typer.Option(help="semeval-cgcn, redocred-cgcn, umls-conve, umls-minilm, ...")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the data set; for links also a known name.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Link predictor: conve, distmult, complex, transe, rotate, tucker."),
    ] = None,
    vectors: Annotated[Path | None, typer.Option(help="Folder of the word vectors.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="A setting, as epochs=20; repeatable.")
    ] = None,
    parser: ParserName = "bundled",
    resume: Annotated[bool, typer.Option(help="Go on with a stopped training.")] = False,
    task: Annotated[
        str | None, typer.Option(help="JAKET: pretrain (default), entity-classification, ...")
    ] = None,
) -> None:
    """Train a system on a data set ($GRAPHKG_DATA or --data) and save the run."""
    from .train import train_system

    train_system(system, output, preset, data, model, vectors, changes or [], parser, resume, task)


@app.command()
def attention(
    run: Annotated[str, typer.Argument(help="A run folder of QIDN.")],
    sentence: Annotated[str, typer.Argument(help="One sentence.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Picture: .png, .svg or .pdf.")],
    layer: Annotated[int | None, typer.Option(help="Of the decoder, from 1; default last.")] = None,
    parser: ParserName = "bundled",
) -> None:
    """Draw which query looks at which span and at which other query of a sentence."""
    from .extraction import draw_queries

    draw_queries(run, sentence, output, layer, parser)


@app.command()
def combine(
    runs: Annotated[list[str], typer.Argument(help="Two or more runs that rank entities.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The run folder.")],
    bonus_hops: Annotated[
        int | None, typer.Option(help="A bonus for entities so near in the training graph.")
    ] = None,
    normalise: Annotated[str, typer.Option(help="standard or log_softmax.")] = "standard",
    steps: Annotated[int, typer.Option(help="Weights are multiples of 1 / steps.")] = 10,
) -> None:
    """Add up what several runs of one data set say, with weights chosen on validation."""
    from .combine import combine_runs

    combine_runs(runs, output, bonus_hops, normalise, steps)


@app.command()
def evaluate(
    run: Annotated[str, typer.Argument(help="A run folder, or default.")],
    data: Annotated[Path | None, typer.Option(help="Folder of the data set.")] = None,
    split: Annotated[str, typer.Option(help="test or valid (texts: test or dev).")] = "test",
    texts: Annotated[
        str | None,
        typer.Option(help="Score from raw text: redocred, or a folder as datasets/texts."),
    ] = None,
    baseline: Annotated[
        bool, typer.Option(help="Beside it: most frequent relation of kinds.")
    ] = False,
    raw: Annotated[bool, typer.Option(help="Links: rank unfiltered.")] = False,
    memory: Annotated[str, typer.Option(help="Links: memory for scores.")] = "256MB",
    output: Out = None,
    ranks: Annotated[
        Path | None, typer.Option(help="Links: file for the rank of every triple, tab-separated.")
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(help="File for every answer: relations .jsonl or .tsv, triples .jsonl."),
    ] = None,
    subset: Annotated[
        int | None, typer.Option(help="Text models of links: rank so many triples, drawn once.")
    ] = None,
    candidates_from: Annotated[
        str | None, typer.Option(help="Text models: a run whose best candidates are ranked anew.")
    ] = None,
    top: Annotated[
        int | None, typer.Option(help="How many of --candidates-from for a question; 50.")
    ] = None,
    journal: Annotated[
        Path | None, typer.Option(help="Text models: file from which a stopped ranking goes on.")
    ] = None,
    relations: Annotated[
        bool, typer.Option(help="Text models: also rank the relation of every pair.")
    ] = False,
    parser: ParserName = "bundled",
) -> None:
    """Score a trained system: labelled pairs, raw text (--texts), or the ranks of links."""
    from .train import evaluate_system

    more: dict[str, Any] = {"subset": subset, "candidates_from": candidates_from, "top": top}
    more |= {"journal": journal, "relations": relations}
    evaluate_system(
        run, data, split, texts, baseline, raw, memory, output, ranks, predictions, parser, more
    )


@app.command()
def compare(
    first: Annotated[
        str, typer.Argument(help="A run, a folder of runs (seeds), or a file of predictions.")
    ],
    second: Annotated[str, typer.Argument(help="Likewise: the system whose gain is asked for.")],
    data: Annotated[Path | None, typer.Option(help="Folder of the data set.")] = None,
    split: Annotated[str, typer.Option(help="test or valid.")] = "test",
    metric: Annotated[
        str | None,
        typer.Option(help="f1, accuracy, precision, recall, harmonic_f1, ...; links: mrr, ..."),
    ] = None,
    samples: Annotated[int, typer.Option(help="Resamples of the test set.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of the resampling.")] = 0,
    over_seeds: Annotated[bool, typer.Option(help="Resample the runs of a system, too.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File for the result as JSON.")
    ] = None,
    parser: ParserName = "bundled",
) -> None:
    """Tell whether the gain of SECOND over FIRST is real: a paired bootstrap over the test set."""
    from .compare import compare_runs

    compare_runs(first, second, data, split, metric, samples, seed, over_seeds, output, parser)


@app.command()
def predict(
    run: Annotated[str, typer.Argument(help="A run folder of link prediction.")],
    relation: Annotated[str, typer.Option(help="A relation's label or name.")],
    head: Annotated[str | None, typer.Option(help="The head; the tails are asked for.")] = None,
    tail: Annotated[str | None, typer.Option(help="The tail; the heads are asked for.")] = None,
    top: Annotated[int, typer.Option(help="How many answers.")] = 10,
    keep_known: Annotated[bool, typer.Option(help="Also known answers, and itself.")] = False,
    candidates: Annotated[
        str | None, typer.Option(help="seen (with this relation in training), or an entity type.")
    ] = None,
    new: Annotated[
        list[str] | None,
        typer.Option(help="A further entity, 'NAME: DESCRIPTION', for text models; repeatable."),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="table, jsonl or tsv.")] = "table",
    output: Out = None,
) -> None:
    """Answer (head, relation, ?) or (?, relation, tail) by ranking the entities."""
    from .link import predict_links

    predict_links(run, head, relation, tail, top, keep_known, candidates, new or [], form, output)


data_app = typer.Typer(help="Data sets: which are known, and what is wrong with a folder.")
app.add_typer(data_app, name="data", no_args_is_help=True)


@data_app.command("list")
def data_list() -> None:
    """List the known sets of triples, their sizes and licences."""
    from .data import list_data

    list_data()


@data_app.command("check")
def data_check(
    folder: Annotated[str, typer.Argument(help="Folder of a data set, or a known name.")],
) -> None:
    """List every problem of triples, relations or sentences with triples, with file and line."""
    from .data import check_data

    check_data(folder)


def main(arguments: list[str] | None = None) -> Any:
    """Runs the command; a user's mistake is one sentence on stderr and exit code 2."""
    import os
    import sys

    from .show import say_mistakes

    try:
        with say_mistakes("graphkg"):
            app(arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
