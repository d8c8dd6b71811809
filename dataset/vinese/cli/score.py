"""`vinese score`: score predictions against gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from vinese.cli.common import SOURCE, Output, echo, json_option, named, one_mode, project_option, texts_option
from vinese.core.errors import UsageError
from vinese.core.project import Project
from vinese.core.urls import shown
from vinese.score.measures import GROUPS

if TYPE_CHECKING:
    from vinese.score.paired import ComparisonReport
    from vinese.score.records import ScoreReport

_FEW = 20


@click.command("score")
@click.argument("files", nargs=-1, required=True, metavar="[GOLD] PREDICTIONS...", type=SOURCE)
@click.option("-m", "--measure", "measures", multiple=True, metavar="MEASURE", help="A measure; may be repeated.")
@click.option("--task", "tasks", multiple=True, type=click.Choice(list(GROUPS)), help="The usual measures of a task.")
@click.option("--gold", metavar="FILE", type=SOURCE, help="Gold; then all FILES are predictions.")
@click.option("--compare", "paired", is_flag=True, help="Compare the last two files.")
@texts_option
@click.option("--missing-as-empty", is_flag=True, help="Accept that articles are missing: nothing was found there.")
@click.option("--partial", is_flag=True, help="Score only the articles that were predicted.")
@click.option("--repair-bio", is_flag=True, help="Let an orphan I- begin a span, as conlleval does.")
@click.option(
    "--interval",
    type=click.Choice(["jackknife", "bootstrap", "none"]),
    default="jackknife",
    show_default=True,
    help="How intervals are made.",
)
@click.option(
    "--resamples", type=click.IntRange(100, 100_000), default=1000, show_default=True, help="For bootstrap."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of what is drawn.")
@click.option("--latex", is_flag=True, help="Print a table for a paper.")
@click.option(
    "--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write a page of errors."
)
@click.option("--eval-results", metavar="MODEL", help="Write .eval_results/vinese.yaml in the folder MODEL.")
@click.option(
    "--dataset", default="", metavar="ORG/NAME[@REVISION]", help="The dataset on the Hub, for --eval-results."
)
@json_option
@project_option
def command(
    *,
    files: tuple[str | Path, ...],
    measures: tuple[str, ...],
    tasks: tuple[str, ...],
    gold: str | Path | None,
    paired: bool,
    articles: str | Path | None,
    missing_as_empty: bool,
    partial: bool,
    html: Path | None,
    eval_results: str | None,
    dataset: str,
    latex: bool,
    output: Output,
    **settings: Any,
) -> int:
    """Score predictions against gold, with intervals.

    With one file, gold is the project's; with more, the first is gold. Gold and predictions are documents, records of
    schema/v1/prediction.json, or rows of a config, one a line or in one .json, or Parquet; predictions may be tokens
    with BIO tags.
    Articles are joined by id. Each file may be named by a URL. Without -m and --task, what was predicted is scored by
    the usual measures.

    Ends with 1 if there is any error, with 2 if a file cannot be read. Articles that are missing, or where the system
    failed, are errors, and count as nothing found.

    Example: vinese score gold.jsonl predictions.jsonl -m AC+ -m "entities.f1(match=overlap)"
    """
    from vinese.core.files import refuse_input
    from vinese.score.ceiling import ceilings
    from vinese.score.paired import compare
    from vinese.score.scorer import score

    one_mode(json=output.as_json, latex=latex)
    missing = one_mode(**{"missing-as-empty": missing_as_empty, "partial": partial})
    settings["missing"] = {None: "error", "missing-as-empty": "empty", "partial": "partial"}[missing]
    settings["articles"] = articles
    wanted = [*measures, *(name for task in tasks for name in _usual(task, settings["project"]))] or None
    gold, systems = _roles(files, gold, paired=paired)
    comparison: ComparisonReport | None = None
    if html:
        refuse_input(html, named(gold, articles, *systems), settings["project"])
    if paired:
        first, second = systems
        comparison = compare(gold, first, second, wanted, names=(shown(first), shown(second)), **settings)
        reports = [comparison.a, comparison.b]
    else:
        reports = [score(gold, system, wanted, **settings) for system in systems]
    if (html or eval_results) and len(systems) != 1:
        raise UsageError("--html and --eval-results are about one system.", "Name one file of predictions.")
    output.limit = _FEW
    output.issues(dict.fromkeys(issue for report in reports for issue in report.issues))
    agreed = ceilings(settings["project"]) if gold is None else {}
    result = {
        "reports": [msgspec.structs.replace(report, issues=()) for report in reports],
        "comparisons": comparison.comparisons if comparison else (),
        "agreement": agreed,
    }
    output.result(result, lambda: _print(reports, comparison, latex=latex, agreed=agreed))
    if html and reports[0].scores:
        from vinese.model.ontology_file import load_ontology
        from vinese.render.score_page import write_score_page
        from vinese.score.errors import errors

        write_score_page(html, reports[0], errors(gold, systems[0], **settings), load_ontology(settings["project"]))
        echo(f"Wrote {html}", err=True)
    if eval_results:
        _leaderboard(reports[0], eval_results, dataset)
    return output.code


def _usual(task: str, project: Project) -> Sequence[str]:
    """Return the usual measures of a task, as far as the project's ontology has what they need."""
    from vinese.model.ontology_file import load_ontology
    from vinese.score.views import Scheme

    has_plover = Scheme.of(load_ontology(project)).plover is not None
    return [name for name in GROUPS[task] if has_plover or "plover" not in name]


def _roles(
    files: tuple[str | Path, ...], gold: str | Path | None, *, paired: bool
) -> tuple[str | Path | None, tuple[str | Path, ...]]:
    """Return gold, None for the project's, and the files of predictions."""
    systems = files
    if gold is None and len(files) > (2 if paired else 1):
        gold, systems = files[0], files[1:]
    if paired and len(systems) != 2:
        raise UsageError(
            f"--compare is between two files of predictions, and here are {len(systems)}.",
            "Name gold first, or leave it out: vinese score [GOLD] --compare A B",
        )
    return gold, systems


def _print(
    reports: Sequence[ScoreReport],
    comparison: ComparisonReport | None,
    *,
    latex: bool,
    agreed: Mapping[str, float],
) -> None:
    from vinese.render import score_text
    from vinese.render.terminal import stdout_console

    if latex:
        echo(score_text.latex(reports))
    elif comparison is not None and comparison.comparisons:
        score_text.print_comparison(comparison, stdout_console())
    else:
        for report in reports:
            if report.scores:
                score_text.print_report(report, stdout_console(), agreed)
            else:
                echo(f"{report.system}: nothing was scored; see the errors above.", err=True)


def _leaderboard(report: ScoreReport, model: str, dataset: str) -> None:
    from vinese.core.files import write_bytes
    from vinese.score.hub import eval_results

    name, _, revision = dataset.partition("@")
    path = Path(model).expanduser() / ".eval_results" / "vinese.yaml"
    write_bytes(path, eval_results(report, name, revision=revision or None))
    echo(f"Wrote {path}; the Hub shows it once {name} is a registered benchmark with these tasks.", err=True)
