"""Draw what the card shows, as SVG without any library: the same bytes for the same data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from vinese.card.paragraph import choose, paragraph
from vinese.card.statistics import Facts
from vinese.card.svg import WIDTH, dot, line, page, rect, text
from vinese.compare.records import MeanScore, Score
from vinese.compare.saved import Saved
from vinese.generate.tables import words
from vinese.model.ontology import Label, Ontology, ids
from vinese.package.stage import Pass

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
    "nominals": "entity_type",
}
GREY = "#8c959f"
PLAIN = {
    "roles": "role",
    "modalities": "modality",
    "attributions": "attribution",
    "holder_kinds": "holder_kind",
    "topics": "topic",
}


def figures(
    ontology: Ontology, chosen: Pass, facts: Facts, saved: Saved | None, rows: Iterable[dict[str, Any]]
) -> dict[str, str]:
    """Return every figure that there are data for, by name: labels, lengths, agreement and paragraph."""
    say, lists = words("en"), ontology.lists()
    counted = [
        Bars(say[name], {one: chosen.labels.get(name, {}).get(one, 0) for one in ids(lists[name])}) for name in SHOWN
    ]
    sentences = {str(length): count for length, count in sorted(facts.sentence_lengths.items())}
    articles = {str(length): count for length, count in sorted(facts.article_lengths.items())}
    drawn = {
        "labels": bars(f"How often each label occurs in {chosen.layer}", counted),
        "lengths": histograms("Lengths", [Bars("Sentences", sentences), Bars("Articles", articles)]),
    }
    points = list(_points(saved, lists)) if saved else []
    if saved and points:
        drawn["agreement"] = dots("F1 between independent layers, by label, in percent", points, _captions(saved))
    example = choose(rows, _colours(ontology))
    if example is not None:
        drawn["paragraph"] = paragraph(example)
    return drawn


def _points(saved: Saved, lists: dict[str, tuple[Label, ...]]) -> Iterator[Point]:
    """Yield the F1 of each measure, all labels together first, then of each label in the ontology's order."""
    found: tuple[Score | MeanScore, ...] = saved.overall.scores if saved.overall else saved.pairs[0].scores
    exact = [one for one in found if one.variant == "exact"]
    for measure, listed in MEASURES.items():
        order = {name: number for number, name in enumerate(ids(lists[listed]))}
        mine = sorted(
            (one for one in exact if one.measure == measure),
            key=lambda one: (one.label is not None, order.get(one.label or "", len(order)), one.label or ""),
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


def _point(one: Score | MeanScore) -> Point:
    estimate = one.f1 if isinstance(one, Score) else one.pooled
    note = f"{one.a} / {one.b}" if isinstance(one, Score) else ""
    interval = estimate.interval
    low, high = (interval.low, interval.high) if interval else (None, None)
    return Point(one.label or "all", estimate.value, low, high, note)


def _colours(ontology: Ontology) -> dict[str, list[tuple[str, str]]]:
    """Return the id and colour of the labels of each list by number; a stance has the colour of its expression."""
    lists = ontology.lists()
    expression = ontology.stance.expression.color or GREY
    return {
        "entities": [_painted(label) for label in lists["entity_type"]],
        "events": [_painted(label) for label in lists["event_type"]],
        "stances": [(label.id, expression) for label in lists["polarity"]],
        **{name: [_painted(label) for label in lists[listed]] for name, listed in PLAIN.items()},
    }


def _painted(label: Label) -> tuple[str, str]:
    return label.id, label.color or GREY


MARGIN, ROW, COLUMN = 20, 17, (WIDTH - 60) / 2
NAMES, TRACK = 195, 105
TRACK_OF_DOTS = 140
BINS = 20


class Bars(NamedTuple):
    """Hold a list of labels with how often each occurs."""

    title: str
    counts: dict[str, int]


class Point(NamedTuple):
    """Hold an estimate from 0 to 1 with its interval, if it has one; a point without a value is a heading."""

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


def bars(title: str, lists: list[Bars]) -> str:
    """Return lists of labels in two columns, each list with a scale of its own and every count in figures."""
    heights, parts = [MARGIN, MARGIN], list[str]()
    for one in lists:
        side = heights.index(min(heights))
        parts += _bars(one, MARGIN + side * (COLUMN + 20), heights[side])
        heights[side] += ROW * (len(one.counts) + 1) + 22
    return page(title, max(heights), parts)


def _bars(one: Bars, left: float, top: float) -> Iterator[str]:
    yield text(left, top + 12, one.title, "head")
    most = max([*one.counts.values(), 1])
    for number, (label, count) in enumerate(one.counts.items(), 1):
        y = top + 4 + number * ROW
        wide = TRACK * count / most
        yield text(left + NAMES - 8, y + 11, label, "small", "end")
        yield rect(left + NAMES, y + 2, wide, ROW - 6)
        yield text(left + NAMES + wide + 5, y + 11, str(count), "small soft")


def histograms(title: str, lists: list[Bars]) -> str:
    """Return how often each length occurs, side by side; the keys of `counts` are the lengths."""
    wide = (WIDTH - MARGIN * (len(lists) + 1)) / len(lists)
    parts: list[str] = []
    for place, one in enumerate(lists):
        left = MARGIN + place * (wide + MARGIN)
        parts += _histogram(one, left, wide)
    return page(title, 235, parts)


def _histogram(one: Bars, left: float, wide: float) -> Iterator[str]:
    """Yield one histogram: bars from a base line, the ends of the scale below, the highest count beside its bar."""
    lengths = {int(length): count for length, count in one.counts.items()}
    step = bin_width(max(lengths, default=1))
    first, last = min(lengths, default=0) // step, max(lengths, default=0) // step
    heights = dict.fromkeys(range(first, last + 1), 0)
    for length, count in lengths.items():
        heights[length // step] += count
    most, each = max([*heights.values(), 1]), wide / len(heights)
    yield text(left, 32, one.title, "head")
    for place, (number, count) in enumerate(heights.items()):
        tall, x = 125 * count / most, left + place * each
        if count:
            yield rect(x + 1, 190 - tall, max(each - 2, 1), tall)
            yield text(x + each / 2, 185 - tall, str(count), "small soft", "middle")
        if place % max(1, -(-len(heights) // 8)) == 0:
            yield text(x + each / 2, 206, str(number * step), "small soft", "middle")
    yield line(left, 190, left + wide, 190)
    yield text(left, 224, f"syllables; each bar takes in {step} from the number below it", "small soft")


def bin_width(longest: int) -> int:
    """Return a round width so that at most `BINS` bins reach from 0 to `longest`."""
    steps = (factor * int("1" + "0" * power) for power in range(12) for factor in (1, 2, 5))
    return next(step for step in steps if longest < step * BINS)


def dots(title: str, points: list[Point], captions: tuple[str, ...] = ()) -> str:
    """Return estimates on one scale from 0 to 1 in percent, in two columns, with `captions` below."""
    heads = [place for place, point in enumerate(points) if point.value is None]
    half = min(heads, key=lambda place: abs(2 * place - len(points)), default=len(points)) or len(points)
    parts: list[str] = []
    for side, found in enumerate((points[:half], points[half:])):
        parts += _dots(found, MARGIN + side * (COLUMN + 20)) if found else ()
    height = MARGIN + ROW * max(half, len(points) - half) + 46
    parts += [text(MARGIN, height + 8 + 16 * place, said, "small soft") for place, said in enumerate(captions)]
    return page(title, height + 16 * len(captions) + (8 if captions else 0), parts)


def _dots(points: list[Point], left: float) -> Iterator[str]:
    start, bottom = left + 145, MARGIN + ROW * len(points) + 6
    for tick in (0, 25, 50, 75, 100):
        x = start + TRACK_OF_DOTS * tick / 100
        yield line(x, MARGIN, x, bottom)
        yield text(x, bottom + 16, f"{tick}%" if tick == 100 else str(tick), "small soft", "middle")
    for place, point in enumerate(points):
        y = MARGIN + place * ROW + 12
        if point.value is None:
            yield text(left, y + 4, point.name, "head")
            continue
        yield text(start - 8, y + 4, point.name, "small", "end")
        if point.low is not None and point.high is not None:
            yield line(start + TRACK_OF_DOTS * point.low, y, start + TRACK_OF_DOTS * point.high, y, "whisker")
        yield dot(start + TRACK_OF_DOTS * point.value, y)
        yield text(start + TRACK_OF_DOTS + 12, y + 4, point.note, "small soft")
