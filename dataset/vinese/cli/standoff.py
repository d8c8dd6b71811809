"""`vinese standoff`: copy a built dataset without the articles' words."""

from __future__ import annotations

import click

from vinese.cli.common import Output, echo, folder, json_option


@click.command()
@click.argument("source", metavar="DIR", type=click.Path(exists=True, file_okay=False))
@click.option("--out", metavar="DIR", help="The folder to make, or make again; by default DIR with -standoff added.")
@json_option
def command(source: str, out: str | None, output: Output) -> int:
    """Make a copy of a built dataset without the articles' words, to look at or to pass on.

    Labels, offsets, hashes and sources stay; vinese rehydrate puts the words back. It is what vinese publish
    --standoff sends.

    Example: vinese standoff build/vinese
    """
    from vinese.hub.standoff import standoff

    built = folder(source)
    target = folder(out) if out else built.absolute().with_name(f"{built.absolute().name}-standoff")
    issues = standoff(built, target)
    output.issues(issues)
    made = None if issues else str(target)
    done = f"{target}: the labels of {built} without the words they label"
    failed = "Nothing was written: see the errors above."
    output.result({"out": made}, lambda: echo(failed if issues else done, err=bool(issues)))
    return 1 if issues else 0
