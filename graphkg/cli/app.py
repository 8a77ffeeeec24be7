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
    system: Annotated[str, typer.Argument(help="jrrelp")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The run folder.")],
    preset: Annotated[str | None, typer.Option(help="semeval-cgcn, redocred-cgcn, ...")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the data set.")] = None,
    vectors: Annotated[Path | None, typer.Option(help="Folder of the word vectors.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="A setting, as epochs=20; repeatable.")
    ] = None,
    parser: ParserName = "bundled",
    resume: Annotated[bool, typer.Option(help="Go on with a stopped training.")] = False,
) -> None:
    """Train a system on a data set ($GRAPHKG_DATA or --data) and save the run."""
    from .train import train_system

    train_system(system, output, preset, data, vectors, changes or [], parser, resume)


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
    output: Out = None,
    parser: ParserName = "bundled",
) -> None:
    """Score a trained system on labelled pairs, or from raw text with --texts."""
    from .train import evaluate_system

    evaluate_system(run, data, split, texts, baseline, output, parser)


def main(arguments: list[str] | None = None) -> Any:
    """Runs the command; a user's mistake is one sentence on stderr and exit code 2."""
    import os
    import sys

    from ..errors import GraphKGError

    try:
        app(arguments)
    except GraphKGError as error:
        print(f"graphkg: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
