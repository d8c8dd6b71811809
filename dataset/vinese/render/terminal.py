"""Print tables so that no number is ever cut: at their own width, or without columns that are named."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

# What no table reaches; a file or a pipe has no edge to keep to.
_ENDLESS = 10_000
_WORDS, _NUMBER = 12, 7


def stdout_console() -> Console:
    """Return a console on standard output, as wide as its terminal; without a terminal, lines are never broken."""
    return Console() if sys.stdout.isatty() else Console(width=_ENDLESS)


def print_table(console: Console, table: Table) -> None:
    """Print a table whose right-justified columns are numbers, and below it the names of the columns left out.

    Where it is wider than the console, words and headings are folded first, then columns are left out from the right.
    """
    left_out = fit(console, table)
    console.print(table)
    if left_out:
        console.print(
            f"No room for: {', '.join(left_out)}. A wider window shows more, --json all.",
            markup=False,
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

    return Text.from_markup(str(cell)).plain


def _width(console: Console, table: Table) -> int:

    return Measurement.get(console, console.options.update(width=_ENDLESS), table).maximum
