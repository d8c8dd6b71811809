"""What reads a whole corpus: build, standoff, agree and the search for near-duplicates, by the number of articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import corpus, sampling
from bench.measure import Work, call, measure

if TYPE_CHECKING:
    from bench.table import Table

JOBS = 2
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
    """Print what each costs at every number of articles."""
    table.section("A corpus, with words, splits and three layers; ratios to its smallest", "articles")
    smallest: dict[str, float] = {}
    shares: dict[str, float] = {}
    for count in table.sizes.articles:
        with table.place() as folder:
            call(corpus.copies, folder, count)
            works: dict[str, tuple[Any, ...]] = {
                "build": (build, folder, count, 1),
                f"build --jobs {JOBS}": (build, folder, count, JOBS),
                "standoff": (standoff, folder, count),
                "agree": (agree, folder, count),
                "splits": (splits, folder, count),
            }
            for name, work in works.items():
                figure = table.row(f"{name}, {count:,} articles", measure(*work), smallest.get(name))
                if figure is not None:
                    smallest.setdefault(name, figure.each)
            shares = shares or call(where, folder)
    table.shares(f"build, {table.sizes.articles[0]:,} articles", shares)


def build(folder: str, count: int, jobs: int) -> Work:
    """Return a build."""
    return Work(lambda: _build(folder, jobs), count, once=True)


def _build(folder: str, jobs: int = 1) -> None:
    import vinese

    report = vinese.build(vinese.Project(Path(folder)), Path(folder, "built"), jobs=jobs)
    if report.out is None:
        raise TypeError(f"nothing was built: {report.issues[0]}")


def standoff(folder: str, count: int) -> Work:
    """Return the copying of what was built, without the articles' words."""
    import vinese

    return Work(lambda: vinese.standoff(Path(folder, "built"), Path(folder, "standoff")), count, once=True)


def agree(folder: str, count: int) -> Work:
    """Return the comparison of two layers, with the intervals that it has by default."""
    import krippendorff  # noqa: F401

    import vinese

    project = vinese.Project(Path(folder))
    layers = {name: project.exports / f"{name}.json" for name in ("annotator-1", "annotator-2")}
    return Work(lambda: vinese.agree(layers, project), count, once=True)


def splits(folder: str, count: int) -> Work:
    """Return the search for near-duplicates, and the assignment of splits."""
    import datasketch  # noqa: F401

    import vinese
    from vinese.corpus.splitting import update_splits

    return Work(lambda: update_splits(vinese.Project(Path(folder))), count, once=True)


def where(folder: str) -> dict[str, float]:
    """Return the share of the processor time of each step of a build."""
    return sampling.shares(lambda: _build(folder), STEPS)
