"""`vinese baseline`: predict with a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from vinese.cli.common import Output, echo, gold_option, json_option, named, project_option, texts_option, write_lines
from vinese.cli.progress import drawn
from vinese.score.measures import GROUPS
from vinese.systems.baselines.names import ABOUT

_NAMES = "\n".join(
    line
    for task, by_name in ABOUT.items()
    for line in (f"  {task}", *(f"    {name:<12} {about}" for name, about in by_name.items()))
)


@click.command(epilog=f"\b\nNames by task:\n{_NAMES}\n\nExample: vinese baseline crf --task entities --out crf.jsonl")
@click.argument("name")
@click.option(
    "--task", "tasks", multiple=True, type=click.Choice(list(GROUPS)), help="What to predict; by default all."
)
@gold_option
@texts_option
@click.option("--out", metavar="FILE.jsonl", required=True, help="Where to write predictions; - is standard output.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of what is drawn.")
@json_option
@project_option
def command(
    *, name: str, tasks: tuple[str, ...], gold: str | Path | None, out: str, output: Output, **settings: Any
) -> int:
    """Write the predictions of a baseline for every article, made without that article.

    Articles are left out by fold; what is tuned is tuned within the others; the same call writes the same bytes.
    crf, underthesea, cues and tfidf need the extra baselines.
    """
    from vinese.core.files import refuse_input
    from vinese.core.urls import check_out, shown
    from vinese.systems.baselines.run import baseline

    check_out(out)
    refuse_input(out, named(gold, settings["articles"]), settings["project"])
    output.envelope_to_stderr = output.as_json and out == "-"
    with drawn() as progress:
        records = baseline(name, tasks or None, gold, progress=progress, **settings)
    write_lines(out, records)
    held = {kind: sum(len(record.get(kind, ())) for record in records) for kind in ("entities", "events", "stances")}
    held["article_stance"] = sum(record.get("article_stance") is not None for record in records)
    result = {"name": name, "out": shown(out), "articles": len(records), "found": held}
    words = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in held.items() if number) or "nothing"
    output.result(result, lambda: echo(f"wrote {shown(out)}: {len(records)} articles, {words}", err=True))
    return output.code
