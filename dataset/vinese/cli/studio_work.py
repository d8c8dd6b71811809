"""The verbs of `vinese studio` that move work: push, pull, adjudicate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from vinese.cli.common import Output, echo, json_option, project_option
from vinese.cli.progress import drawn
from vinese.cli.studio_options import (
    articles_option,
    data_dir_option,
    lang_option,
    layer_option,
    sample_option,
    seed_option,
    stage_option,
    url_option,
)
from vinese.core.printable import counted


@click.command()
@layer_option
@stage_option
@lang_option
@articles_option
@sample_option
@seed_option
@click.option(
    "--suggest",
    metavar="FILE|LAYER",
    type=click.Path(dir_okay=False),
    help="Predictions, in any form that vinese score reads, that annotators can take, change or leave; or a pulled "
    "layer, of which what the project lost comes back; or the name of a layer of this corpus, such as gold, for a "
    "person to review. A layer that layers.json calls independent gets none.",
)
@click.option("--update-config", is_flag=True, help="Replace a configuration that was changed by hand on the server.")
@project_option
@data_dir_option
@url_option
@json_option
def push(
    *, layer: str, articles: str | None, sample: int | None, suggest: str | None, output: Output, **options: Any
) -> int:
    """Make the project of a layer and send it the articles, or those chosen; what is there already stays as it is.

    A layer that was made with --articles or --sample gets others only when these are given again.

    Example: vinese studio push --layer trial
    """
    from vinese.studio.push import push as send

    with drawn(lines=True) as progress:
        pushed = send(layer, articles=articles, sample=sample, suggest=suggest, progress=progress, **options)

    def text() -> None:
        stage = _change(pushed.stage_before, pushed.stage)
        lang = _change(pushed.lang_before, pushed.lang)
        echo(f"Layer {pushed.layer}, stage {stage}, language {lang}: project {pushed.screen}.")
        echo(_sent(pushed.there, pushed.sent, pushed.accepted))
        if pushed.part and articles is None and sample is None:
            echo("Its articles are chosen: --articles or --sample add more.")
        if suggest is not None:
            taken = f"{pushed.suggestions_accepted} of {pushed.suggested} new suggestions were accepted"
            echo(f"{taken if pushed.suggested else 'No suggestion is new'}.")
        echo(f"Open {pushed.url}")

    output.issues(pushed.issues)
    output.result(pushed, text)
    return output.code


def _change(before: str | None, now: str) -> str:
    return now if before in {None, now} else f"{before} -> {now}"


def _sent(present: int, sent: int, accepted: int) -> str:
    new = f"{accepted} of {sent} new ones were accepted" if sent else "none is new"
    return f"{present} articles were there, {new}."


@click.command()
@layer_option
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False), help="Default: annotations/exports/NAME.json."
)
@click.option(
    "--accept",
    multiple=True,
    metavar="ARTICLE",
    help="Bring this article up to the server although work on it is gone, or it has other errors; give it again for "
    "more articles, or give all. Unknown labels need --accept-labels.",
)
@click.option("--accept-labels", is_flag=True, help="Write also articles that have labels which the ontology lacks.")
@project_option
@data_dir_option
@url_option
@json_option
def pull(*, layer: str, out: str | None, accept: tuple[str, ...], output: Output, **options: Any) -> int:
    """Fetch the work of a layer into one file, without personal data; unchanged work is unchanged bytes.

    An article whose work is gone from the server, or that has another error, stays in the file as it was; the others
    are written.

    Example: vinese studio pull --layer trial
    """
    from vinese.studio.pull import pull as fetch

    with drawn(lines=True) as progress:
        file, accepted = Path(out) if out else None, "all" in accept or accept
        pulled = fetch(layer, out=file, accept=accepted, progress=progress, **options)

    def text() -> None:
        echo(
            f"Layer {pulled.layer}: {pulled.tasks} of {counted(pulled.on_server, 'article')} "
            f"{'holds' if pulled.on_server == 1 else 'hold'} work, {counted(pulled.annotations, 'annotation')} "
            f"({pulled.cancelled} skipped) by {counted(pulled.annotators, 'annotator')}, "
            f"{counted(pulled.drafts, 'draft')}."
        )
        if pulled.changes:
            words = ", ".join(
                f"{sum(len(getattr(change, what)) for change in pulled.changes)} {what}"
                for what in ("came", "changed", "went")
            )
            articles = len({change.article_id for change in pulled.changes})
            echo(f"Since the last pull, in {counted(articles, 'article')} that it had: {words}.")
        if pulled.kept:
            echo(f"Not brought up to the server because of the errors above: {', '.join(pulled.kept)}.")
        if pulled.records:
            echo(f"{pulled.file} {'was written' if pulled.written else 'is unchanged'}.")
        else:
            done = "was removed" if pulled.written else "was not made"
            echo(f"There is nothing to write; {pulled.file} {done}.")

        if pulled.to_mend:
            wrong = counted(pulled.to_mend, "article")
            echo(f'The work on {wrong} has issues: see the tab "to mend" at {pulled.url}')
            echo('Click a row there, mend, press Update; "Label All Tasks" leaves out what is submitted.')
            echo(f"and: vinese validate {pulled.file}")

    output.issues(pulled.issues)
    output.result(pulled, text)
    return output.code


@click.command()
@click.argument("layers", nargs=-1, metavar="LAYER LAYER...")
@click.option(
    "--into", required=True, metavar="NAME", help="The layer to decide; the adjudicated one is called gold."
)
@click.option(
    "--lang",
    type=click.Choice(["vi", "en"]),
    help="The language of the screen; by default what it is, at first vi for Vietnamese.",
)
@click.option("--update-config", is_flag=True, help="Replace a configuration that was changed by hand on the server.")
@project_option
@data_dir_option
@url_option
@json_option
def adjudicate(*, layers: tuple[str, ...], into: str, output: Output, **options: Any) -> int:
    """Make a project in which one person decides where layers differ; what all agree on is accepted already.

    LAYER is the name of an export in annotations/exports/, or the path of an export (.json) or of documents (.jsonl).
    When the work is done, fetch it with: vinese studio pull --layer NAME

    Example: vinese studio adjudicate first second --into gold
    """
    from vinese.studio.adjudicate import adjudicate as prepare

    with drawn(lines=True) as progress:
        adjudicated = prepare(layers, into, progress=progress, **options)

    def text() -> None:
        echo(f"Layer {adjudicated.layer} from {', '.join(adjudicated.layers)}: project {adjudicated.screen}.")
        echo(_sent(adjudicated.there, adjudicated.sent, adjudicated.accepted))
        if adjudicated.mended:
            echo(f"{adjudicated.mended} suggestions were missing and sent.")
        counts = f"agreed: {adjudicated.agreed}; to decide: {adjudicated.to_decide}"
        alone = f" ({adjudicated.single} in one layer alone)" if adjudicated.single else ""
        echo(f"Articles: {adjudicated.articles}{alone}; {counts}.")
        echo(f"Open {adjudicated.url}")

    output.issues(adjudicated.issues)
    output.result(adjudicated, text)
    return output.code
