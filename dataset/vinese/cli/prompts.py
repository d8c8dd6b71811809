"""`vinese prompts`: write what a language model is asked, as lines for a batch."""

from __future__ import annotations

from typing import Any

import click

from vinese.cli.common import Output, echo, gold_option, json_option, named, project_option, texts_option, write_lines


@click.command(epilog="Example: vinese prompts --task entities --lang en --shots 2 --model NAME --out batch.jsonl")
@click.option("--task", required=True, help="entities, events or opinions.")
@click.option("--lang", help="The language of the instructions: vi or en; by default vi for texts in Vietnamese.")
@click.option(
    "--shots",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Examples, from articles of other folds.",
)
@click.option("--model", metavar="NAME", help="The model's name, which most engines want in every line.")
@click.option(
    "--out", metavar="FILE.jsonl", default="-", show_default=True, help="Where to write; - is standard output."
)
@gold_option
@texts_option
@json_option
@project_option
def command(
    *, task: str, lang: str | None, shots: int, model: str | None, out: str, output: Output, **settings: Any
) -> None:
    """Write a request an article, in the form of OpenAI's batches, which vLLM and others take too.

    Labels and definitions come from the ontology, examples from gold, never from the fold of the article that is
    asked about. What comes back is read by vinese predict --replies FILE.
    """
    from vinese.core.files import refuse_input
    from vinese.core.urls import check_out, shown
    from vinese.systems.llm.prompts import prompts

    check_out(out)
    refuse_input(out, named(settings["gold"], settings["articles"]), settings["project"])
    output.envelope_to_stderr = output.as_json and out == "-"
    lines = list(prompts(task, lang=lang, shots=shots, model=model, **settings))
    write_lines(out, lines)
    place = "" if out == "-" else f" to {shown(out)}"
    note = "" if model else "; they name no model: --model NAME adds it"
    result = {"task": task, "requests": len(lines), "out": shown(out)}
    output.result(result, lambda: echo(f"wrote {len(lines)} requests{place}{note}", err=True))
