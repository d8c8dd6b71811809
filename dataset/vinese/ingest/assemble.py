"""Make an article of a zoned page."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from vinese.article_checks import TEXT_ZONES
from vinese.ingest.doubts import doubts
from vinese.ingest.lines import page_of
from vinese.ingest.metadata import metadata_of
from vinese.ingest.reviewed import zone_by_rows
from vinese.ingest.rules import zone_by_rules
from vinese.issues import issue
from vinese.records import Article, Source, Zone
from vinese.text.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.ingest.lines import Page
    from vinese.ingest.raw import RawPage
    from vinese.ingest.reviewed import Row
    from vinese.issues import Issue


def article_of(raw: RawPage, rows: list[Row] | None = None) -> Article | list[Issue]:
    """Return the article of a raw page, zoned by reviewed rows or else by rules; or the issues against it."""
    page = page_of(raw.text)
    if not page.lines:
        return [issue("raw-blank", file=raw.file, article_id=raw.article_id)]
    if rows is None:
        zone_by_rules(page)
    else:
        problems = list(zone_by_rows(page, rows, raw))
        if problems:
            return problems
    if "body" not in page.zones:
        return [issue("raw-no-body", file=raw.file, article_id=raw.article_id, lines=len(page.lines))]
    return _article(raw, page, reviewed=rows is not None)


def _article(raw: RawPage, page: Page, *, reviewed: bool) -> Article:
    """Return the article of a page whose every line has its zone."""
    text = "\n".join(line.text for line, zone in zip(page.lines, page.zones, strict=True) if zone in TEXT_ZONES)
    return Article(
        id=raw.article_id,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        sentences=sentences(text),
        zones=tuple(_zones(page)),
        zoning="reviewed" if reviewed else "rules",
        needs_review=() if reviewed else doubts(page),
        metadata=metadata_of(page),
        raw=Source(f"raw/{raw.article_id}.txt", hashlib.sha256(raw.content).hexdigest(), len(raw.text)),
    )


def _zones(page: Page) -> Iterator[Zone]:
    """Yield the zones in the order of the page, those of the text with their place in it."""
    at = 0
    for line, zone in zip(page.lines, page.zones, strict=True):
        start = end = None
        if zone in TEXT_ZONES:
            start, end = at, at + len(line.text)
            at = end + 1
        yield Zone(zone or "", start, end, line.raw_start, line.raw_end)
