"""The statistics give the figures that are known for real annotations by several people."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from statistics import fmean

import pytest

from vinese.compare.alpha import (
    alpha_of_coincidences,
    class_f1,
    cohen_kappa,
    coincidences,
    krippendorff_alpha,
    observed_agreement,
    value_counts,
)
from vinese.compare.f1 import CountTable, Key, compare_spans
from vinese.compare.matching import LabelledSpan

pytest.importorskip("krippendorff")

SHARED = Path(__file__).resolve().parents[2] / "shared"
ELSA = SHARED / "external" / "agreement" / "ELSA" / "testset_annotators.json"
LEOKA = SHARED / "external" / "label_studio"
CLASSES = ("Negative-Standard", "Negative-Slight", "Neutral", "Positive-Slight", "Positive-Standard")
ANNOTATORS = tuple(f"ann_{number}" for number in range(1, 6))

needs_elsa = pytest.mark.skipif(not ELSA.is_file(), reason="the ELSA annotators' file is not on this machine")
needs_leoka = pytest.mark.skipif(not LEOKA.is_dir(), reason="the LEOKA exports are not on this machine")


def elsa(names: tuple[str, ...], *, signs: bool = False) -> list[list[int]]:
    """Return entities x judges as indices of the five classes, or of their three signs."""
    judged = json.loads(ELSA.read_text(encoding="utf-8")).values()
    fine = [[CLASSES.index(entity[name]) for name in names] for entity in judged]
    return [[(value > 2) - (value < 2) + 1 for value in row] for row in fine] if signs else fine


def columns(rows: list[list[int]]) -> list[list[int]]:
    return [list(column) for column in zip(*rows, strict=True)]


@needs_elsa
@pytest.mark.parametrize(
    ("signs", "level", "known"),
    [
        (False, "nominal", 0.5234),
        (False, "ordinal", 0.6459),
        (False, "interval", 0.6582),
        (True, "nominal", 0.5419),
        (True, "ordinal", 0.5685),
    ],
)
def test_alpha_of_five_annotators(signs: bool, level: str, known: float) -> None:
    classes = 3 if signs else 5
    counts = value_counts(elsa(ANNOTATORS, signs=signs), classes)
    summed = coincidences(counts).sum(axis=0, keepdims=True)
    assert alpha_of_coincidences(summed, level)[0] == pytest.approx(known, abs=5e-5)
    assert krippendorff_alpha(counts, level) == pytest.approx(known, abs=5e-5)


@needs_elsa
@pytest.mark.parametrize(
    ("annotator", "accuracy", "kappa"),
    list(zip(ANNOTATORS, (0.684, 0.862, 0.818, 0.789, 0.866), (0.543, 0.764, 0.712, 0.625, 0.771), strict=True)),
)
def test_annotators_against_the_curated_layer(annotator: str, accuracy: float, kappa: float) -> None:
    mine, curated = columns(elsa((annotator, "curated")))
    assert observed_agreement(mine, curated) == pytest.approx(accuracy, abs=5e-4)
    assert cohen_kappa(mine, curated) == pytest.approx(kappa, abs=5e-4)


@needs_elsa
def test_pairwise_f1_over_positive_and_negative() -> None:
    judges = columns(elsa(ANNOTATORS, signs=True))
    scores = [class_f1(a, b, (0, 2)) for a, b in combinations(judges, 2)]
    assert fmean(scores) == pytest.approx(0.660, abs=5e-4)
    assert min(scores) == pytest.approx(0.510, abs=5e-4)
    assert max(scores) == pytest.approx(0.749, abs=5e-4)


def leoka(team: int) -> list[list[list[LabelledSpan]]]:
    """Return the spans of every task and annotation, edge white space trimmed; cancelled work is in, as published."""
    tasks = []
    for task in json.loads((LEOKA / f"LEOKA_ML__team_{team}.json").read_text(encoding="utf-8")):
        text = task["data"]["text"]
        tasks.append([[*spans(text, annotation["result"])] for annotation in task["annotations"]])
    return tasks


def spans(text: str, result: list[dict]) -> list[LabelledSpan]:
    found = []
    for region in result:
        if region["type"] == "labels":
            start, end = region["value"]["start"], region["value"]["end"]
            words = text[start:end]
            start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
            found += [LabelledSpan(start, end, label) for label in region["value"]["labels"]]
    return found


@needs_leoka
@pytest.mark.parametrize(("team", "exact", "overlap", "one_to_one"), [(1, 55.4, 84.9, 84.8), (2, 65.7, 90.8, 90.6)])
def test_pairwise_f1_of_spans(team: int, exact: float, overlap: float, one_to_one: float) -> None:
    pooled = CountTable()
    for index, layers in enumerate(leoka(team)):
        for a, b in combinations(layers, 2):
            for key, counts in compare_spans(a, b):
                pooled.add(key, index, counts)
    known = {"exact": exact, "overlap": overlap, "overlap-1-1": one_to_one}
    assert {variant: round(100 * pooled.total(Key("", variant)).f1(), 1) for variant in known} == known
