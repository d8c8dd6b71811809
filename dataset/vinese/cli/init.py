"""`vinese init`: make a project of somebody else's annotation."""

from __future__ import annotations

from pathlib import Path

import click

from vinese.cli.common import FEW, Output, json_option
from vinese.cli.progress import drawn


@click.command(epilog="Example: vinese init my-corpus --from export.json --config label_config.xml")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "source", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The file.")
@click.option(
    "--config",
    metavar="FILE.xml",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The project's label configuration in Label Studio: colours, keys, labels that nobody used.",
)
@click.option("--text", metavar="KEY", help="The key of the text in the data of tasks, if another is found.")
@click.option("--language", metavar="TAG", help="The language of the texts, such as vi or en, if another is found.")
@click.option("--layer", metavar="NAME", help="The layer's name, if the file has one; by default the file's name.")
@click.option("--all", "everything", is_flag=True, help="Print every issue, however often the same check fails.")
@json_option
def command(
    *,
    folder: Path,
    source: Path,
    config: Path | None,
    text: str | None,
    language: str | None,
    layer: str | None,
    everything: bool,
    output: Output,
) -> int:
    """Make a project in DIR of an export of Label Studio, or of a file of doccano or CoNLL.

    Prints what the file has and what became of it; schema/mapping.json has that for you to edit, and the same command
    again, or one with a newer export, follows it. validate, agree, build and all other verbs then work in DIR.
    Ends with 1 if there is any error.
    """
    from vinese.formats.init import init

    output.limit, output.all_by = None if everything else FEW, "--all or --json"
    with drawn() as progress:
        report = init(folder, source, config=config, text=text, language=language, layer=layer, progress=progress)
    output.issues(report.issues)

    def printed() -> None:
        from vinese.render.init_text import print_init
        from vinese.render.terminal import stdout_console

        print_init(report, stdout_console())

    output.result(report, printed)
    return output.code
