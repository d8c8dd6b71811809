"""`vinese check`: which kept files are current, and whether articles and layers are sound."""

from __future__ import annotations

from collections.abc import Mapping

import click

from vinese.cli.common import Output, built_layer_option, folder, json_option, project_option
from vinese.cli.progress import drawn
from vinese.core.project import Project

NAMES = """\b
Names:
  schema        schema/v1/labels.json
  label-config  annotations/label_config.xml
  tables        annotations/guidelines/labels.*.md
  articles      annotations/articles/
  guidelines    annotations/guidelines/: that they do not quote the articles
  layers        annotations/exports/
  words         annotations/words/
  splits        annotations/splits.json and leakage.json
  agreement     annotations/agreement.json, and trial/trial.json
  quality       annotations/quality.json
  baselines     annotations/predictions/, and the table in README.md
  checksums     card/checksums.json: what the data build
  card          card/rendered/: what a build says of itself"""

_SIGNS = {"current": "green", "sound": "green", "stale": "red", "unsound": "red", "unknown": "yellow"}


@click.command(epilog=f"{NAMES}\n\nExample: vinese check words splits")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@built_layer_option
@click.option(
    "--built", metavar="DIR", help="Check a built folder too: that nobody changed it and it is what is built now."
)
@click.option("--deep", is_flag=True, help="Run baselines again, too, and compare; needs the extra `baselines`.")
@project_option
@json_option
def command(
    *, names: tuple[str, ...], layer: str | None, built: str | None, deep: bool, project: Project, output: Output
) -> int:
    """Check which kept files are current, and validate all articles and layers.

    Without a NAME whatever the project keeps is checked. Ends with 1 if anything is stale or has errors; vinese
    update makes what is stale again. Quality passes are made by people: that some are of an earlier state is a
    warning. So is a file that cannot be checked because optional packages are missing.
    """
    from vinese.release.check import check

    with drawn() as progress:
        at = folder(built) if built else None
        report = check(*names, project=project, layer=layer, built=at, deep=deep, progress=progress)
    output.limit = 10
    output.issues(report.issues)
    output.result(report, lambda: _print(report.states))
    return output.code


def _print(states: Mapping[str, str]) -> None:
    for name, state in states.items():
        click.echo(f"{name:<13} {click.style(state, fg=_SIGNS.get(state))}")
