"""`vinese leaderboard`: systems side by side, task by task."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vinese.cli.common import SOURCE, Output, echo, json_option, one_mode, project_option, texts_option
from vinese.score.measures import GROUPS

if TYPE_CHECKING:
    from vinese.systems.leaderboard import Leaderboard


@click.command("leaderboard")
@click.argument("files", nargs=-1, metavar="[PREDICTIONS...]", type=SOURCE)
@click.option("--task", "tasks", multiple=True, type=click.Choice(list(GROUPS)), help="By default all predicted.")
@click.option("--gold", metavar="FILE", type=SOURCE, help="Gold; then without kept baselines.")
@texts_option
@click.option("--missing-as-empty", is_flag=True, help="Accept that articles are missing: nothing was found there.")
@click.option("--latex", is_flag=True, help="Print a table for a paper.")
@json_option
@project_option
def command(
    *,
    files: tuple[str | Path, ...],
    tasks: tuple[str, ...],
    gold: str | Path | None,
    articles: str | Path | None,
    missing_as_empty: bool,
    latex: bool,
    output: Output,
    **settings: Any,
) -> int:
    """Print the kept baselines and given predictions side by side, the best of each task first.

    PREDICTIONS are files as vinese score takes them; each is shown at every task that it predicts. Every value has
    its interval; whether two systems differ tells vinese score --compare. Ends with 1 if a file has errors.

    Example: vinese leaderboard predictions.jsonl --task entities
    """
    from vinese.systems.leaderboard import leaderboard

    one_mode(json=output.as_json, latex=latex)
    missing = "empty" if missing_as_empty else "error"
    board = leaderboard(*files, gold=gold, tasks=tasks or None, articles=articles, missing=missing, **settings)
    output.limit = 20
    output.issues(board.issues)
    output.result(board, lambda: _print(board, latex=latex))
    return output.code


def _print(board: Leaderboard, *, latex: bool) -> None:
    from vinese.render.score_text import latex_standings, print_standings
    from vinese.render.terminal import stdout_console

    tasks = {task: [(each.system, each.scores) for each in board.of(task)] for task in GROUPS if board.of(task)}
    if latex:
        echo(latex_standings(tasks))
        return
    for task, systems in tasks.items():
        print_standings(task, systems, stdout_console(), board.agreement)
    if not tasks:
        echo("Nothing can be shown; see the errors above.", err=True)
