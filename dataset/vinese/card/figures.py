"""The figures of the card: counts of labels, lengths, agreement, and a sentence with its annotation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vinese.card.paragraph import Colors, Example, paragraph
from vinese.card.statistics import Facts
from vinese.card.svg import WIDTH, draw
from vinese.compare.records import MeanScore, Score
from vinese.compare.saved import Saved
from vinese.generate.tables import words
from vinese.model.ontology import Label, Ontology, ids
from vinese.package.counts import LayerCounts

FOLDER = "figures"
SHOWN = ("entity_type", "event_type", "role", "topic", "modality", "polarity", "attribution", "holder_kind")
# What is compared, with the list of its labels.
MEASURES = {
    "entities": "entity_type",
    "triggers": "event_type",
    "arguments": "role",
    "stance tuples": "polarity",
    "stance pairs": "polarity",
    "expressions": "polarity",
    "auxiliary mentions": "entity_type",
}
GREY = "#8c959f"


def figures(
    ontology: Ontology, chosen: LayerCounts, facts: Facts, saved: Saved | None, example: Example | None
) -> dict[str, str]:
    """Return every figure that there are data for, by name: labels, lengths, agreement and paragraph."""
    titles, lists = words("en"), ontology.lists()
    counts = [
        Bars(titles[name], {label: chosen.labels.get(name, {}).get(label, 0) for label in ids(lists[name])})
        for name in SHOWN
    ]
    drawn = {
        "labels": bars(f"How often each label occurs in {chosen.layer}", counts),
        "lengths": histograms(
            "Lengths", {"Sentences": facts.sentence_lengths, "Articles": facts.article_lengths}, facts.unit
        ),
    }
    points = list(_points(saved, lists)) if saved else []
    if saved and points:
        drawn["agreement"] = dots("F1 between independent layers, by label, in percent", points, _captions(saved))
    if example is not None:
        drawn["paragraph"] = paragraph(example)
    return drawn


def _points(saved: Saved, lists: dict[str, tuple[Label, ...]]) -> Iterator[Point]:
    """Yield the F1 of each measure, all labels together first, then of each label in the ontology's order."""
    scores: tuple[Score | MeanScore, ...] = saved.overall.scores if saved.overall else saved.pairs[0].scores
    exact = [score for score in scores if score.variant == "exact"]
    for measure, listed in MEASURES.items():
        order = {name: number for number, name in enumerate(ids(lists[listed]))}
        mine = sorted(
            (score for score in exact if score.measure == measure),
            key=lambda score: (score.label is not None, order.get(score.label or "", len(order)), score.label or ""),
        )
        points = [point for point in map(_point, mine) if point.value is not None]
        if points:
            yield Point(measure.capitalize())
            yield from points


def _captions(saved: Saved) -> tuple[str, ...]:
    """Return what stands under the figure: what axis, lines and figures mean."""
    axis = "Across: F1 in percent, exact match. A line through a dot: its 95% interval, where there is one to draw."
    if saved.overall:
        return (axis, f"All {len(saved.pairs)} pairs of layers are pooled.")
    names = " / ".join(layer.name for layer in saved.layers)
    return (axis, f"At the right: how many items each layer has, {names}.")


def _point(score: Score | MeanScore) -> Point:
    estimate = score.f1 if isinstance(score, Score) else score.pooled
    note = f"{score.a} / {score.b}" if isinstance(score, Score) else ""
    interval = estimate.interval
    low, high = (interval.low, interval.high) if interval else (None, None)
    return Point(score.label or "all", estimate.value, low, high, note)


def label_colors(ontology: Ontology) -> Colors:
    """Return the colour of the labels of each list; a stance has that of its expression."""
    expression = ontology.stance.expression.color or GREY
    return {
        "entities": {label.id: label.color or GREY for label in ontology.entities},
        "events": {label.id: label.color or GREY for label in ontology.events},
        "stances": {label.id: expression for label in ontology.stance.polarities},
    }


MARGIN, ROW, COLUMN = 20, 17, (WIDTH - 60) / 2
TRACK_OF_DOTS = 140
BINS = 20


class Bars(NamedTuple):
    """How often each label occurs."""

    title: str
    counts: dict[str, int]


class Point(NamedTuple):
    """An estimate from 0 to 1 with its interval, if it has one; a point without a value is a heading."""

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


def bars(title: str, lists: list[Bars]) -> str:
    """Return a picture of lists of labels in two columns, each with a scale of its own and every count in figures."""
    heights, placed = [MARGIN, MARGIN], []
    for chart in lists:
        side = heights.index(min(heights))
        placed.append((MARGIN + side * (COLUMN + 20), heights[side], chart))
        heights[side] += ROW * (len(chart.counts) + 1) + 22
    return draw("bars", title, max(heights), placed=placed, row=ROW)


class Histogram(NamedTuple):
    """How many lengths fall into each bin of `step` lengths, by the least of the bin."""

    title: str
    step: int
    counts: dict[int, int]


def histograms(title: str, charts: dict[str, dict[int, int]], unit: str) -> str:
    """Return a picture of how often each length in a unit occurs, charts side by side, each under its title."""
    wide = (WIDTH - MARGIN * (len(charts) + 1)) / len(charts)
    drawn = [_histogram(*chart) for chart in charts.items()]
    return draw("histograms", title, 235, histograms=drawn, margin=MARGIN, wide=wide, unit=unit)


def _histogram(title: str, lengths: dict[int, int]) -> Histogram:
    step = bin_width(max(lengths, default=1))
    first, last = min(lengths, default=0) // step, max(lengths, default=0) // step
    counts = {number * step: 0 for number in range(first, last + 1)}
    for length, count in lengths.items():
        counts[length // step * step] += count
    return Histogram(title, step, counts)


def bin_width(longest: int) -> int:
    """Return a round width so that at most `BINS` bins reach from 0 to `longest`."""
    steps = (factor * int("1" + "0" * power) for power in range(12) for factor in (1, 2, 5))
    return next(step for step in steps if longest < step * BINS)


def dots(title: str, points: list[Point], captions: tuple[str, ...]) -> str:
    """Return a picture of estimates on a scale from 0 to 1 in percent, in two columns, with `captions` below."""
    heads = [place for place, point in enumerate(points) if point.value is None]
    half = min(heads, key=lambda place: abs(2 * place - len(points)), default=len(points)) or len(points)
    bottom = MARGIN + ROW * max(half, len(points) - half) + 46
    return draw(
        "dots",
        title,
        bottom + 16 * len(captions) + 8,
        columns=(points[:half], points[half:]),
        captions=captions,
        captions_top=bottom + 8,
        margin=MARGIN,
        row=ROW,
        column=COLUMN + 20,
        track=TRACK_OF_DOTS,
    )
