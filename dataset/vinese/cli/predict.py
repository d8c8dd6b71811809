"""`vinese predict`: turn a language model's replies into predictions."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from vinese.cli.common import FEW, Output, json_option, project_option, write_lines
from vinese.core.project import Project


@click.command(epilog="Example: vinese predict --task entities --replies batch_output.jsonl --out predictions.jsonl")
@click.option("--task", required=True, help="entities, events or opinions.")
@click.option(
    "--replies",
    multiple=True,
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Replies to vinese prompts: a batch's output or samples of lm-eval; may be repeated.",
)
@click.option("--out", required=True, metavar="FILE.jsonl", help="Where to write; - is standard output.")
@json_option
@project_option
def command(*, task: str, replies: tuple[Path, ...], out: str, output: Output, project: Project) -> int:
    """Write what a language model predicts, a record an article, for vinese score.

    Words of a reply are looked up in the sentence that it names, at syllable borders; what has no place there is told
    and left out. An article without a usable reply is written too: nothing found is what counts there.

    Ends with 0 if all articles have a reply, with 1 if some have none, and with 2 after wrong use.
    """
    from vinese.core.files import refuse_input
    from vinese.systems.llm.predict import predict

    refuse_input(out, replies)
    report = predict(task, replies=replies, project=project)
    output.envelope_to_stderr = output.as_json and out == "-"
    output.limit = FEW
    output.issues(report.issues)
    write_lines(out, report.predictions)
    count = len(report.predictions)
    words = f"wrote {count} articles, {len(report.failed)} of them without a usable reply"
    left = f"; {report.unresolved} parts of replies were left out" if report.unresolved else ""
    score = "" if out == "-" else f"\nvinese score {out} --task {task}"
    output.result(
        msgspec.structs.replace(report, predictions=(), issues=()),
        lambda: click.echo(words + left + score, err=True),
    )
    return output.code
