"""The verbs of `vinese studio` that share work out: assign, progress, invite."""

from __future__ import annotations

from typing import Any

import click

from vinese.cli.common import Output, echo, json_option, project_option
from vinese.cli.progress import drawn
from vinese.cli.studio_options import (
    articles_option,
    data_dir_option,
    lang_option,
    sample_option,
    seed_option,
    stage_option,
    url_option,
)
from vinese.core.printable import counted
from vinese.studio.folder import StudioFolder


@click.command()
@click.argument("layers", nargs=-1, metavar="LAYER LAYER...")
@click.option(
    "--overlap",
    type=float,
    default=0.2,
    show_default=True,
    metavar="SHARE",
    help="The share of articles that every layer gets, so that agreement can be measured; the others go to one each.",
)
@articles_option
@sample_option
@seed_option
@stage_option
@lang_option
@project_option
@data_dir_option
@url_option
@json_option
def assign(*, layers: tuple[str, ...], output: Output, **options: Any) -> int:
    """Deal articles out over layers, one layer an annotator, and send each layer its own.

    What a layer has stays with it, so that the same command again sends nothing, and with more articles in the
    project sends those. annotations/layers.json then calls the layers independent: agreement is measured by them.

    Example: vinese studio assign an binh chi --overlap 0.2 --seed 7
    """
    from vinese.studio.assign import assign as deal

    with drawn(lines=True) as progress:
        assigned = deal(layers, progress=progress, **options)

    def text() -> None:
        for layer in assigned.layers:
            echo(f"Layer {layer.layer}: {layer.there} were there, {layer.accepted} new. Open {layer.url}")
        echo(f"Dealt: {counted(assigned.articles, 'article')}, {assigned.common} of them to every layer.")
        if assigned.independent:
            echo(
                f"annotations/layers.json says now that {', '.join(assigned.independent)} are independent: "
                "agreement is measured by them. Write there who made each layer, a person or a model."
            )
        echo(f"Next: vinese studio invite --layer {layers[0]}")

    output.issues(assigned.issues)
    output.result(assigned, text)
    return output.code


@click.command("progress")
@click.option("--layer", metavar="NAME", help="This layer alone.")
@data_dir_option
@url_option
@json_option
def progress_(*, layer: str | None, folder: StudioFolder, url: str | None, output: Output) -> int:
    """Show how far each layer and annotator is: done, skipped, drafts, last active, and the pace.

    Annotators stand under the pseudonyms of pulled layers, those of whom nothing was pulled yet under the number of
    their account. The time of an article is what Label Studio measured while it was open.

    Example: vinese studio progress --layer an
    """
    from vinese.studio.progress import progress as measure

    with drawn(lines=True) as drawing:
        measured = measure(layer, folder=folder, url=url, progress=drawing)

    def text() -> None:
        from vinese.render.terminal import print_table, stdout_console

        print_table(stdout_console(), _table(measured))

    output.result(measured, text)
    return 0


def _table(measured: list[Any]) -> Any:
    """Return a table with a line for each layer, and one for each annotator in it."""
    from vinese.render.terminal import empty_table

    numbers = ("done", "of", "skipped", "drafts", "last active (UTC)", "done a day", "minutes each")
    table = empty_table(("layer", "annotator"), numbers)
    for layer in measured:
        table.add_row(layer.layer, f"(stage {layer.stage})", str(layer.done), str(layer.articles), "", "", "", "", "")
        for one in layer.annotators:
            active = f"{one.last_active:%Y-%m-%d %H:%M}" if one.last_active else ""
            pace = [f"{value:.1f}" if value is not None else "" for value in (one.per_day, one.minutes)]
            table.add_row("", one.annotator, str(one.done), "", str(one.skipped), str(one.drafts), active, *pace)
    return table


@click.command()
@click.option("--layer", metavar="NAME", help="Give the page of this layer, too, and sentences to send with both.")
@data_dir_option
@url_option
@json_option
def invite(*, layer: str | None, folder: StudioFolder, url: str | None, output: Output) -> int:
    """Show the link with which an annotator makes an own account; without it nobody can sign up.

    Whoever has the link can sign up, so hand it to annotators only. Each annotator needs an own account: pulled
    layers tell annotators apart by it. With --layer, there are also the page of the layer and four sentences to
    send, in Vietnamese and English.

    Example: vinese studio invite --layer an
    """
    from vinese.studio.connection import connect
    from vinese.studio.invite import invitation

    with connect(folder, url) as studio:
        invited = invitation(studio, layer)

    def text() -> None:
        echo(invited.url)
        for letter in (invited.vi, invited.en):
            if letter:
                echo(f"\n{letter}")

    output.result(invited, text)
    return 0
