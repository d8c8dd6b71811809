"""Quantiles of Student's t without SciPy."""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

_EXACT = 200


@cache
def t_quantile(probability: float, degrees: int) -> float:
    """Return the quantile of Student's t for a probability of one half or more and whole degrees of freedom.

    Up to 200 degrees the distribution is the finite series of Abramowitz and Stegun (1964, 26.7.3 and 26.7.4),
    inverted by bisection; beyond, the Cornish-Fisher expansion (26.7.5), which is right to nine digits there.

    >>> round(t_quantile(0.975, 4), 3)
    2.776
    """
    if degrees > _EXACT:
        return _expansion(NormalDist().inv_cdf(probability), degrees)
    low, high = 0.0, 1.0
    while t_distribution(high, degrees) < probability:
        high *= 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if t_distribution(middle, degrees) < probability else (low, middle)
    return (low + high) / 2


def t_distribution(t: float, degrees: int) -> float:
    """Return the probability that Student's t is at most `t`, which is not negative."""
    angle = math.atan(t / math.sqrt(degrees))
    cosine, sine = math.cos(angle), math.sin(angle)
    odd = degrees % 2
    term = cosine if odd else 1.0
    total = term if degrees > 1 else 0.0
    for k in range(3 if odd else 2, degrees - 1, 2):
        term *= (k - 1) / k * cosine * cosine
        total += term
    middle = 2 / math.pi * (angle + sine * total) if odd else sine * total
    return 0.5 + middle / 2


def _expansion(x: float, n: int) -> float:
    g1 = (x**3 + x) / 4
    g2 = (5 * x**5 + 16 * x**3 + 3 * x) / 96
    g3 = (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384
    g4 = (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160
    return x + g1 / n + g2 / n**2 + g3 / n**3 + g4 / n**4
