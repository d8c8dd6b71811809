"""Bootstrap intervals of agreement, by drawing articles again.

The percentile bootstrap (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13): of n articles, n
are drawn with replacement, the measure is computed on the draw, and so on `resamples` times; the interval runs from
the 2.5th to the 97.5th percentile. Whole articles are drawn, since what stands in one article hangs together. Draws
in which a measure is not defined are left out, and `Interval.resamples` says how many remained.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinese.compare.alpha import Level, alpha_of_coincidences, coincidences
from vinese.compare.f1 import Key
from vinese.compare.records import Interval

LOW, HIGH = 2.5, 97.5
FEW = 30
_CELLS = 4_000_000


class Bootstrap:
    """Draw from the articles with the given indices, the same draws for every measure.

    The draws depend on the number of articles, `resamples` and `seed` alone, so a run can be repeated.
    """

    def __init__(self, articles: Sequence[int], *, resamples: int, seed: int) -> None:
        self._articles = np.asarray(articles, dtype=np.int64)
        self._resamples = resamples
        self._seed = seed

    def refusal(self) -> str | None:
        """Return why there can be no interval; None where there can."""
        if not self._resamples:
            return "no resamples were asked for"
        return None if len(self._articles) > 1 else "one article: there is nothing to draw from"

    def _weights(self) -> Iterator[NDArray[Any]]:
        """Yield blocks of draws x articles: how often each article was drawn."""
        size = len(self._articles)
        generator = np.random.default_rng(self._seed)
        block = max(1, _CELLS // size)
        for first in range(0, self._resamples, block):
            draws = min(block, self._resamples - first)
            yield generator.multinomial(size, [1 / size] * size, size=draws)

    def f1(self, series: Mapping[Key, array[int]]) -> dict[Key, Interval | None]:
        """Return the interval of every F1 whose counts per article are rows of a `CountTable`."""
        if self.refusal():
            return dict.fromkeys(series)
        sums: dict[Key, list[NDArray[Any]]] = {key: [] for key in series}
        tables = {}  # where each row's article is among ours, and its hits and items, those of both sides added up
        for key, rows in series.items():
            table = np.asarray(rows, dtype=np.int64).reshape(-1, 5)
            both = np.stack([table[:, 3] + table[:, 4], table[:, 1] + table[:, 2]], axis=1)
            tables[key] = np.searchsorted(self._articles, table[:, 0]), both
        for weights in self._weights():
            for key, (where, both) in tables.items():
                sums[key].append(weights[:, where] @ both)
        intervals = {}
        for key, blocks in sums.items():
            drawn = np.concatenate(blocks)
            drawn = drawn[drawn[:, 1] > 0]
            intervals[key] = self._interval(drawn[:, 0] / drawn[:, 1])
        return intervals

    def alpha(self, counts: NDArray[Any], articles: Sequence[int], level: Level) -> Interval | None:
        """Return the interval of Krippendorff's alpha; `articles[i]` is the article of unit `i` of `counts`.

        The coincidences of units add up, so each article needs its own only once.
        """
        if self.refusal() or len(counts) < 2:
            return None
        used, unit = np.unique(np.searchsorted(self._articles, articles), return_inverse=True)
        table = np.zeros((len(used), counts.shape[1] ** 2 + 1))
        np.add.at(table, unit, np.hstack([coincidences(counts).reshape(len(counts), -1), np.ones((len(counts), 1))]))
        drawn = np.concatenate([weights[:, used] @ table for weights in self._weights()])
        drawn = drawn[drawn[:, -1] >= 2]
        values = alpha_of_coincidences(drawn[:, :-1].reshape(len(drawn), counts.shape[1], -1), level)
        return self._interval(values[~np.isnan(values)])

    def _interval(self, values: NDArray[Any]) -> Interval | None:
        if not len(values):
            return None
        low, high = np.percentile(values, [LOW, HIGH])
        return Interval(low=float(low), high=float(high), resamples=len(values))
