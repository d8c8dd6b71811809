"""Print what `vinese.release.build.build` makes."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from vinese.cli.common import folder, json_option, one_mode, print_issues, print_json, project_option
from vinese.cli.progress import drawn
from vinese.core.errors import UsageError
from vinese.core.issues import has_errors
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.release.build import BuildReport


@click.command()
@click.option("--layer", metavar="NAME", help="The layer to publish; by default gold, or the only one there is.")
@click.option(
    "--out", metavar="DIR", default="build/vinese", show_default=True, help="The folder to make, or make again."
)
@click.option(
    "--check",
    is_flag=True,
    help="Make nothing; fail if the data build something else than card/checksums.json records. "
    "With --out DIR, also if DIR was changed, or is not what they build.",
)
@click.option("--record", is_flag=True, help="Make nothing; write card/checksums.json anew.")
@project_option
@json_option
def command(*, layer: str | None, out: str, check: bool, record: bool, project: Project, as_json: bool) -> int:
    """Build the dataset folder: Parquet, card, checksums.

    Every layer is validated first; with an error in any of them nothing is written.

    Example: vinese build --layer pilot --out build/vinese
    """
    from vinese.release.build import build

    mode = one_mode(check=check, record=record)
    if mode is not None:
        named = click.get_current_context().get_parameter_source("out") is not ParameterSource.DEFAULT
        return _compare(project, layer, mode, folder(out) if named else None, as_json=as_json)
    with drawn() as progress:
        report = build(project, folder(out), layer, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_issues(report.issues)
        if report.out is not None:
            _print_table(report)
            _print_unused(report)
            click.echo(f"\nLoad it:\n  {load_line(report.out, next(iter(report.configs[0].rows)))}")
        else:
            click.echo("Nothing was written: see the errors above.", err=True)
    return 1 if has_errors(list(report.issues)) else 0


def _compare(project: Project, layer: str | None, mode: str, folder: Path | None, *, as_json: bool) -> int:
    """Compare what the data build with what is recorded, or record it; print what is wrong."""
    from vinese.release import recorded

    if mode == "record" and folder is not None:
        raise UsageError("--record makes no folder.", "Leave out --out.")
    with drawn() as progress:
        if mode == "record":
            issues = recorded.record(project, layer, progress=progress)
        else:
            issues = recorded.check(project, layer, folder=folder, progress=progress)
    path = project.own(*recorded.FILE)
    if as_json:
        print_json({"mode": mode, "file": str(path), "issues": issues})
    elif print_issues(issues)[0] == 0:
        click.echo(f"Recorded in {path}." if mode == "record" else f"The data build what {path} records.")
    return 1 if has_errors(issues) else 0


def load_line(out: str, split: str) -> str:
    """Return a shell command that loads a config of the folder `out` and prints its first row."""
    code = f'from datasets import load_dataset; print(load_dataset({_quoted(out)}, "entities", split="{split}")[0])'
    return f"python -c {shlex.quote(code)}"


def _quoted(out: str) -> str:
    text = repr(out)
    return f'"{out}"' if text == f"'{out}'" and '"' not in out else text


def _print_unused(report: BuildReport) -> None:
    if report.unused:
        click.echo(f"Labels that the layer {report.layer} never uses:")
    for name, labels in report.unused.items():
        click.echo(f"  {name}: {', '.join(labels)}")


def _print_table(report: BuildReport) -> None:
    from rich.table import Table

    from vinese.render.terminal import print_table, stdout_console

    table = Table(title=f"{report.out}: layer {report.layer}, {report.annotated} of {report.articles} articles")
    table.add_column("config")
    for name in ("rows", "annotations", "KiB"):
        table.add_column(name, justify="right")
    for config in report.configs:
        table.add_row(
            config.name, f"{sum(config.rows.values()):,}", f"{config.annotations:,}", f"{config.bytes / 1024:,.1f}"
        )
    print_table(stdout_console(), table)
