"""Compare two systems on the same articles: the difference, its interval, and an exact test.

Nothing is called significant with fewer than six articles: of n articles, exchanging them between the systems gives
2^n outcomes, and the smallest two-sided p is 2 / 2^n, which is 0.0625 with five.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from vinese.core.errors import UsageError
from vinese.core.issues import Issue
from vinese.model.records import Record
from vinese.score.counting import statistic_of, table
from vinese.score.measures import Measure, parse_all
from vinese.score.options import Options, options
from vinese.score.read import Source
from vinese.score.records import Estimate, Score, ScoreReport
from vinese.score.report import report, usual
from vinese.score.scorer import read_sides
from vinese.score.statistics import LEAST, Array, Statistic, Table, left_out, t_quantile

_ALL = 15
"""Up to so many articles, every exchange is tried."""
_DRAWS, _WORK = 100_000, 1_000_000_000
"""So many exchanges are drawn; fewer, but never below a thousand, where articles are very many."""
_LEVEL = 0.05
_NEEDED = 6
"""The fewest articles with which the exact p can go below 0.05: 2 / 2^6 is 0.031."""


class Comparison(Record, frozen=True, kw_only=True):
    """How two systems differ in one measure.

    `difference` is A minus B in points, with its interval; `won` and `lost` count the articles on which A is better
    and worse. `p` is two-sided; `exact` says whether every exchange of articles was tried. `smallest_p` is the
    smallest that so many articles allow, `articles_needed` how many it takes to go below 0.05, `detectable` the
    smallest difference that the interval could tell from none. `verdict` says it in words.
    """

    measure: str
    a: Score
    b: Score
    difference: Estimate
    won: int
    lost: int
    tied: int
    p: float
    exact: bool
    smallest_p: float
    articles_needed: int
    detectable: float | None
    verdict: str


class ComparisonReport(Record, frozen=True, kw_only=True):
    """What comparing two systems found; `comparisons` is empty where an error forbids scoring."""

    a: ScoreReport
    b: ScoreReport
    names: tuple[str, str]
    comparisons: tuple[Comparison, ...]
    issues: tuple[Issue, ...]


def compare(
    gold: Source | None,
    a: Source,
    b: Source,
    measures: Iterable[str | Measure] | None = None,
    *,
    names: tuple[str, str] = ("A", "B"),
    **settings: Any,
) -> ComparisonReport:
    """Return how two systems differ on the articles of gold; settings are those of `vinese.score`."""
    chosen = options(**settings)
    wanted = None if measures is None else parse_all(measures)
    sides = read_sides(gold, {names[0]: a, "B" if names[0] == names[1] else names[1]: b}, chosen)
    if wanted is None:
        wanted = tuple(dict.fromkeys(measure for side in sides for measure in usual(side, chosen.ontology)))
    reports = [report(side, wanted, chosen) for side in sides]
    comparisons: tuple[Comparison, ...] = ()
    if sides[0].ids != sides[1].ids:
        raise UsageError(
            "The two systems predicted different articles, and are compared on the same ones only.",
            "Leave out --partial: what is missing then counts as nothing found.",
        )
    if all(side.scorable for side in sides):
        comparisons = tuple(
            _compared(measure, [table(side, measure) for side in sides], reports, chosen) for measure in wanted
        )
    return ComparisonReport(
        a=reports[0],
        b=reports[1],
        names=names,
        comparisons=comparisons,
        issues=tuple(dict.fromkeys(issue for side_report in reports for issue in side_report.issues)),
    )


def _compared(measure: Measure, tables: list[Table], reports: list[ScoreReport], chosen: Options) -> Comparison:
    statistic = statistic_of(measure)
    first, second = _together(tables)
    n = len(first.counts)
    per_article = np.round(statistic(first.counts) - statistic(second.counts), 12)
    difference, detectable = _difference(first, second, statistic)
    p, exact = sign_flip(first.counts, second.counts, statistic, seed=chosen.seed)
    smallest = min(1.0, 2 / 2**n) if n <= _ALL else 1 / (_draws(n) + 1)
    won, lost = int((per_article > 0).sum()), int((per_article < 0).sum())
    return Comparison(
        measure=measure.name,
        a=reports[0][measure.name],
        b=reports[1][measure.name],
        difference=difference,
        won=won,
        lost=lost,
        tied=n - won - lost,
        p=p,
        exact=exact,
        smallest_p=smallest,
        articles_needed=_NEEDED,
        detectable=detectable,
        verdict=_verdict(n, p, smallest, difference),
    )


def _together(tables: list[Table]) -> tuple[Table, Table]:
    """Return both tables with the labels of either, so that articles can be exchanged."""
    labels = sorted({label for side in tables for label in side.labels})
    if all(side.labels == tuple(labels) for side in tables) or len({side.labels for side in tables}) == 1:
        return tables[0], tables[1]
    widened = []
    for side in tables:
        counts = np.zeros((len(side.counts), len(labels), 3))
        counts[:, [labels.index(label) for label in side.labels]] = side.counts
        widened.append(Table(tuple(labels), counts))
    return widened[0], widened[1]


def _difference(a: Table, b: Table, statistic: Statistic) -> tuple[Estimate, float | None]:
    """Return the difference with its jackknife interval, and the smallest that could be told from none."""
    value = 100 * float(statistic(a.total()) - statistic(b.total()))
    n = len(a.counts)
    with_gold = int((a.counts[:, :, 2].sum(axis=1) > 0).sum())
    if min(n, with_gold) < LEAST:
        return Estimate(
            value=value, reason=f"no interval: {min(n, with_gold)} articles with gold, {LEAST} are needed"
        ), None
    values = 100 * (left_out(a, statistic) - left_out(b, statistic))
    if np.ptp(values) < 1e-10:
        reason = "no spread: each article left out gives the same difference"
        return Estimate(value=value, low=value, high=value, reason=reason), None
    error = math.sqrt((n - 1) / n * float(((values - values.mean()) ** 2).sum()))
    reach = t_quantile(0.975, n - 1) * error
    return Estimate(value=value, low=value - reach, high=value + reach), reach


def sign_flip(a: Array, b: Array, statistic: Statistic, *, seed: int = 0) -> tuple[float, bool]:
    """Return the two-sided p of exchanging articles between two systems, and whether every exchange was tried.

    The permutation test of Fisher (1935) and Pitman (1937) with articles as units: up to 15 articles all 2^n
    exchanges, beyond that up to 100,000 drawn ones, of which p is (1 + those at least as far apart) / (1 + all).
    """
    n = len(a)
    observed = abs(float(statistic(a.sum(axis=0)) - statistic(b.sum(axis=0)))) - 1e-12
    exact = n <= _ALL
    generator = np.random.default_rng(seed)
    total, apart = (2**n if exact else _draws(n)), 0
    shape = a.shape[1:]
    flat_a, flat_b = a.reshape(n, -1), b.reshape(n, -1)
    block = max(1, 2_000_000 // n)
    for first in range(0, total, block):
        size = min(block, total - first)
        if exact:
            swapped = (np.arange(first, first + size)[:, None] >> np.arange(n)) & 1
        else:
            swapped = generator.integers(0, 2, size=(size, n))
        moved = swapped @ (flat_b - flat_a)
        mine = (flat_a.sum(axis=0) + moved).reshape(size, *shape)
        theirs = (flat_b.sum(axis=0) - moved).reshape(size, *shape)
        apart += int((np.abs(statistic(mine) - statistic(theirs)) >= observed).sum())
    return (apart / total if exact else (1 + apart) / (1 + total)), exact


def _draws(n: int) -> int:
    return max(1000, min(_DRAWS, _WORK // n))


def _verdict(n: int, p: float, smallest: float, difference: Estimate) -> str:
    if n < _NEEDED:
        return (
            f"The smallest possible p is {smallest:.4g} with {n} article{'s' * (n != 1)}; "
            f"{_NEEDED} are needed to go below {_LEVEL}. Whether the systems differ cannot be told from a p here."
        )
    apart = difference.low is not None and difference.high is not None and not difference.low <= 0 <= difference.high
    if p < _LEVEL and apart:
        return f"The difference is significant at {_LEVEL:g}: p {p:.3g}, and the interval leaves out 0."
    if p < _LEVEL or apart:
        return f"Test and interval do not agree (p {p:.3g}): the difference is not established."
    return f"No difference is established: p {p:.3g}."
