"""Write a page with every miss and false alarm of a system in its sentence, by kind.

One file, nothing fetched and no script: kinds fold and unfold by the browser's own means. All text is escaped by the
template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from vinese.compare.records import Disagreement
from vinese.core.files import replacing
from vinese.model.ontology import Ontology
from vinese.model.records import Document, Sentence
from vinese.render.score_text import caveats, interval, shown, title
from vinese.render.spans import Mark, Segment, segments
from vinese.score.errors import ArticleErrors, kind
from vinese.score.measures import parse
from vinese.score.records import ScoreReport

_TEMPLATE = Path(__file__).parent / "score_page.html.j2"
_UNITS = {
    "entities": ("entity",),
    "events": ("event", "argument"),
    "opinions": ("stance",),
    "article_stance": ("article_stance",),
}
_AROUND = 80
"""Code points shown on either side where no sentence is known."""


class Line(NamedTuple):
    """One error for the page: its article, what either side says, and the sentence in segments."""

    article_id: str
    gold: str
    system: str
    text: str
    segments: list[Segment[Mark]]


def write_page(file: Path, report: ScoreReport, articles: Iterable[ArticleErrors], ontology: Ontology) -> None:
    """Write the errors of one system in what was scored to `file`, at once or not at all."""
    colors = {label.id: label.color for label in (*ontology.entities, *ontology.events) if label.color}
    scored = {unit for score in report.scores for unit in _UNITS[parse(score.measure).group]}
    groups: dict[tuple[str, str], list[Line]] = {}
    for article in articles:
        for error in article.errors:
            if error.unit not in scored:
                continue
            groups.setdefault((error.unit, kind(error)), []).append(_line(error, article, colors))
    ordered = sorted(groups.items(), key=lambda group: (group[0][0], -len(group[1]), group[0][1]))
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(interval=interval, title=title, shown=shown)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    parts = template.generate(
        report=report, groups=ordered, total=sum(map(len, groups.values())), caveats=list(caveats(report))
    )
    with replacing(file) as page:
        for part in parts:
            page.write(part.encode())


def _line(error: Disagreement, article: ArticleErrors, colors: Mapping[str, str]) -> Line:
    marks = list(_marks(error, article, colors))
    text = article.gold.text
    start, end = _stretch(error, marks, article.gold)
    return Line(
        article.gold.id,
        error.a.text if error.a else "–",
        error.b.text if error.b else "–",
        text,
        list(segments(marks, start, end)),
    )


def _stretch(error: Disagreement, marks: list[Mark], document: Document) -> tuple[int, int]:
    """Return the stretch of text to show: the sentences of an error, else what stands around its marks."""
    if not marks:
        return 0, 0
    first, last = min(mark.start for mark in marks), max(mark.end for mark in marks)
    holding = [sentence for sentence in document.sentences if sentence.start < last and sentence.end > first]
    if error.sentence is not None:
        holding.append(Sentence(error.sentence.start, error.sentence.end))
    if holding:
        return min(first, *(sentence.start for sentence in holding)), max(
            last, *(sentence.end for sentence in holding)
        )
    return max(0, first - _AROUND), min(len(document.text), last + _AROUND)


def _marks(error: Disagreement, article: ArticleErrors, colors: Mapping[str, str]) -> Iterator[Mark]:
    """Yield the spans of either side; the kind `gap` of a mark is the system's, so that the two look different."""
    for side, document, name in ((error.a, article.gold, "gold"), (error.b, article.predicted, "system")):
        if side is None:
            continue
        labels = {entity.id: entity.type for entity in document.entities}
        labels |= {event.id: event.type for event in document.events}
        labels |= {stance.id: stance.polarity for stance in document.stances}
        label = labels.get(side.id or "", "")
        for number, span in enumerate(side.spans):
            shown = f"{name} {label}".strip() if number == 0 else name
            place = "gap" if name == "system" else "entity"
            yield Mark(span.start, span.end, place, shown, colors.get(label, ""), side.text)  # type: ignore[arg-type]
