"""The page of a system's errors: gold and predictions side by side, with every miss and false alarm on the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nlargest
from pathlib import Path

from vinese.model.ontology import Ontology
from vinese.render.page import SHOWN, Frame, environment, note, read, write_page
from vinese.render.score_text import caveats, interval, shown, title
from vinese.render.sheet import Reading
from vinese.score.errors import GOLD, SYSTEM, ArticleErrors
from vinese.score.measures import parse
from vinese.score.records import ScoreReport

_UNITS = {
    "entities": ("entity",),
    "events": ("event", "argument"),
    "opinions": ("stance",),
    "article_stance": ("article_stance",),
}


def write_score_page(file: Path, report: ScoreReport, articles: Iterable[ArticleErrors], ontology: Ontology) -> None:
    """Write the errors of one system in what was scored to `file`, at once or not at all.

    Of very many articles it shows the `SHOWN` with the most errors, and says so.
    """
    scored = {unit for score in report.scores for unit in _UNITS[parse(score.measure).group]}
    total = 0

    def readings() -> Iterator[tuple[int, int, Reading]]:
        nonlocal total
        for number, article in enumerate(articles):
            errors = [error for error in article.errors if error.unit in scored]
            total += len(errors)
            yield len(errors), -number, Reading({GOLD: article.gold, SYSTEM: article.predicted}, errors)

    most = sorted(nlargest(SHOWN, readings(), key=lambda ranked: ranked[:2]), key=lambda ranked: -ranked[1])
    figures = environment(interval=interval, title=title, shown=shown).from_string(read("score.html.j2"))
    frame = Frame(
        title={"en": f"Errors of {report.system}", "vi": f"Lỗi của {report.system}"},
        layers=(GOLD, SYSTEM),
        ontology=ontology,
        reference=GOLD,
        notes=[*_remarks(report, total, len(most)), *(note(*caveat) for caveat in caveats(report))],
        figures=figures.render(report=report),
        only=True,
    )
    write_page(file, frame, (reading for *_, reading in most))


def _remarks(report: ScoreReport, errors: int, shown_articles: int) -> Iterator[dict[str, str]]:
    yield note(
        f"Errors: {errors:,}; articles: {report.articles:,}. What both have with another label, boundary or role is "
        "one error here, and a miss and a false alarm in F1. The arguments of an event that only one side has stand "
        "with the event.",
        f"Số lỗi: {errors:,}; số bài: {report.articles:,}. Mục mà cả hai bên có nhưng khác nhãn, ranh giới hoặc vai "
        "là một lỗi ở đây, còn trong F1 là một mục bỏ sót và một mục thừa. Vai của sự kiện chỉ một bên có được xem "
        "cùng sự kiện đó.",
    )
    if shown_articles < report.articles:
        yield note(
            f"This page shows the {shown_articles} articles with the most; vinese browse shows all.",
            f"Trang này chỉ có {shown_articles} bài nhiều lỗi nhất; vinese browse cho xem tất cả.",
        )
