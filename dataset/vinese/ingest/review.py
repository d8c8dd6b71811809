"""Note where the rules had to guess, so that a person looks before anybody labels the article.

Each check looks at a page whose every line has its zone, and yields a note for a line that may have another. A page
without notes need not be right; a page that the rules are known to get wrong sometimes must not be without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vinese.checks.article import TEXT_ZONES
from vinese.ingest import heuristics
from vinese.ingest.page import Page
from vinese.ingest.zoning import PARAGRAPH_LENGTH, PICTURES, end_of_article
from vinese.model.records import Review

SHORT_PARAGRAPHS = 6


def _in_text(page: Page) -> list[int]:
    """Return the lines that make up the article's text."""
    return [index for index, zone in enumerate(page.zones) if zone in TEXT_ZONES]


def _note(page: Page, index: int, code: str, message: str) -> Review:
    """Return a note on one line."""
    return Review(code, page.lines[index].number, message)


def missing(page: Page) -> Iterator[Review]:
    """Question an article without a title or lead."""
    first = next(iter(_in_text(page)), None)
    if first is None:
        return
    if "title" not in page.zones:
        yield _note(page, first, "title-missing", "No line looks like the title.")
        if page.zones[first] == "lead":
            yield _note(page, first, "lead-or-body", "Without a title the first paragraph may be lead or body.")
    if "lead" not in page.zones:
        yield _note(page, first, "lead-missing", "No paragraph stands where a lead would.")


def headings(page: Page) -> Iterator[Review]:
    """Question what only its want of a full stop tells from a paragraph."""
    for index, line in enumerate(page.lines):
        zone = page.zones[index]
        if zone == "subheading":
            yield _note(page, index, "subheading-guessed", "A short line without a full stop; it may be no heading.")
        elif zone == "body" and not heuristics.ends_sentence(line.text):
            yield _note(page, index, "unclear-line", "No full stop, and no sign of what else it could be.")
        elif zone == "image_alt" and not heuristics.is_alt(line.text):
            yield _note(page, index, "alt-or-subheading", "Text of a picture, or a subheading: it reads like both.")


def pictures(page: Page) -> Iterator[Review]:
    """Question a short paragraph after a picture."""
    for index in _in_text(page):
        if page.zone(index - 1) in PICTURES and len(page.text(index)) <= PARAGRAPH_LENGTH:
            yield _note(page, index, "caption-or-body", "A sentence right after a picture; it may be its caption.")


def related(page: Page) -> Iterator[Review]:
    """Question related links that were not printed as a pair of equal headlines and a short teaser."""
    alone = []
    for index, line in enumerate(page.lines):
        zone, above = page.zones[index], page.text(index - 1)
        if (zone == "related_headline" and line.text not in (above, page.text(index + 1))) or (
            zone == "related_teaser" and above != page.text(index - 2)
        ):
            alone.append(index)
        elif zone == "related_teaser" and len(line.text) > PARAGRAPH_LENGTH:
            yield _note(page, index, "teaser-or-body", "Long for a teaser; it may be a paragraph of the article.")
        elif zone == "topic_tag" and not heuristics.is_tail_marker(above):
            yield _note(page, index, "unclear-line", "A topic, it seems, but no marker stands above it.")
    if alone:
        message = f"Left out {len(alone)} lines as related links, though no headline is printed twice."
        yield _note(page, alone[0], "related-without-pair", message)


def repeated(page: Page) -> Iterator[Review]:
    """Question a title or paragraph that stands on the page twice."""
    seen: set[str] = set()
    for index in _in_text(page):
        text = page.text(index)
        if text in seen or (page.zones[index] == "title" and page.text(index + 1) == text):
            yield _note(page, index, "text-repeated", "The same line stands on the page twice.")
        seen.add(text)


def after_end(page: Page) -> Iterator[Review]:
    """Question text below a line that seemed to end the article."""
    end = end_of_article(page)
    for index in _in_text(page):
        if index >= end:
            yield _note(page, index, "text-after-end", "A paragraph below what seemed to end the article.")


def long_tail(page: Page) -> Iterator[Review]:
    """Question an article that ends in many short paragraphs: related links whose pairs somebody removed, perhaps."""
    short: list[int] = []
    for index in reversed(_in_text(page)):
        if len(page.text(index)) > PARAGRAPH_LENGTH:
            break
        short.append(index)
    if len(short) >= SHORT_PARAGRAPHS:
        message = f"The article ends in {len(short)} short paragraphs; they may be related links."
        yield _note(page, short[-1], "long-tail", message)


def damage(page: Page) -> Iterator[Review]:
    """Question text that was decoded wrongly somewhere on its way."""
    for index in _in_text(page):
        if "\ufffd" in page.text(index):
            yield _note(page, index, "damaged-text", "A replacement character stands for what could not be decoded.")


CHECKS: tuple[Callable[[Page], Iterator[Review]], ...] = (
    missing,
    headings,
    pictures,
    related,
    repeated,
    after_end,
    long_tail,
    damage,
)


def review(page: Page) -> tuple[Review, ...]:
    """Return every note on a zoned page, by line."""
    notes = [note for check in CHECKS for note in check(page)]
    return tuple(sorted(notes, key=lambda note: note.line))
