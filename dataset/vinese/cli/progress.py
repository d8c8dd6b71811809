"""Draw the progress of a long job: on a terminal a bar, elsewhere plain lines or nothing."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from vinese.cli.common import echo
from vinese.core.printable import printable
from vinese.core.progress import Progress, silent

PATIENCE = 1.0  # seconds


@contextmanager
def drawn(*, lines: bool = False) -> Iterator[Progress]:
    """Yield a function that draws progress on standard error, once it has taken `PATIENCE` seconds.

    A step without a total is shown while it lasts, one with a total as a bar. Where standard error is no terminal,
    `lines` prints a line when a step begins and one whenever it is a quarter further; without it nothing.
    """
    if not sys.stderr.isatty():
        yield _Lines().show if lines else silent
        return
    from rich import progress as rich
    from rich.console import Console

    columns = (
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TimeElapsedColumn(),
    )
    bar = rich.Progress(*columns, console=Console(stderr=True), transient=not lines)
    tasks: dict[str, rich.TaskID] = {}

    def show(what: str, done: int, total: int | None) -> None:
        if what not in tasks:
            for task in bar.tasks:
                bar.update(task.id, visible=task.total is not None)
            tasks[what] = bar.add_task(printable(what), total=total)
        bar.update(tasks[what], completed=done, total=total)

    patience = threading.Timer(PATIENCE, bar.start)
    patience.start()
    try:
        yield show
    finally:
        patience.cancel()
        patience.join()
        if bar.live.is_started:
            bar.stop()


class _Lines:
    """Print a line when a step begins, and another whenever it is a quarter further."""

    def __init__(self) -> None:
        self._what = ""
        self._quarter = 0

    def show(self, what: str, done: int, total: int | None) -> None:
        """Print the progress, unless a line with the same step and quarter was the last."""
        quarter = 4 * done // total if total else 0
        if what == self._what and quarter <= self._quarter:
            return
        self._what, self._quarter = what, quarter
        echo(f"{what}: {25 * quarter} %" if total else what, err=True)
