"""Note where the rules had to guess, so that a person looks before anybody labels the article.

Each check looks at a page whose every line has its zone, and yields a note for a line that may have another. A page
without notes need not be right; a page that the rules are known to get wrong sometimes must not be without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vinese.checks.article import TEXT_ZONES
from vinese.checks.personal import personal_data
from vinese.ingest import heuristics
from vinese.ingest.dates import iso_time
from vinese.ingest.lists import PARAGRAPH_LENGTH, end_of_article
from vinese.ingest.metadata import date_line, is_near
from vinese.ingest.page import MARKUP, MOJIBAKE, Page
from vinese.ingest.resuming import PICTURES
from vinese.model.records import Review

SHORT_PARAGRAPHS = 6
SHORT_SENTENCE = 9
DROPPED_WORDS = 15
LONGEST_LINE = 5000


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


def head(page: Page) -> Iterator[Review]:
    """Question a title that another line may be, and running text that was left out above it."""
    if "title" not in page.zones:
        return
    title = page.zones.index("title")
    if not page.title_sure:
        yield _note(page, title, "title-guessed", "Another line has nearly as much for it as this title.")
    for index in range(title):
        text = page.text(index)
        if page.zones[index] == "widget" and _is_paragraph(text):
            yield _note(page, index, "text-before-title", "Running text above the title is left out.")


def _is_paragraph(text: str) -> bool:
    """Return whether a line reads as a paragraph of an article."""
    return heuristics.is_running(text) and len(heuristics.words(text)) >= DROPPED_WORDS


def dates(page: Page) -> Iterator[Review]:
    """Question a date that does not stand next to the title, and two that name different days."""
    choice = date_line(page)
    if choice is None:
        return
    if not is_near(page, choice):
        yield _note(
            page, choice, "date-far", "The date does not stand next to the title; it may be of the day of scraping."
        )
    end = max(_in_text(page), default=-1)
    day = (iso_time(page.text(choice)) or "")[:10]
    for index in range(end):
        other = iso_time(page.text(index)) if page.zones[index] == "date" else None
        if other and other[:10] != day:
            yield _note(
                page, index, "dates-differ", "The page states more than one day; the one next to the title is taken."
            )


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
    """Question a short paragraph by itself or after a picture, a caption without a credit, a credit inside a line."""
    text = _in_text(page)
    for index in text:
        line = page.text(index)
        if page.zone(index - 1) in PICTURES and len(line) <= PARAGRAPH_LENGTH:
            yield _note(page, index, "caption-or-body", "A sentence right after a picture; it may be its caption.")
        elif page.zone(index) == "body" and text[0] < index < text[-1] and _is_short_sentence(line):
            yield _note(page, index, "caption-or-body", "One short sentence by itself; it may be a caption.")
        if heuristics.has_inner_credit(line):
            yield _note(page, index, "caption-in-text", "The credit of a picture stands inside the line.")
    for index, zone in enumerate(page.zones):
        line = page.text(index)
        if zone == "caption" and page.zone(index - 1) == "lead" and not heuristics.is_caption(line):
            yield _note(page, index, "caption-or-subheading", "Between lead and text; a caption by its place alone.")
        elif zone == "caption" and heuristics.has_stop(line) and not heuristics.is_caption(line):
            yield _note(page, index, "caption-or-body", "A caption by its place alone; it may be a paragraph.")


def _is_short_sentence(text: str) -> bool:
    """Return whether a line is one short sentence that nobody says."""
    return (
        heuristics.has_stop(text)
        and len(heuristics.words(text)) <= SHORT_SENTENCE
        and text[:1].isupper()
        and ". " not in text
    )


def left_out(page: Page) -> Iterator[Review]:
    """Question what was left out between the first and the last line of the text."""
    text = _in_text(page)
    title = page.text(page.zones.index("title") if "title" in page.zones else -1)
    for index in range(text[0] + 1, text[-1]) if text else ():
        line = page.text(index)
        if page.zones[index] == "widget" and not (heuristics.is_widget(line) or heuristics.is_footer(line)):
            if personal_data(line):
                if _is_paragraph(line):
                    yield _note(
                        page, index, "contact-left-out", "A paragraph with an address or a number is left out."
                    )
            elif line != title:
                yield _note(
                    page, index, "menu-or-list", "Short lines in a row are left out as a menu; they may be a list."
                )


def related(page: Page) -> Iterator[Review]:
    """Question related links that were not printed as a pair of equal headlines and a short teaser."""
    alone = []
    for index, line in enumerate(page.lines):
        zone, above = page.zones[index], page.text(index - 1)
        if heuristics.is_pointer(line.text):
            continue
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
    text = _in_text(page)
    for index in text:
        if index >= end:
            yield _note(page, index, "text-after-end", "A paragraph below what seemed to end the article.")
    for index in range(text[0], text[-1]) if text else ():
        line = page.text(index)
        if heuristics.is_tail_marker(line) and not heuristics.heads_comments(line):
            yield _note(
                page, index, "text-after-list", "A list of other pages, it seems, and text that goes on below it."
            )
        elif page.zones[index] == "credit" and heuristics.names_origin(line):
            yield _note(page, index, "text-after-credit", "Text goes on below what the article goes by.")


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
    """Question text that was decoded wrongly somewhere on its way, or has tags and entities left."""
    for index in _in_text(page):
        text = page.text(index)
        if "\ufffd" in text:
            yield _note(page, index, "damaged-text", "A replacement character stands for what could not be decoded.")
        elif MOJIBAKE.search(text):
            yield _note(page, index, "damaged-text", "UTF-8 seems to have been read as another encoding.")
        if MARKUP.search(text):
            yield _note(page, index, "markup-left", "A tag or entity of HTML is left in the text.")
        if len(text) > LONGEST_LINE:
            yield _note(page, index, "lines-joined", "A line as long as an article; its line breaks seem to be lost.")


CHECKS: tuple[Callable[[Page], Iterator[Review]], ...] = (
    missing,
    head,
    dates,
    headings,
    pictures,
    left_out,
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
