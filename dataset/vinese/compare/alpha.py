"""Measure how far judgements of the same units agree beyond chance.

Units are what at least two layers judged: an article, an opinion that both found, an event that both found. All
functions return None where a coefficient is not defined, and `why_undefined` says why in words.
"""

from __future__ import annotations

import importlib
from collections.abc import Collection, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vinese.core.errors import MissingExtraError
from vinese.core.printable import counted

Level = Literal["nominal", "ordinal", "interval"]
MISSING = -1


def library() -> Any:
    """Return the library `krippendorff`; raise `MissingExtraError` where it is not installed."""
    try:
        return importlib.import_module("krippendorff")
    except ImportError as error:
        raise MissingExtraError("Agreement", "agree") from error


def value_counts(ratings: Sequence[Sequence[int]], values: int) -> NDArray[Any]:
    """Return how many judges gave each unit each value: units x values.

    `ratings` is units x judges; a rating is the index of a value, or `MISSING`. Units with fewer than two ratings
    carry nothing to compare and are left out.
    """
    judges = len(ratings[0]) if ratings else 0
    table = np.asarray(ratings, dtype=np.int64).reshape(len(ratings), judges)
    counts = (table[:, :, None] == np.arange(values)).sum(axis=1)
    return counts[counts.sum(axis=1) >= 2]  # type: ignore[no-any-return]


def why_undefined(counts: NDArray[Any], values: Sequence[str] = ()) -> str | None:
    """Return why alpha is not defined for these value counts; None where it is."""
    if len(counts) < 2:
        return f"{counted(len(counts), 'unit')} judged by two layers; alpha needs 2"
    used = [index for index, total in enumerate(counts.sum(axis=0)) if total]
    if len(used) < 2:
        value = values[used[0]] if values else "the same"
        return f"no variation: every judgement is {value}"
    return None


def krippendorff_alpha(counts: NDArray[Any], level: Level = "nominal") -> float | None:
    """Return Krippendorff's alpha of value counts (units x values), by the `krippendorff` library.

    alpha = 1 - D_o / D_e, the observed over the expected disagreement of values paired within units, for any number
    of judges and with gaps (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"). 1 is perfect, 0 chance.
    For `ordinal` and `interval` the columns stand in the order of the scale, one step apart. None where there are
    fewer than two units, or no variation: then D_e is 0.
    """
    if why_undefined(counts):
        return None
    return float(library().alpha(value_counts=counts, level_of_measurement=level))


def coincidences(counts: NDArray[Any]) -> NDArray[Any]:
    """Return each unit's coincidence matrix, units x values x values: its ordered pairs of values over m - 1.

    m is how many judged the unit. These matrices add up over units, and alpha depends on their sum alone.
    """
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(counts.shape[1])
    return pairs / (counts.sum(axis=1) - 1)[:, None, None]  # type: ignore[no-any-return]


def alpha_of_coincidences(summed: NDArray[Any], level: Level) -> NDArray[Any]:
    """Return alpha for every coincidence matrix of draws x values x values; nan where it is not defined.

    The same alpha as `krippendorff_alpha`, for thousands of resamples at once (tests hold one against the other):
    1 - (n - 1) sum(o d) / sum(n_v n_w d), with d the squared distance of values v and w: nominal 1 if they differ,
    interval (v - w)^2, ordinal (n_v / 2 + all between + n_w / 2)^2.
    """
    each = summed.sum(axis=2)
    total = each.sum(axis=1)
    distance = _distance(each, level)
    observed = (summed * distance).sum(axis=(1, 2))
    expected = (each[:, :, None] * each[:, None, :] * distance).sum(axis=(1, 2))
    varied = expected > 0
    alphas = np.full(len(summed), np.nan)
    alphas[varied] = 1 - (total[varied] - 1) * observed[varied] / expected[varied]
    return alphas


def _distance(each: NDArray[Any], level: Level) -> NDArray[Any]:
    values = np.arange(each.shape[1])
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "interval":
        return (values[:, None] - values[None, :]) ** 2.0
    middle = each.cumsum(axis=1) - each / 2
    return (middle[:, :, None] - middle[:, None, :]) ** 2


def observed_agreement(a: Sequence[int], b: Sequence[int]) -> float | None:
    """Return the share of units with the same judgement from both; None without units."""
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a) if a else None


def cohen_kappa(a: Sequence[int], b: Sequence[int]) -> float | None:
    """Return Cohen's kappa of two judges: (p_o - p_e) / (1 - p_e).

    p_o is the observed agreement and p_e = sum over values of p_a(v) p_b(v), that of two judges who keep their habits
    and guess (Cohen 1960). None without units, and where both always give the same one value.
    """
    observed = observed_agreement(a, b)
    if observed is None:
        return None
    expected = sum(a.count(value) * b.count(value) for value in set(a)) / len(a) ** 2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def class_f1(a: Sequence[int], b: Sequence[int], classes: Collection[int]) -> float | None:
    """Return the mean over `classes` of F1 = 2 |both| / (|a| + |b|), the classes that neither uses left out.

    With the classes for and against it is the F1(P, N) of stance and sentiment work, where the neutral class counts
    only through the errors it causes (SemEval-2016 task 6). None where no class is used.
    """
    scores = [
        2 * sum(x == y == value for x, y in zip(a, b, strict=True)) / used
        for value in classes
        if (used := a.count(value) + b.count(value))
    ]
    return sum(scores) / len(scores) if scores else None
