"""Print tables so that no number is ever cut: at their own width, or without columns that are named."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from vinese.core.printable import printable

# What no table reaches; a file or a pipe has no edge to keep to.
_ENDLESS = 10_000
_WORDS, _NUMBER = 12, 7


def stdout_console() -> Console:
    """Return a console on standard output, as wide as its terminal; without a terminal, lines are never broken.

    What it prints are words: brackets are no markup, and nothing in them steers the terminal.
    """
    return words_only(
        Console(width=None if sys.stdout is not None and sys.stdout.isatty() else _ENDLESS, markup=False, emoji=False)
    )


def words_only(console: Console) -> Console:
    """Return a console after it was made to show what a terminal would obey."""
    console.push_render_hook(_Printable())
    return console


class _Printable(RenderHook):
    """Show in all that is printed what a terminal would obey; colours come later, from styles."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Return the same to print, its text printable."""
        return [_Shown(renderable) for renderable in renderables]


class _Shown:
    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self._renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._renderable)


def empty_table(left: Sequence[str], right: Sequence[str]) -> Table:
    """Return an empty table: words on the left, numbers on the right, justified as `print_table` needs them."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", overflow="fold")
    return table


def print_table(console: Console, table: Table) -> None:
    """Print a table whose right-justified columns are numbers, and below it the names of the columns left out.

    Where it is wider than the console, words and headings are folded first, then columns are left out from the right.
    """
    left_out = fit(console, table)
    console.print(table)
    if left_out:
        console.print(
            f"No room for: {', '.join(left_out)}. A wider window shows more, --json all.",
            highlight=False,
        )


def fit(console: Console, table: Table) -> list[str]:
    """Make a table fit a console without breaking a number, and return the headings of the columns left out."""
    left_out: list[str] = []
    if _width(console, table) <= console.width:
        return left_out
    for column in table.columns:
        column.width = _narrow(column)
    while _width(console, table) > console.width and len(table.columns) > 2:
        left_out.insert(0, _heading(table.columns.pop()))
    for column in table.columns:
        if column.justify != "right":
            column.width = None
    return left_out


def _narrow(column: Column) -> int:
    """Return how narrow a column can be: numbers whole, words and headings folded."""
    longest = max((len(_plain(cell)) for cell in column.cells), default=0)
    if column.justify == "right":
        return max(longest, min(len(_heading(column)), _NUMBER))
    return min(max(longest, len(_heading(column))), _WORDS)


def _heading(column: Column) -> str:
    return _plain(column.header)


def _plain(cell: object) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def _width(console: Console, table: Table) -> int:
    return Measurement.get(console, console.options.update(width=_ENDLESS), table).maximum
