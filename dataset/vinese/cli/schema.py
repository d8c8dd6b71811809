"""`vinese schema`: show the ontology."""

from __future__ import annotations

import click

from vinese.cli.common import Output, echo, json_option, project_option
from vinese.core.project import Project


@click.command(epilog="Example: vinese schema")
@project_option
@json_option
def command(*, project: Project, output: Output) -> int:
    """Show the ontology: where it stands, its version, every closed list of labels.

    What follows from it (schema/v1/labels.json, label config, label tables) is kept in step by vinese update.
    """
    from vinese.model.ontology_file import load_ontology

    ontology = load_ontology(project)
    enums = ontology.enums()

    def text() -> None:
        echo(f"{project.ontology}, version {ontology.version}")
        for name, ids in enums.items():
            shown = ", ".join(ids)
            echo(f"  {name:<24} {len(ids):>3}  {shown if len(shown) <= 80 else shown[:79] + '…'}")

    counts = {name: len(ids) for name, ids in enums.items()}
    output.result(
        {"file": str(project.ontology), "version": ontology.version, "counts": counts, "labels": enums}, text
    )
    return 0
