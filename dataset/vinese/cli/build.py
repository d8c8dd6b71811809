"""`vinese build`: build the dataset folder."""

from __future__ import annotations

import shlex
from typing import Any

import click

from vinese.cli.common import (
    FEW,
    Output,
    built_layer_option,
    echo,
    folder,
    json_option,
    project_option,
    workers_options,
)
from vinese.cli.progress import drawn
from vinese.core.project import Project


@click.command()
@built_layer_option
@click.option(
    "--out", metavar="DIR", default="build/vinese", show_default=True, help="The folder to make, or make again."
)
@workers_options
@project_option
@json_option
def command(*, layer: str | None, out: str, project: Project, output: Output, **workers: Any) -> int:
    """Build the dataset folder: Parquet, card, checksums.

    Every layer is validated first; with an error in any of them nothing is written.

    Example: vinese build --layer pilot --out build/vinese
    """
    from rich.table import Table

    from vinese.release.build import build
    from vinese.render.terminal import print_table, stdout_console

    with drawn() as progress:
        report = build(project, folder(out), layer, progress=progress, **workers)

    def text() -> None:
        if report.out is None:
            echo("Nothing was written: see the errors above.", err=True)
            return
        table = Table(title=f"{report.out}: layer {report.layer}, {report.annotated} of {report.articles} articles")
        table.add_column("config")
        for name in ("rows", "annotations", "KiB"):
            table.add_column(name, justify="right")
        for config in report.configs:
            rows, size = sum(config.rows.values()), config.bytes / 1024
            table.add_row(config.name, f"{rows:,}", f"{config.annotations:,}", f"{size:,.1f}")
        print_table(stdout_console(), table)
        if report.unused:
            echo(f"Labels that the layer {report.layer} never uses:")
        for name, labels in report.unused.items():
            echo(f"  {name}: {', '.join(labels)}")
        echo(f"\nLoad it:\n  {load_line(report.out, next(iter(report.configs[0].rows)))}")

    output.limit = FEW
    output.issues(report.issues)
    output.result(report, text)
    return output.code


def load_line(out: str, split: str) -> str:
    """Return a shell command that loads a config of the folder `out` and prints its first row."""
    code = f'from datasets import load_dataset; print(load_dataset({_quoted(out)}, "entities", split="{split}")[0])'
    return f"python -c {shlex.quote(code)}"


def _quoted(out: str) -> str:
    text = repr(out)
    return f'"{out}"' if text == f"'{out}'" and '"' not in out else text
