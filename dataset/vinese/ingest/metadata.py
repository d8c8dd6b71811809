"""Take what a page states of itself from its zones, word for word."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from vinese.ingest.heuristics import followed_site
from vinese.ingest.page import Page
from vinese.model.records import Metadata

_DAY = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s*[:hg]\s*(\d{2})(?::(\d{2}))?(?:\s*([AP])M)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC)\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


def metadata_of(page: Page) -> Metadata:
    """Return the metadata of a zoned page.

    `publisher` is set only where the page asks its reader to follow it by name; the address of a picture says who
    hosts it, not who published the article. The table bar that some scrapers leave behind a caption is left out.
    """
    published = next(iter(_texts(page, "date")), None)
    return Metadata(
        title=next(iter(_texts(page, "title")), None),
        bylines=_texts(page, "byline"),
        published=published,
        published_at=iso_time(published) if published else None,
        publisher=next((site for text in _texts(page, "widget") if (site := followed_site(text))), None),
        captions=tuple(text.removesuffix(" |") for text in _texts(page, "caption")),
        credits=_texts(page, "credit"),
        topics=_texts(page, "topic_tag"),
    )


def _texts(page: Page, zone: str) -> tuple[str, ...]:
    """Return the lines of one zone in order, each once."""
    return tuple(dict.fromkeys(page.text(index) for index, kind in enumerate(page.zones) if kind == zone))


def iso_time(text: str) -> str | None:
    """Return a printed date as ISO 8601, as exact as the page is: a day, a local time, or a time with its offset.

    The day stands before the month, as everywhere in Vietnam. None where the year is missing or the day impossible.

    >>> iso_time("Thứ Năm, 25/07/2024, 14:09 (GMT+7)"), iso_time("25/07/2024"), iso_time("25/07")
    ('2024-07-25T14:09:00+07:00', '2024-07-25', None)
    """
    day = _DAY.search(text)
    if not day:
        return None
    rest = text[: day.start()] + " " + text[day.end() :]
    clock = _CLOCK.search(_OFFSET.sub(" ", rest))
    try:
        date = datetime(int(day[4]), int(day[3]), int(day[1]))
        if not clock:
            return date.date().isoformat()
        time = date.replace(hour=_hour(clock), minute=int(clock[2]), second=int(clock[3] or 0))
        return time.replace(tzinfo=_offset(rest)).isoformat()
    except ValueError:
        return None


def _hour(clock: re.Match[str]) -> int:
    """Return the hour of the day of a time with or without AM and PM."""
    hour = int(clock[1])
    if not clock[4]:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if clock[4].upper() == "P" else 0)


def _offset(text: str) -> timezone | None:
    """Return the offset from Greenwich that `text` states."""
    offset = _OFFSET.search(text)
    if not offset:
        return None
    minutes = 60 * int(offset[2]) + int(offset[3] or 0)
    return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
