"""`vinese agree`: say how far layers agree, and where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource

from vinese.cli.common import json_option, one_mode, print_issues, print_json, project_option
from vinese.cli.progress import drawn
from vinese.core.errors import UsageError
from vinese.core.issues import Issue
from vinese.core.project import Project

_FEW = 5


@click.command("agree")
@click.argument("layers", nargs=-1, metavar="[LAYER LAYER...]")
@click.option("--save", is_flag=True, help="Write annotations/agreement.json.")
@click.option("--check", is_flag=True, help="Fail if annotations/agreement.json is stale.")
@project_option
@json_option
@click.option(
    "--html", metavar="FILE", type=click.Path(dir_okay=False), help="Write a page with the layers side by side."
)
@click.option(
    "--resamples", type=click.IntRange(0, 100_000), default=1000, show_default=True, help="Draws per interval."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the draws.")
@click.option("--show", type=click.IntRange(min=0), default=20, show_default=True, help="Disagreements to print.")
def command(  # one a command-line option
    *,
    layers: tuple[str, ...],
    save: bool,
    check: bool,
    project: Project,
    as_json: bool,
    html: str | None,
    resamples: int,
    seed: int,
    show: int,
) -> int:
    """Say how far layers agree, with intervals, and list where they do not.

    LAYER is the name of an export in annotations/exports/, or the path of an export (.json) or of documents (.jsonl);
    without any, the layers are those that annotations/layers.json calls independent. --save and --check are always
    about these, with the same draws each time.

    Entities, triggers, arguments and opinions are compared by F1; polarity, attribution, modality and the judgements
    of whole articles by Krippendorff's alpha. Ends with 1 if a layer has errors; what is sound is compared all the
    same. Disagreements are no errors.

    Example: vinese agree first second --html agreement.html
    """
    from vinese.compare.agree import agree, named
    from vinese.compare.saved import independent
    from vinese.render.agreement_page import write_page

    mode = one_mode(save=save, check=check)
    if mode is not None:
        _only_mode(click.get_current_context(), mode)
        return _saved(mode, project, as_json=as_json)
    with drawn() as progress:
        report = agree(
            named(layers or independent(project), project),
            project,
            resamples=resamples,
            seed=seed,
            page=partial(write_page, Path(html).expanduser()) if html else None,
            progress=progress,
        )
    errors = _issues(report.issues)
    if as_json:
        print_json(report)
    else:
        from vinese.render.agreement_text import print_report
        from vinese.render.terminal import stdout_console

        print_report(report, stdout_console(), shown=show)
        if html:
            click.echo(f"\nWrote {html}")
    return 1 if errors else 0


def _only_mode(context: click.Context, mode: str) -> None:
    """Raise `UsageError` for words that would make another file than the one that is kept."""
    given = [name for name in ("layers", "html", "resamples", "seed", "show") if not _default(context, name)]
    if given:
        raise UsageError(
            f"--{mode} goes with --project and --json alone: the file is always made the same way.",
            "The layers stand in annotations/layers.json, under independent.",
        )


def _default(context: click.Context, name: str) -> bool:
    """Tell whether a word was left out; click before 8.3 calls no layers at all a given value."""
    return context.params[name] == () or context.get_parameter_source(name) is ParameterSource.DEFAULT


def _saved(mode: str, project: Project, *, as_json: bool) -> int:
    """Write or check the file that is kept, say so, and return the exit code."""
    from vinese.compare import saved

    with drawn() as progress:
        outcome = (saved.save if mode == "save" else saved.check)(project, progress=progress)
    _issues(outcome.issues)
    if as_json:
        print_json(outcome)
    elif outcome.state in {"missing", "differs"}:
        click.echo(f"{click.style('stale', fg='red')} {outcome.file} ({outcome.state})", err=True)
        click.echo("  -> Run: vinese agree --save", err=True)
    elif outcome.state == "unsound":
        click.echo("Nothing was compared: see the errors above.", err=True)
    else:
        click.echo(
            f"Wrote {outcome.file}" if outcome.state == "written" else f"{outcome.file} agrees with the layers."
        )
    return 0 if outcome.state in {"current", "written"} else 1


def _issues(issues: Sequence[Issue]) -> int:
    """Print issues, of the articles that a layer lacks the first few only; return how many errors there were."""
    lacking = [found for found in issues if found.code == "agree-article-missing"]
    others = [found for found in issues if found.code != "agree-article-missing"]
    errors, _, _ = print_issues([*others, *lacking[:_FEW]])
    if len(lacking) > _FEW:
        click.echo(f"{len(lacking) - _FEW} more articles are not in every layer; --json lists them.", err=True)
    return errors
