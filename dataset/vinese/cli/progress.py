"""Show how far a long job is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Give a function that shows `what`, how much is `done`, and of how much (None where nobody knows)."""
    if not sys.stderr.isatty():
        yield _Lines().show
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield show


class _Lines:
    """Print a line when a job begins, and another whenever it is a quarter further."""

    def __init__(self) -> None:
        self._what = ""
        self._quarter = 0

    def show(self, what: str, done: int, total: int | None) -> None:
        """Print where the job is, if that is news."""
        quarter = 4 * done // total if total else 0
        if what == self._what and quarter <= self._quarter:
            return
        self._what, self._quarter = what, quarter
        click.echo(f"{what}: {25 * quarter} %" if total else what, err=True)
