"""`vinese publish`: publish a built dataset on the Hugging Face Hub."""

from __future__ import annotations

import click

from vinese.cli.common import Output, echo, folder, json_option, project_option
from vinese.cli.progress import drawn
from vinese.core.printable import counted
from vinese.core.project import Project
from vinese.hub.records import PublishReport

SIGNS = {"add": "+", "change": "~", "remove": "-"}


@click.command()
@click.argument("repo", metavar="ORG/NAME")
@click.option(
    "--version", "number", metavar="X.Y.Z", required=True, help="The version to publish; its tag is vX.Y.Z."
)
@click.option(
    "--build", metavar="DIR", default="build/vinese", show_default=True, help="The folder that vinese build made."
)
@click.option("--push", is_flag=True, help="Do it: one commit on main, and the tag.")
@click.option("--pr", is_flag=True, help="Open a pull request instead; once it is merged, --push adds the tag.")
@click.option("--private", is_flag=True, help="Make the repository private, where it has to be made.")
@click.option(
    "--standoff", is_flag=True, help="Leave out the articles' words: labels, offsets, hashes, sources only."
)
@project_option
@json_option
def command(  # one a command-line option  # noqa: PLR0917
    repo: str,
    number: str,
    build: str,
    push: bool,
    pr: bool,
    private: bool,
    standoff: bool,
    project: Project,
    output: Output,
) -> int:
    """Publish a built dataset on the Hugging Face Hub.

    Without --push or --pr it only reads, and shows what would change. It refuses a build that was changed by hand or
    is not what the project gives now, a version that does not fit the change, and a repository that somebody edited.
    The same command again finishes what was cut off. The login is the Hub client's own (hf auth login, or HF_TOKEN).

    Example: vinese publish example-org/vinese --version 0.1.0
    """
    from vinese.hub.publish import publish

    with drawn() as progress:
        report = publish(
            project,
            repo,
            number,
            build=folder(build),
            push=push,
            request=pr,
            private=private,
            standoff=standoff,
            progress=progress,
        )

    output.result(report, lambda: _print_changes(report))
    output.issues(report.issues)
    if not output.as_json:
        echo(_ending(report), err=report.outcome == "refused")
    return output.code


def _print_changes(report: PublishReport) -> None:
    """Print where things stand and every change."""
    if report.exists or report.outcome != "refused":
        echo(f"{report.url}: {_standing(report)}")
    for change in report.changes:
        sizes = (_size(size) for size in (change.before, change.after) if size is not None)
        echo(f"  {SIGNS[change.action]} {change.path}  {' -> '.join(sizes)}")
    for edit in report.edits:
        echo(f"  since {edit.tag} somebody changed main: {SIGNS[edit.action]} {edit.path}")
        for line in edit.lines:
            echo(f"      {line}")
    if report.unchanged:
        echo(f"  = {counted(report.unchanged, 'file')} unchanged")
    for config in report.configs:
        rows = ", ".join(f"{split} {number:,} rows" for split, number in config.rows.items())
        echo(f"  {config.name}: {rows}, {_size(config.bytes)}")
    if report.texts:
        echo(report.texts)
    if report.why is not None:
        echo(f"The changes ask for a {report.needed} step: {report.why}.")


def _standing(report: PublishReport) -> str:
    if not report.exists:
        return "there is no such repository, or this login may not see it"
    return f"{'private' if report.private else 'public'}, {report.current or 'no version yet'}"


def _size(size: int) -> str:
    return f"{size / 1024:,.1f} KiB"


def _ending(report: PublishReport) -> str:
    load = f'load_dataset("{report.repo}", revision="{report.tag}")'
    if report.outcome == "refused":
        return "Nothing was sent: see the errors above."
    if report.outcome == "planned":
        todo = "\n".join(f"  {number}. {step}" for number, step in enumerate(report.steps, 1))
        return f"A push would:\n{todo}\nNothing was sent; --push does it."
    if report.outcome == "pull-request":
        return f"Open as {report.pull_request}\nOnce it is merged, the same command with --push tags it {report.tag}."
    done = "is there already" if report.outcome == "already-published" else "is published"
    return f"{report.tag} {done} as {str(report.commit)[:7]}. Load it:\n  {load}"
