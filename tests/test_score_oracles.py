"""Where conventions coincide, others give the same numbers; where theirs are known to be wrong, ours are not."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
import pytest

import vinese
from vinese.score.paired import sign_flip
from vinese.score.statistics import MICRO, Table, bootstrap, t_quantile

pytestmark = pytest.mark.extra("seqeval", "nervaluate", "sklearn", "scipy")

LABELS = ("PER", "GPE", "LOC", "ORG_IGO")
WORDS = 30


def flat(chance: random.Random, base: list[tuple[int, int, str]] | None = None) -> list[tuple[int, int, str]]:
    """Return spans of words that do not overlap; of those given, some are moved, relabelled, left out or added."""
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < WORDS - 3:
        if chance.random() < 0.3:
            found.append((at, at + chance.randint(1, 3), chance.choice(LABELS)))
            at = found[-1][1]
        at += 1
    if base is None:
        return found
    kept = [one for one in base if chance.random() < 0.7]
    kept = [(s, e, chance.choice(LABELS)) if chance.random() < 0.2 else (s, e, label) for s, e, label in kept]
    free = [one for one in found if all(one[1] <= s or one[0] >= e for s, e, _ in kept)]
    return sorted(kept + free[:2])


def record(index: int, spans: list[tuple[int, int, str]]) -> dict[str, Any]:
    entities = [
        {"id": f"e{i}", "start": 3 * s, "end": 3 * e - 1, "type": label} for i, (s, e, label) in enumerate(spans)
    ]
    return {"id": f"x{index}", "entities": entities}


def tags(spans: list[tuple[int, int, str]]) -> list[str]:
    written = ["O"] * WORDS
    for start, end, label in spans:
        written[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
    return written


@pytest.fixture(scope="module")
def corpus() -> tuple[list[Any], list[Any], dict[str, str]]:
    chance = random.Random(5)
    gold = [flat(chance) for _ in range(60)]
    return gold, [flat(chance, base) for base in gold], {f"x{i}": "ab " * WORDS for i in range(60)}


def ours(corpus: tuple[list[Any], list[Any], dict[str, str]], *measures: str) -> Any:
    gold, predicted, texts = corpus
    sides = ([record(i, spans) for i, spans in enumerate(side)] for side in (gold, predicted))
    return vinese.score(*sides, measures, articles=texts)


def test_exact_f1_is_seqeval_strict(corpus: Any) -> None:
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    gold, predicted, _ = corpus
    theirs = classification_report(
        [tags(spans) for spans in gold],
        [tags(spans) for spans in predicted],
        mode="strict",
        scheme=IOB2,
        output_dict=True,
        zero_division=0,
    )
    report = ours(corpus, "entities.f1", "entities.f1(average=macro)")
    score = report["entities.f1"]
    assert score.value == pytest.approx(100 * theirs["micro avg"]["f1-score"])
    assert score.precision.value == pytest.approx(100 * theirs["micro avg"]["precision"])
    assert score.recall.value == pytest.approx(100 * theirs["micro avg"]["recall"])
    assert report["entities.f1(average=macro)"].value == pytest.approx(100 * theirs["macro avg"]["f1-score"])
    for label in score.labels:
        assert label.f1.value == pytest.approx(100 * theirs[label.label]["f1-score"])
        assert label.gold == theirs[label.label]["support"]


def test_exact_and_untyped_f1_are_nervaluate_strict_and_exact(corpus: Any) -> None:
    from nervaluate import Evaluator

    gold, predicted, _ = corpus
    sides = [
        [[{"label": label, "start": s, "end": e - 1} for s, e, label in spans] for spans in side]
        for side in (gold, predicted)
    ]
    overall = Evaluator(*sides, tags=list(LABELS), loader="dict").evaluate()["overall"]
    report = ours(corpus, "entities.f1", "entities.f1(labels=none)")
    assert report["entities.f1"].value == pytest.approx(100 * overall["strict"].f1)
    assert report["entities.f1(labels=none)"].value == pytest.approx(100 * overall["exact"].f1)


def test_judgements_are_scikit_learns_accuracy_and_default_macro_f1() -> None:
    from sklearn.metrics import accuracy_score, f1_score

    chance = random.Random(2)
    values = ("FAVOR", "AGAINST", "NEUTRAL")
    for _ in range(20):
        gold, predicted = ([chance.choice(values[: chance.randint(1, 3)]) for _ in range(7)] for _ in range(2))

        def judged(side: list[str]) -> list[dict[str, Any]]:
            stance = [{"topic": "other", "outlet_stance": one, "overall_leaning": one} for one in side]
            return [{"id": f"x{i}", "article_stance": one} for i, one in enumerate(stance)]

        report = vinese.score(judged(gold), judged(predicted), ["article_stance.accuracy", "article_stance.f1"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = [accuracy_score(gold, predicted), f1_score(gold, predicted, average="macro")]
        assert [score.value for score in report.values()] == pytest.approx([100 * one for one in wanted])


def drawn(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    gold = generator.integers(5, 40, n)
    sides = []
    for rate in (0.8, 0.7):
        tp = generator.binomial(gold, rate)
        sides.append(np.stack([tp, tp + generator.integers(0, 9, n), gold], axis=1).astype(float).reshape(n, 1, 3))
    return sides[0], sides[1]


@pytest.mark.parametrize("n", [3, 5, 8])
def test_exact_p_is_scipys_paired_permutation_test(n: int) -> None:
    from scipy.stats import permutation_test

    a, b = drawn(n, n)

    def difference(first: np.ndarray, second: np.ndarray) -> float:
        both = np.concatenate([a, b])
        f1 = MICRO["f1"]
        return abs(float(f1(both[first.astype(int)].sum(axis=0)) - f1(both[second.astype(int)].sum(axis=0))))

    indices = np.arange(n, dtype=float), np.arange(n, 2 * n, dtype=float)
    found = permutation_test(
        indices, difference, permutation_type="samples", vectorized=False, alternative="greater", n_resamples=np.inf
    )
    assert sign_flip(a, b, MICRO["f1"])[0] == pytest.approx(found.pvalue)


def test_drawn_p_is_near_the_exact_one() -> None:
    a, b = drawn(4, 16)
    p, exact = sign_flip(a, b, MICRO["f1"])
    from vinese.score import paired

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paired, "_ALL", 16)
        assert sign_flip(a, b, MICRO["f1"])[0] == pytest.approx(p, abs=0.01)
    assert not exact


def test_bootstrap_is_scipys_percentile_interval() -> None:
    from scipy.stats import bootstrap as scipys

    a, _ = drawn(1, 40)

    def f1(index: np.ndarray) -> float:
        return float(MICRO["f1"](a[index.astype(int)].sum(axis=0)))

    theirs = scipys(
        (np.arange(40.0),), f1, vectorized=False, method="percentile", n_resamples=4000, rng=np.random.default_rng(1)
    ).confidence_interval
    mine = bootstrap(Table(("A",), a), MICRO["f1"], resamples=4000)
    assert [mine.low, mine.high] == pytest.approx([theirs.low, theirs.high], abs=0.005)


def test_quantiles_are_scipys() -> None:
    from scipy.stats import t

    for degrees in (1, 2, 3, 4, 5, 10, 49, 199, 200, 201, 1000, 100_000):
        for probability in (0.6, 0.9, 0.975, 0.995):
            assert t_quantile(probability, degrees) == pytest.approx(t.ppf(probability, degrees), rel=1e-9)


def test_seqeval_takes_a_span_that_begins_nowhere_and_ours_does_not() -> None:
    from seqeval.metrics import f1_score

    assert f1_score([["B-PER", "I-PER"]], [["I-PER", "I-PER"]]) == 1.0
    gold = [{"id": "a", "entities": [{"id": "e1", "start": 0, "end": 5, "type": "PER"}]}]
    predicted = [{"id": "a", "tokens": ["ab", "ab"], "tags": ["I-PER", "I-PER"]}]
    report = vinese.score(gold, predicted, articles={"a": "ab ab"})
    assert {issue.code for issue in report.issues} == {"bio-orphan-inside"}


def test_seqeval_gives_nothing_against_nothing_0_and_ours_is_defined() -> None:
    from seqeval.metrics import f1_score

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert f1_score([["O"]], [["O"]]) == 0.0
    assert vinese.score([{"id": "a"}], [{"id": "a"}], ["entities.f1"])["entities.f1"].value == 100


def test_nervaluate_drops_unknown_labels_and_depends_on_order_and_ours_does_neither() -> None:
    from nervaluate import Evaluator

    def theirs(gold: list[Any], predicted: list[Any], tags: list[str]) -> Any:
        return Evaluator([gold], [predicted], tags=tags, loader="dict").evaluate()["overall"]

    city = {"label": "CITY", "start": 0, "end": 3}
    person = {"label": "PER", "start": 5, "end": 9}
    assert theirs([person], [person, city], ["PER"])["strict"].f1 == 1.0
    wrong, right = {"label": "ORG_IGO", "start": 0, "end": 10}, {"label": "PER", "start": 0, "end": 10}
    gold = {"label": "PER", "start": 0, "end": 3}
    orders = [theirs([gold], order, ["PER", "ORG_IGO"])["ent_type"].f1 for order in ([wrong, right], [right, wrong])]
    assert orders[0] != orders[1]

    def ours_of(predicted: list[Any]) -> Any:
        def entities(side: list[Any]) -> list[dict[str, Any]]:
            return [
                {"id": f"e{i}", "start": one["start"], "end": one["end"] + 1, "type": one["label"]}
                for i, one in enumerate(side)
            ]

        sides = ([{"id": "a", "entities": entities(side)}] for side in ([gold], predicted))
        return vinese.score(*sides, ["entities.f1(match=overlap)"], articles={"a": "abcd efghij klmnop"})

    values = [next(iter(ours_of(order).values())).value for order in ([wrong, right], [right, wrong])]
    assert values == pytest.approx([200 / 3, 200 / 3])
    assert {issue.code for issue in ours_of([city]).issues} == {"unknown-label"}
