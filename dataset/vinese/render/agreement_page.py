"""The page of an agreement report: its layers side by side on the text, with what they do not see alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from vinese.compare.disagreements import disagreements
from vinese.compare.records import AgreementReport
from vinese.compare.store import Shelf
from vinese.model.ontology import Ontology
from vinese.render.agreement_text import coefficient, interval, lines, percent, reasons
from vinese.render.page import SHOWN, Frame, environment, note, read, write_page
from vinese.render.sheet import Reading


def write_agreement_page(
    file: Path,
    report: AgreementReport,
    common: Sequence[tuple[str, tuple[Shelf, ...]]],
    per_article: Sequence[int],
    ontology: Ontology,
) -> None:
    """Write the page of an agreement report, one article in memory at a time.

    Of very many articles it shows the `SHOWN` with the most disagreements, and says so.

    Parameters
    ----------
    file
        Where the page goes; what stands there is replaced as a whole.
    report
        The agreement of two layers or more.
    common
        The id of each article that all layers have, with the layers.
    per_article
        The number of disagreements in each of these articles.
    ontology
        Labels with their colours, names and definitions.
    """
    most = sorted(sorted(range(len(common)), key=lambda index: -per_article[index])[:SHOWN])
    made = environment(interval=interval, lines=lines, reasons=reasons)
    made.filters.update(percent=percent, coefficient=coefficient)
    names = [layer.name for layer in report.layers]
    frame = Frame(
        title={"en": f"Agreement of {', '.join(names)}", "vi": f"Mức thống nhất của {', '.join(names)}"},
        layers=names,
        ontology=ontology,
        notes=[*_remarks(report, len(most)), *map(note, report.notes)],
        figures=made.from_string(read("agreement.html.j2")).render(report=report),
    )
    write_page(file, frame, _readings([common[index] for index in most]))


def _remarks(report: AgreementReport, shown: int) -> Iterator[dict[str, str]]:
    yield note(
        f"Articles compared: {report.articles:,}; disagreements: {report.disagreements_total:,}.",
        f"Số bài được so sánh: {report.articles:,}; số chỗ khác nhau: {report.disagreements_total:,}.",
    )
    if shown < report.articles:
        yield note(
            f"This page shows the {shown} articles with the most; vinese browse shows all.",
            f"Trang này chỉ có {shown} bài khác nhau nhiều nhất; vinese browse cho xem tất cả.",
        )


def _readings(common: Sequence[tuple[str, tuple[Shelf, ...]]]) -> Iterator[Reading]:
    for article_id, shelves in common:
        documents = {shelf.name: shelf.get(article_id) for shelf in shelves}
        pairs = combinations(documents.items(), 2)
        yield Reading(documents, [disagreement for a, b in pairs for disagreement in disagreements(a, b)])
