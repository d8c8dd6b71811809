"""Articles, words, splits and layers become the dataset folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench import corpus, sampling
from bench.measure import Work, call, measure

if TYPE_CHECKING:
    from bench.table import Table

STEPS = {
    "vinese.formats": "layers",
    "vinese.corpus.words": "words",
    "vinese.corpus": "articles and splits",
    "vinese.package.stage": "staging",
    "vinese.package": "rows",
    "vinese.card": "card",
    "vinese.release": "build",
}


def rows(table: Table) -> None:
    """Print what a build costs, by the number of articles."""
    table.section("Build, with words, splits and three layers", "articles")
    fewest = None
    for count in table.sizes.articles:
        with table.place() as folder:
            call(corpus.copies, folder, count)
            figure = table.need(
                f"{count:,} articles, to {table.sizes.articles[0]:,}", measure(build, folder, count), fewest
            )
            fewest = fewest or figure.each
            if count == min(table.sizes.articles):
                shares = call(where, folder)
    table.shares(f"{min(table.sizes.articles):,} articles", shares)


def _build(folder: str) -> None:
    from vinese.core.project import Project
    from vinese.release.build import build

    report = build(Project(Path(folder)), Path(folder, "built"))
    if report.out is None:
        raise TypeError(f"nothing was built: {report.issues[0]}")


def build(folder: str, count: int) -> Work:
    """Return one build."""
    return Work(lambda: _build(folder), count, once=True)


def where(folder: str) -> dict[str, float]:
    """Return the share of the processor time of each step of a build."""
    return sampling.shares(lambda: _build(folder), STEPS)
