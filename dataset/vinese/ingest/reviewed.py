"""Read zones that a person has reviewed: a table with the columns file, line and zone, parted by tabs.

One table may hold many pages; a page is found by the article id that its file name gives, so that the stored copy of
a page finds its rows too. A page with any row is zoned by its rows alone, and every line that is not blank needs one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from vinese.checks.article import ZONE_TYPES
from vinese.core.errors import UsageError
from vinese.core.files import read_bytes
from vinese.core.issues import Issue, issue
from vinese.ingest.page import Page, RawPage, article_id_of

HEADER = "file\tline\tzone"

Row = tuple[int, int, str]
"""A row: its own number in the table, the page's line, the zone."""


def read_zones(path: str | Path, wanted: Collection[str]) -> dict[str, list[Row]]:
    """Return the rows of every article id in `wanted`; raise `UsageError` where the table is none."""
    try:
        rows = read_bytes(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 at byte {error.start}.", "Save it as UTF-8 text.") from error
    if not rows or rows[0].rstrip() != HEADER:
        raise UsageError(f"{path} does not begin with the columns file, line and zone.", "Part them by single tabs.")
    by_article: dict[str, list[Row]] = {}
    for number, row in enumerate(rows[1:], 2):
        if row.strip():
            article_id, line, zone = _row(path, number, row)
            if article_id in wanted:
                by_article.setdefault(article_id, []).append((number, line, zone))
    if not by_article:
        raise UsageError(f"{path} has no row for any of these files.", "Check the names in its first column.")
    return by_article


def _row(path: str | Path, number: int, row: str) -> tuple[str, int, str]:
    """Return (article id, line, zone) of one row."""
    parts = row.rstrip("\r\n").split("\t")
    if len(parts) != 3 or not parts[1].isascii() or not parts[1].isdigit():
        raise UsageError(f"{path}, row {number}: {row[:60]!r} is not file, line number and zone.", "Correct the row.")
    return article_id_of(parts[0]), int(parts[1]), parts[2].strip()


def zone_by_rows(page: Page, rows: list[Row], raw: RawPage) -> Iterator[Issue]:
    """Give the lines of `page` the zones of their rows; yield what is wrong with the rows."""
    places = {line.number: index for index, line in enumerate(page.lines)}
    for number, line, zone in rows:
        place = places.get(line)
        reason = _row_problem(page, place, line, zone)
        if reason:
            yield issue("zones-row", file=raw.file, article_id=raw.article_id, row=number, reason=reason)
        elif place is not None:
            page.claim(place, zone)
    missed = [page.lines[index].number for index in page.all_free()]
    if missed:
        numbers = ", ".join(map(str, missed[:10])) + (", ..." if len(missed) > 10 else "")
        yield issue("zones-incomplete", file=raw.file, article_id=raw.article_id, lines=numbers)


def _row_problem(page: Page, place: int | None, line: int, zone: str) -> str:
    """Return what is wrong with one row; empty where nothing is."""
    if zone not in ZONE_TYPES:
        return f"{zone!r} is no zone; the zones are {', '.join(ZONE_TYPES)}"
    if place is None:
        return f"line {line} is blank or beyond the end of the page"
    if not page.free(place):
        return f"line {line} has a zone already"
    if zone == "title" and "title" in page.zones:
        return f"line {line} would be a second title"
    return ""
