"""Write a page that shows layers side by side on the text, with their disagreements marked.

One file, nothing fetched: it works from a disk, without a network and on paper. All text is escaped by the template,
and a content security policy lets only the page's own script run.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from itertools import combinations, count, cycle
from pathlib import Path
from typing import TYPE_CHECKING

from vinese.agree.columns import Cell, Column, Numbered
from vinese.agree.describe import View
from vinese.agree.disagree import disagreements, position
from vinese.agree.show import coefficient, interval, lines, percent, reasons
from vinese.files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jinja2 import Template

    from vinese.agree.records import AgreementReport, Disagreement
    from vinese.agree.shelf import Shelf
    from vinese.ontology import Ontology
    from vinese.records import Document

SHOWN = 100
_POLARITIES = ("#2e9d4f", "#d1372c", "#d99000")
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one line of the text as every layer sees it, and what they disagree on in it."""

    cells: list[Cell]
    differences: list[Numbered]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """Hold one article for the page; `whole` are the disagreements about the article as a whole."""

    id: str
    title: str
    language: str
    layers: list[str]
    judged: list[str]
    whole: list[Numbered]
    rows: list[Row]
    differences: int


def write_page(
    file: Path,
    report: AgreementReport,
    common: Sequence[tuple[str, tuple[Shelf, ...]]],
    per_article: Sequence[int],
    ontology: Ontology,
) -> None:
    """Write the page of a report to `file`, one article in memory at a time.

    A page of very many articles opens in no browser: it shows the `SHOWN` with the most disagreements, and says so.
    """
    most = sorted(sorted(range(len(common)), key=lambda index: -per_article[index])[:SHOWN])
    script = _read("page.js")
    parts = _template().generate(
        report=report,
        ontology=ontology,
        colors=_colors(ontology),
        contents=[(common[index][0], per_article[index]) for index in most],
        articles=_articles([common[index] for index in most], _colors(ontology)),
        style=_read("page.css"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    with replacing(file) as page:
        for part in parts:
            page.write(part.encode())


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(percent=percent, coefficient=coefficient)
    environment.globals.update(interval=interval, lines=lines, reasons=reasons)
    return environment.from_string(_read("page.html.j2"))


def _colors(ontology: Ontology) -> dict[str, str]:
    """Return the colour of every label; polarities without one get one by their order."""
    labels = (*ontology.entities, *ontology.events, *ontology.stance.polarities)
    polarities = dict(zip((label.id for label in ontology.stance.polarities), cycle(_POLARITIES)))
    return polarities | {label.id: label.color for label in labels if label.color}


def _articles(common: Iterable[tuple[str, tuple[Shelf, ...]]], colors: Mapping[str, str]) -> Iterator[ArticleView]:
    numbers = count(1)
    for article_id, shelves in common:
        documents = {shelf.name: shelf.get(article_id) for shelf in shelves}
        found = [Numbered(next(numbers), one) for one in _between(documents)]
        yield _article([View(*item) for item in documents.items()], found, colors)


def _between(documents: Mapping[str, Document]) -> list[Disagreement]:
    """Return what any two layers do not see alike, in the order of the text."""
    found = [one for a, b in combinations(documents.items(), 2) for one in disagreements(a, b)]
    return sorted(found, key=position)


def _article(views: list[View], found: list[Numbered], colors: Mapping[str, str]) -> ArticleView:
    first = views[0].document
    columns = [Column(view, found, colors) for view in views]
    rows, start = [], 0
    for line in first.text.split("\n"):
        end = start + len(line)
        rows.append(Row([column.cell(start, end) for column in columns], _within(found, start, end)))
        start = end + 1
    return ArticleView(
        id=first.id,
        title=first.text.split("\n", 1)[0],
        language=first.language,
        layers=[view.layer for view in views],
        judged=[_judged(view) for view in views],
        whole=[one for one in found if one.found.sentence is None],
        rows=rows,
        differences=len(found),
    )


def _within(found: Iterable[Numbered], start: int, end: int) -> list[Numbered]:
    """Return the disagreements that begin in `text[start:end]`, or at its end."""
    places = {one.number: _begins(one.found) for one in found if one.found.sentence is not None}
    return [one for one in found if start <= places.get(one.number, -1) <= end]


def _begins(found: Disagreement) -> int:
    return min(side.spans[0].start for side in (found.a, found.b) if side is not None and side.spans)


def _judged(view: View) -> str:
    stance = view.document.article_stance
    return view.article_stance(stance).text if stance is not None else "not judged"
