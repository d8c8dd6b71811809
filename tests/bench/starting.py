"""What starting costs, beside an empty Python."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from bench.measure import Work, measure

if TYPE_CHECKING:
    from bench.table import Table


def rows(table: Table) -> None:
    """Print what starting costs."""
    table.section("Starting", "starts")
    empty = table.need("python -c pass", measure(start, "-c", "pass")).each
    table.row("import vinese, to an empty Python", measure(start, "-c", "import vinese"), empty)
    table.row("vinese --help, to an empty Python", measure(start, "-m", "vinese", "--help"), empty)


def start(*words: str) -> Work:
    return Work(lambda: subprocess.run([sys.executable, *words], capture_output=True, check=True), 1)
