"""Show the ontology, and keep what is generated from it in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.common import json_option, one_mode, print_json, project_option
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.generate import Stale


@click.command(epilog="Example: vinese schema --update")
@click.option("--check", is_flag=True, help="Fail if a generated file does not agree with the ontology.")
@click.option("--update", is_flag=True, help="Write every generated file that is stale.")
@project_option
@json_option
def command(project: Project, check: bool, update: bool, as_json: bool) -> int:
    """Show the ontology, or keep what follows from it in step.

    The closed lists in schema/v1/labels.json, annotations/label_config.xml and the label tables are all made from
    schema/ontology.json; edit that file alone, then run --update.
    """
    from vinese import generate

    mode = one_mode(check=check, update=update)
    if mode is None:
        return _summary(project, as_json=as_json)
    stale = generate.check(project) if mode == "check" else generate.update(project)
    if as_json:
        print_json({"mode": mode, "ontology": str(project.ontology), "stale": stale})
    elif mode == "check":
        _print_check(stale, project)
    else:
        _print_update(stale, project)
    return 1 if stale and mode == "check" else 0


def _print_check(stale: list[Stale], project: Project) -> None:
    for one in stale:
        click.echo(f"{click.style('stale', fg='red')} {one.file} ({one.state})", err=True)
    if stale:
        click.echo(f"  -> They do not follow {project.ontology}. Run: vinese schema --update", err=True)
    else:
        click.echo(f"Everything generated agrees with {project.ontology}.")


def _print_update(stale: list[Stale], project: Project) -> None:
    for one in stale:
        click.echo(f"{'removed' if one.state == 'left over' else 'wrote'} {one.file}")
    if stale:
        click.echo(f"All of it follows {project.ontology}.")
    else:
        click.echo(f"Nothing to do: everything generated agrees with {project.ontology}.")


def _summary(project: Project, *, as_json: bool) -> int:
    from vinese.model.ontology_file import load_ontology

    ontology = load_ontology(project)
    enums = ontology.enums()
    if as_json:
        counts = {name: len(ids) for name, ids in enums.items()}
        print_json({"file": str(project.ontology), "version": ontology.version, "counts": counts, "labels": enums})
        return 0
    click.echo(f"{project.ontology}, version {ontology.version}")
    for name, ids in enums.items():
        shown = ", ".join(ids)
        click.echo(f"  {name:<24} {len(ids):>3}  {shown if len(shown) <= 80 else shown[:79] + '…'}")
    return 0
