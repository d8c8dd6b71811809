"""Draw what the card shows, as SVG without any library: the same bytes for the same data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinese.agree.records import Score
from vinese.build.figures.charts import Bars, Point, bars, dots, histograms
from vinese.build.figures.paragraph import choose, paragraph
from vinese.generate.wording import words
from vinese.ontology import ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from vinese.agree.records import MeanScore
    from vinese.agree.saved import Saved
    from vinese.build.counts import Pass
    from vinese.build.facts import Facts
    from vinese.ontology import Label, Ontology

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
