"""`vinese predict`: turn a language model's replies into predictions, or ask it for them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import msgspec

from vinese.cli.common import (
    FEW,
    SOURCE,
    Output,
    echo,
    gold_option,
    json_option,
    named,
    project_option,
    texts_option,
    workers_options,
    write_lines,
)

EXAMPLES = """\b
Examples:
vinese predict --task entities --replies batch_output.jsonl --out predictions.jsonl
vinese predict --task events --model openai/gpt-4o --shots 2 --out predictions.jsonl"""


@click.command(epilog=EXAMPLES)
@click.option("--task", required=True, help="entities, events or opinions.")
@click.option(
    "--replies",
    multiple=True,
    metavar="FILE",
    type=SOURCE,
    help="Replies: a batch's output, samples of lm-eval, or a log of Inspect; file or URL; may be repeated.",
)
@click.option("--model", metavar="NAME", help="The model to ask, as Inspect names it: openai/gpt-4o.")
@click.option("--lang", help="The language of the prompt: vi or en; by default vi for texts in Vietnamese.")
@click.option(
    "--shots", type=click.IntRange(min=0), default=0, show_default=True, help="Examples in the prompt for a model."
)
@click.option("--base-url", metavar="URL", help="Where the model is served, if not at its provider's.")
@click.option("--max-tokens", metavar="N", type=click.IntRange(min=1), help="The longest reply of the model.")
@click.option("--log-dir", metavar="DIR", help="Where Inspect writes its log; by default ./logs.")
@click.option("--out", required=True, metavar="FILE.jsonl", help="A file or URL to write; - is standard output.")
@gold_option
@texts_option
@workers_options
@json_option
@project_option
def command(*, task: str, replies: tuple[str | Path, ...], out: str, output: Output, **options: Any) -> int:
    """Write what a language model predicts, a record an article, for vinese score.

    Words of a reply are looked up in the sentence that it names, at syllable borders; what has no place there is told
    and left out. An article without a usable reply is written too: nothing found is what counts there.

    With --model, Inspect AI asks it (pip install "vinese[llm]"). Every reply that came is kept in Inspect's cache:
    the same command again, after an error or when it was killed, asks only for what is missing. `inspect view` shows
    all that was said, `inspect cache clear` forgets it.

    Ends with 0 if all articles have a reply; with 1 if some have none, or if there is another error; with 2, and
    nothing written, after wrong use or if the model answered nothing at all.
    """
    # Nothing here has any use for numpy's threads, and workers can be forked where there are none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    from vinese.core.files import refuse_input
    from vinese.core.urls import check_out, shown
    from vinese.systems.llm.predict import predict

    check_out(out)
    refuse_input(out, named(*replies, options["gold"], options["articles"]), options["project"])
    output.envelope_to_stderr = output.as_json and out == "-"
    options["display"] = "none" if output.as_json or out == "-" else "plain"
    report = predict(task, replies=replies or None, **options)
    output.limit = FEW
    output.issues(report.issues)
    write_lines(out, report.predictions)
    count = len(report.predictions)
    words = f"wrote {count} articles, {len(report.failed)} of them without a usable reply"
    left = f"; {report.unresolved} parts of replies were left out" if report.unresolved else ""
    score = "" if out == "-" else f"\nvinese score {shown(out)} --task {task}"
    result = msgspec.structs.asdict(report) | {"predictions": count, "out": shown(out)}
    output.result(result, lambda: echo(words + left + score, err=True))
    return output.code
