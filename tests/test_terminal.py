"""No table cuts a number: without a terminal it has its own width, in a narrow one columns are left out by name."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from vinese.render.terminal import print_table, stdout_console

NUMBERS = ("321", "100.0", "96.4 to 100.0", "-0.125")


def made(heads: list[str], rows: list[list[str]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("what", overflow="fold")
    for head in heads:
        table.add_column(head, justify="right", overflow="fold")
    for name, *numbers in rows:
        table.add_row(name, *numbers)
    return table


def printed(table: Table, width: int) -> str:
    out = io.StringIO()
    print_table(Console(file=out, width=width), table)
    return out.getvalue()


@given(
    st.lists(st.sampled_from(["1:1", "overlap", "annotator-1", "95% interval", "exact"]), min_size=1, max_size=8),
    st.integers(min_value=36, max_value=120),
)
def test_a_number_is_whole_or_its_column_is_named(heads: list[str], width: int) -> None:
    rows = [["arguments, loose trigger", *(NUMBERS[(row + at) % 4] for at in range(len(heads)))] for row in range(4)]
    out = printed(made(heads, rows), width)
    left_out = re.search(r"No room for: (.*)\. A wider", " ".join(out.split()))
    kept = len(heads) - (len(left_out[1].split(", ")) if left_out else 0)
    assert kept >= 1
    assert left_out is None or left_out[1].split(", ") == heads[kept:]
    for row in rows:
        numbers = r"\s+".join(map(re.escape, row[1 : kept + 1]))
        assert re.search(rf"(?<=\s){numbers}\s*$", out, re.MULTILINE), out
    assert max(map(len, out.splitlines())) <= width


def test_a_table_that_fits_is_left_as_it_is() -> None:
    out = printed(made(["annotator-1", "1:1"], [["entities", "321", "100.0"]]), 80)
    assert re.search(r"what +annotator-1 +1:1", out)
    assert "No room" not in out


def test_without_a_terminal_lines_are_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert stdout_console().width > 1000


@pytest.mark.parametrize("columns", [None, "40"])
def test_a_pipe_gets_the_whole_report(columns: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    command = [sys.executable, "-m", "vinese", "agree", "annotator-1", "annotator-2", "--resamples", "10"]
    done = subprocess.run(
        command,
        env=environment | ({"COLUMNS": columns} if columns else {}),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert re.search(r"^ what +annotator-1 +annotator-2 +exact +95% interval +overlap +1:1 *$", done.stdout, re.M)
    assert re.search(r"^ entities +\d+ +\d+ +\d+\.\d +\d+\.\d to \d+\.\d +\d+\.\d +\d+\.\d *$", done.stdout, re.M)
    assert "…" not in done.stdout.split("disagreements:")[0]
