"""Take what a page states of itself from its zones, word for word but for what reaches a person."""

from __future__ import annotations

from vinese.ingest.dates import has_clock, iso_time
from vinese.ingest.heuristics import followed_site, strip_contacts
from vinese.ingest.page import Page
from vinese.model.records import Metadata


def metadata_of(page: Page) -> Metadata:
    """Return the metadata of a zoned page.

    `publisher` is set only where the page asks its reader to follow it by name; the address of a picture says who
    hosts it, not who published the article. The table bar that some scrapers leave behind a caption is left out,
    and so is every e-mail address and telephone number.
    """
    index = date_line(page)
    published = page.text(index) if index is not None else None
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


def date_line(page: Page) -> int | None:
    """Return the line with the day of publication: the one next to the title, with a time of day if any has one.

    What a site prints at its top is the day of scraping, and what stands below an article belongs to others.
    """
    lines = [index for index, zone in enumerate(page.zones) if zone == "date" and iso_time(page.text(index))]
    heading = head_of(page)
    return min(
        lines,
        key=lambda index: (not has_clock(page.text(index)) * is_near(page, index), abs(index - heading)),
        default=None,
    )


def head_of(page: Page) -> int:
    """Return the line of the title, else the first of the text."""
    if "title" in page.zones:
        return page.zones.index("title")
    return next((index for index, zone in enumerate(page.zones) if zone in {"lead", "body"}), 0)


def is_near(page: Page, index: int) -> bool:
    """Return whether a line stands next to the title: nothing but a few names and buttons between the two."""
    heading = head_of(page)
    if index < heading:  # above the title may stand the day of scraping, at the top of every page of the site
        return has_clock(page.text(index)) and set(page.zones[index + 1 : heading]) <= {"byline", "date"}
    between = page.zones[heading + 1 : min(index, heading + 10)]
    return len(between) <= 8 and set(between) <= {"byline", "widget", "date", "topic_tag", "credit", "lead"}


def _texts(page: Page, zone: str) -> tuple[str, ...]:
    """Return the lines of one zone in order, each once, without addresses and numbers that reach a person."""
    stripped = (strip_contacts(page.text(index)) for index, kind in enumerate(page.zones) if kind == zone)
    return tuple(dict.fromkeys(text for text in stripped if text))
