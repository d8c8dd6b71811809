"""Print what vinese costs beside what others cost that do the like with the same input, one section a subject."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from bench import build, conversion, lines, pages, scoring, starting
from bench.measure import EXTRAS, RUNS, Figure, Missing

SUBJECTS = {
    "conversion": conversion,
    "build": build,
    "pages": pages,
    "scoring": scoring,
    "lines": lines,
    "starting": starting,
}
WHAT = 60  # columns for what is measured


class Sizes(NamedTuple):
    """How much is measured: numbers of tasks, articles, pages and sentences, and megabytes on one line."""

    tasks: list[int]
    articles: list[int]
    pages: int
    sentences: int
    megabytes: list[float]


SIZES = {
    "tiny": Sizes([10], [5], 5, 200, [0.01, 0.02]),
    "short": Sizes([300], [100], 100, 20_000, [0.5, 1, 2]),
    "long": Sizes([2000, 20_000], [500, 2000, 10_000], 500, 100_000, [1, 2, 4, 8]),
}


class Table:
    """Print rows as they are measured."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self._folder, self.sizes = folder, sizes

    @contextmanager
    def place(self) -> Iterator[Path]:
        """Give a folder that is gone when the block ends."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            yield Path(folder)

    def section(self, title: str, unit: str) -> None:
        """Print the head of a section, whose items are so many of a `unit`."""
        self.line(f"\n{title}\n{'':{WHAT}}{'CPU s':>9}{'clock s':>9}{'ratio':>8}{f'{unit}/CPU s':>17}{'peak MB':>9}")

    def row(self, what: str, figure: Figure | Missing, to: float | None = None) -> Figure | None:
        """Print what something cost, and its ratio `to` so many CPU seconds an item; return it if it was done."""
        if isinstance(figure, Missing):
            self.line(f"{what:{WHAT}}  not installed: pip install vinese[{EXTRAS[figure.module]}]")
            return None
        ratio = f"{figure.each / to:8.2f}" if to else f"{'':8}"
        rate = f"{figure.count / figure.cpu:17,.0f}"
        self.line(f"{what:{WHAT}}{figure.cpu:9.3f}{figure.clock:9.3f}{ratio}{rate}{figure.peak / 1e6:9,.0f}")
        return figure

    def need(self, what: str, figure: Figure | Missing, to: float | None = None) -> Figure:
        """Print what something cost that others are compared to, and return it."""
        done = self.row(what, figure, to)
        if done is None:
            raise SystemExit(f"Nothing can be compared without: {what}.")
        return done

    def numbers(self, what: str, numbers: list[str]) -> None:
        """Print a row of other numbers than those of a section."""
        self.line(f"{what:{WHAT}}" + "".join(f"{number:>9}" for number in numbers))

    def shares(self, what: str, shares: dict[str, float]) -> None:
        """Print where the time of something goes."""
        parts = ", ".join(f"{step} {share:.0%}" for step, share in shares.items())
        self.line(f"where the time goes, {what}: {parts or 'cannot be told on this system'}")

    def line(self, text: str) -> None:
        """Print a line at once."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def main() -> None:
    """Print the sections that the command line asks for."""
    parser = _parser()
    asked = parser.parse_args()
    if unknown := [name for name in asked.subjects if name not in SUBJECTS]:
        parser.error(f"no subject is called {', '.join(unknown)}: {', '.join(SUBJECTS)}")
    sizes = SIZES[asked.size]
    sizes = sizes._replace(tasks=asked.tasks or sizes.tasks, articles=asked.articles or sizes.articles)
    versions = ", ".join(f"{name} {version(name)}" for name in ("vinese", "datasets", "pyarrow", "msgspec"))
    with tempfile.TemporaryDirectory(prefix="vinese-bench-", dir=asked.folder) as folder:
        table = Table(Path(folder), sizes)
        table.line(f"Python {platform.python_version()}, {versions}")
        table.line(f"The least CPU seconds of up to {RUNS} runs, each row in a process of its own. Ratios are of the")
        table.line(
            "CPU seconds of one item. The peak is of memory that the process itself holds, without mapped files."
        )
        for name in asked.subjects or SUBJECTS:
            SUBJECTS[name].rows(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python tests/bench", description=__doc__)
    subjects = f"any of {', '.join(SUBJECTS)}; by default all"
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=subjects)
    parser.add_argument(
        "--size",
        choices=SIZES,
        default="short",
        help="short takes a minute or two, long half an hour and 15 GB of disk",
    )
    parser.add_argument("--tasks", type=int, nargs="+", metavar="N", help="numbers of tasks to convert instead")
    parser.add_argument("--articles", type=int, nargs="+", metavar="N", help="numbers of articles to build instead")
    parser.add_argument("--folder", help="where files are made and removed, by default that for temporary ones")
    return parser
