"""HTML pages become articles: what `ingest` costs beside trafilatura, which it calls, alone."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from bench import sampling
from bench.measure import Work, call, measure

if TYPE_CHECKING:
    from bench.table import Table

JOBS = 2
STEPS = {
    "trafilatura": "trafilatura",
    "lxml": "trafilatura",
    "vinese.ingest.html": "what the markup says",
    "vinese.ingest.run": "store",
    "vinese.ingest": "zones",
    "vinese.checks": "checks",
    "vinese.text": "clean text and sentences",
    "vinese.core": "store",
}
MENU = "".join(f"<li><a href='/{number}'>Chuyên mục {number}</a></li>" for number in range(30))
TEASER = (
    "<div class=teaser><a href='/{0}'><h3>Một tin khác của trang này, số {0}</h3></a><p>Tóm tắt của tin.</p></div>"
)


def rows(table: Table) -> None:
    """Print what pages cost."""
    with table.place() as folder:
        count = table.sizes.pages
        size = call(write_pages, folder, count)
        table.section(f"{count} HTML pages, {size / 1e6:.1f} MB", "pages")
        alone = table.row("trafilatura alone", measure(trafilatura, folder))
        base = alone and alone.each
        table.row("ours, from HTML to stored articles, to trafilatura", measure(ours, folder, "html", 1), base)
        table.row(f"the same, --jobs {JOBS}", measure(ours, folder, "html", JOBS), base)
        table.row("ours, from text to stored articles", measure(ours, folder, "txt", 1))
        for suffix in ("html", "txt") if alone else ("txt",):
            table.shares(f"ours, from {suffix}", call(where, folder, suffix))


def write_pages(folder: str, count: int) -> int:
    """Write pages of the articles' own texts, as HTML and as text, each once more with other edges; return bytes."""
    from vinese.core.project import Project
    from vinese.corpus.articles import Articles

    size, articles = 0, list(Articles(Project().articles))
    for number in range(count):
        title, *lines = articles[number % len(articles)].text.split("\n")
        body = "".join(f"<p>{escape(line)}</p>\n" for line in (*lines, f"Bản sao thứ {number}."))
        page = (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f'<meta property="og:title" content="{escape(title)}"></head><body><nav><ul>{MENU}</ul></nav>\n'
            f"<article><h1>{escape(title)}</h1>\n{body}</article>\n"
            f"<aside>{''.join(TEASER.format(other) for other in range(20))}</aside></body></html>"
        ).encode()
        Path(folder, f"{number:06}.html").write_bytes(page)
        text = "\n".join((title, *lines, f"Bản sao thứ {number}."))
        Path(folder, f"{number:06}.txt").write_text(text, encoding="utf-8")
        size += len(page)
    return size


def trafilatura(folder: str) -> Work:
    from trafilatura import bare_extraction

    pages = [path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.html"))]

    def run() -> None:
        for page in pages:
            assert bare_extraction(page, with_metadata=False, include_comments=False, include_tables=False)

    return Work(run, len(pages))


def ours(folder: str, suffix: str, jobs: int = 1) -> Work:
    import tempfile

    from vinese.core.project import Project
    from vinese.ingest.run import ingest_files

    if suffix == "html":
        import lxml_html_clean  # noqa: F401 - ingest would refuse each page with an issue
        import trafilatura  # noqa: F401

    paths = sorted(Path(folder).glob(f"*.{suffix}"))

    def run() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            Path(place, "annotations").mkdir()
            for outcome in ingest_files(paths, Project(Path(place)), jobs=jobs):
                assert outcome.status == "new", outcome

    return Work(run, len(paths))


def where(folder: str, suffix: str) -> dict[str, float]:
    """Return the share of the processor time of each step of ingesting pages."""
    return sampling.shares(ours(folder, suffix).run, STEPS)
