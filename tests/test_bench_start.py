"""Print what starting costs, as ratios to an empty Python; nothing here asserts a time."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.bench

CASES = {
    "python -c pass": ["-c", "pass"],
    "import vinese": ["-c", "import vinese"],
    "vinese --help": ["-m", "vinese", "--help"],
}


def best(words: list[str], runs: int = 7) -> float:
    """Return the shortest of several runs, in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], capture_output=True, check=True)
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def test_print_what_starting_costs(capsys: pytest.CaptureFixture[str]) -> None:
    taken = {name: best(words) for name, words in CASES.items()}
    base = taken["python -c pass"]
    with capsys.disabled():
        print()
        for name, value in taken.items():
            print(f"{name:16} {value:6.0f} ms  {value / base:4.1f} x  (+{value - base:.0f} ms)")
    assert set(taken) == set(CASES)
