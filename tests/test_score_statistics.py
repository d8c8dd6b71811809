"""Intervals and tests: known answers, what few articles allow, and agreement with a second way of computing them."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinese.core.errors import UsageError
from vinese.score.paired import compare, sign_flip
from vinese.score.statistics import MACRO, MICRO, Table, bootstrap, jackknife, t_distribution, t_quantile

F1 = MICRO["f1"]


def table(*rows: tuple[int, int, int]) -> Table:
    """Return the table of articles with one label: (true positives, predicted, gold) each."""
    return Table(("A",), np.asarray(rows, dtype=float).reshape(len(rows), 1, 3))


COUNTS = st.tuples(st.integers(0, 9), st.integers(0, 6), st.integers(0, 6)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[0] + drawn[2])
)


@pytest.mark.parametrize(
    ("probability", "degrees", "known"),
    # Student's t in any handbook, three decimals
    [
        (0.975, 1, 12.706),
        (0.975, 2, 4.303),
        (0.975, 4, 2.776),
        (0.975, 9, 2.262),
        (0.975, 30, 2.042),
        (0.95, 5, 2.015),
    ],
)
def test_quantiles_of_t_are_those_of_the_tables(probability: float, degrees: int, known: float) -> None:
    assert round(t_quantile(probability, degrees), 3) == known
    assert math.isclose(t_distribution(t_quantile(probability, degrees), degrees), probability, abs_tol=1e-10)


def test_quantile_has_no_step_where_series_and_expansion_meet() -> None:
    before, after = t_quantile(0.975, 200), t_quantile(0.975, 201)
    assert 0 < before - after < 1e-4
    assert math.isclose(t_quantile(0.975, 1_000_000), 1.959966, abs_tol=1e-5)


@given(st.lists(COUNTS, min_size=3, max_size=9))
def test_jackknife_is_leaving_each_article_out_by_hand(rows: list[tuple[int, int, int]]) -> None:
    found = jackknife(table(*rows), F1)

    def by_hand(kept: list[tuple[int, int, int]]) -> float:
        tp, predicted, gold = (sum(column) for column in zip(*kept, strict=True))
        return 2 * tp / (predicted + gold) if predicted + gold else 1.0

    if sum(row[2] > 0 for row in rows) < 3:
        assert found.low is None
        assert "are needed" in str(found.reason)
        return
    value = by_hand(rows)
    left = [by_hand(rows[:i] + rows[i + 1 :]) for i in range(len(rows))]
    if max(left) - min(left) < 1e-12:
        assert found.low == found.high == pytest.approx(value)
        assert "no spread" in str(found.reason)
        return
    edge = 0.5 / (1 + sum(predicted + gold for _, predicted, gold in rows))
    logits = [math.log(x / (1 - x)) for x in (min(max(one, edge), 1 - edge) for one in left)]
    n = len(rows)
    mean = sum(logits) / n
    reach = t_quantile(0.975, n - 1) * math.sqrt((n - 1) / n * sum((x - mean) ** 2 for x in logits))
    centre = min(max(value, edge), 1 - edge)
    bounds = [1 / (1 + math.exp(-(math.log(centre / (1 - centre)) + sign * reach))) for sign in (-1, 1)]
    assert [found.low, found.high] == pytest.approx([min(bounds[0], value), max(bounds[1], value)])
    assert 0 <= found.low <= value <= found.high <= 1  # type: ignore[operator]


@given(st.lists(COUNTS, min_size=1, max_size=6), st.randoms())
def test_statistics_stay_between_0_and_1_and_ignore_the_order_of_articles(rows: Any, chance: Any) -> None:
    mixed = chance.sample(rows, len(rows))
    for statistic in (*MICRO.values(), *MACRO.values()):
        if statistic is MICRO["sf1"]:
            continue
        value = float(statistic(table(*rows).total()))
        assert 0 <= value <= 1
        assert value == float(statistic(table(*mixed).total()))
    assert jackknife(table(*rows), F1).low == pytest.approx(jackknife(table(*mixed), F1).low)


def test_nothing_has_an_interval_below_three_articles_with_gold() -> None:
    assert jackknife(table((1, 2, 2)), F1).reason == "no interval: 1 article, 3 are needed"
    assert jackknife(table((1, 2, 2), (2, 2, 2)), F1).reason == "no interval: 2 articles, 3 are needed"
    assert "with gold" in str(jackknife(table((1, 2, 2), (2, 2, 2), (0, 1, 0)), F1).reason)


def test_equal_articles_have_no_spread_and_say_so() -> None:
    for make in (jackknife, bootstrap):
        found = make(table(*[(3, 4, 4)] * 5), F1)
        assert found.low == found.high == 0.75
        assert "no spread" in str(found.reason)


def test_bootstrap_repeats_by_its_seed() -> None:
    rows = table((3, 4, 5), (9, 9, 9), (1, 5, 5), (7, 9, 8), (2, 2, 6))
    assert bootstrap(rows, F1, seed=1) == bootstrap(rows, F1, seed=1) != bootstrap(rows, F1, seed=2)


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=6))
def test_exact_p_is_the_share_of_all_exchanges(pairs: list[tuple[Any, Any]]) -> None:
    a, b = (np.asarray([pair[side] for pair in pairs], dtype=float).reshape(-1, 1, 3) for side in (0, 1))
    p, exact = sign_flip(a, b, F1)

    def apart(signs: tuple[int, ...]) -> float:
        sides = [
            sum(
                (pair[sign ^ side] for pair, sign in zip(zip(a, b, strict=True), signs, strict=True)),
                np.zeros((1, 3)),
            )
            for side in (0, 1)
        ]
        return abs(float(F1(sides[0]) - F1(sides[1])))

    observed = apart((0,) * len(pairs)) - 1e-12
    outcomes = [apart(signs) >= observed for signs in product((0, 1), repeat=len(pairs))]
    assert exact
    assert p == sum(outcomes) / len(outcomes) >= 2 / 2 ** len(pairs) / 2


def articles(*counts: tuple[int, int]) -> tuple[list[Any], list[Any], list[Any], dict[str, str]]:
    """Return gold of ten mentions an article, and two systems that find so many of them each."""

    def side(numbers: list[int]) -> list[dict[str, Any]]:
        return [
            {
                "id": f"x{i}",
                "entities": [{"id": f"e{j}", "start": 2 * j, "end": 2 * j + 1, "type": "GPE"} for j in range(n)],
            }
            for i, n in enumerate(numbers)
        ]

    texts = {f"x{i}": "a " * 10 for i in range(len(counts))}
    return side([10] * len(counts)), side([a for a, _ in counts]), side([b for _, b in counts]), texts


def test_five_articles_allow_no_p_below_0_0625_and_the_verdict_says_so() -> None:
    gold, a, b, texts = articles((9, 5), (8, 6), (9, 7), (10, 5), (7, 6))
    (found,) = compare(gold, a, b, ["entities.f1"], articles=texts).comparisons
    assert (found.p, found.exact, found.smallest_p, found.won, found.lost) == (0.0625, True, 0.0625, 5, 0)
    assert "smallest possible p is 0.0625 with 5 articles; 6 are needed" in found.verdict
    assert "significant" not in found.verdict
    assert found.difference.low < found.difference.value < found.difference.high  # type: ignore[operator]
    assert found.detectable == pytest.approx(found.difference.value - found.difference.low)  # type: ignore[operator]


def test_from_six_articles_on_a_clear_difference_is_called_significant_and_none_is_not() -> None:
    gold, a, b, texts = articles((9, 5), (8, 6), (9, 7), (10, 5), (7, 6), (9, 6), (9, 5))
    (clear,) = compare(gold, a, b, ["entities.f1"], articles=texts).comparisons
    assert clear.p == pytest.approx(2 / 2**7)
    assert "significant" in clear.verdict
    (none,) = compare(gold, a, a, ["entities.f1"], articles=texts).comparisons
    assert (none.p, none.tied, none.difference.value) == (1, 7, 0)
    assert "No difference is established" in none.verdict


def test_macro_of_two_systems_is_compared_over_the_labels_of_either() -> None:
    gold, a, b, texts = articles((9, 5), (8, 6), (9, 7))
    for record in b:
        record["entities"] = [{**one, "type": "ORG_IGO"} for one in record["entities"]]
    (found,) = compare(gold, a, b, ["entities.f1(average=macro)"], articles=texts).comparisons
    assert found.b.value == 0
    assert 0 < found.p <= 1


def test_compare_refuses_unknown_settings() -> None:
    gold, a, b, texts = articles((9, 5))
    with pytest.raises(UsageError, match="no interval"):
        compare(gold, a, b, articles=texts, interval="bayes")


def test_systems_that_predicted_different_articles_are_not_compared_in_part() -> None:
    gold, a, b, texts = articles((9, 5), (8, 6), (9, 7), (10, 5))
    with pytest.raises(UsageError, match="different articles"):
        compare(gold, a, b[1:], ["entities.f1"], articles=texts, missing="partial")
    (found,) = compare(gold, a, b[1:], ["entities.f1"], articles=texts).comparisons
    assert found.b.gold == 40


@pytest.mark.slow
def test_interval_of_five_articles_covers_what_it_says() -> None:
    """Simulate corpora whose articles differ, and count how often the interval holds the true F1."""
    generator = np.random.default_rng(0)
    true = _expected(generator, 200_000)
    corpora, held = 2000, {"jackknife": 0, "bootstrap": 0}
    for number in range(corpora):
        counts = _drawn(generator, 5)
        for name, found in {
            "jackknife": jackknife(counts, F1),
            "bootstrap": bootstrap(counts, F1, resamples=500, seed=number),
        }.items():
            held[name] += found.low <= true <= found.high  # type: ignore[operator]
    assert 0.93 < held["jackknife"] / corpora < 0.97
    assert held["bootstrap"] / corpora < 0.90


def _drawn(generator: np.random.Generator, n: int) -> Table:
    gold = generator.integers(20, 90, n)
    recall, precision = generator.beta(9, 3, n), generator.beta(10, 3, n)
    tp = generator.binomial(gold, recall)
    predicted = tp + generator.negative_binomial(np.maximum(tp, 1), precision)
    return Table(("A",), np.stack([tp, predicted, gold], axis=1).astype(float).reshape(n, 1, 3))


def _expected(generator: np.random.Generator, n: int) -> float:
    return float(F1(_drawn(generator, n).total()))


def test_many_equal_articles_are_left_out_at_once_with_the_same_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = _drawn(np.random.default_rng(3), 1500).counts // 20
    found = jackknife(Table(("A",), counts), F1)
    monkeypatch.setattr("vinese.score.statistics._MANY", 10**9)
    one_by_one = jackknife(Table(("A",), counts), F1)
    assert (found.low, found.high) == pytest.approx((one_by_one.low, one_by_one.high), rel=1e-12)
