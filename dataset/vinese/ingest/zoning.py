"""Zone the lines of a page by rules, most certain first; a line belongs to the first rule that claims it.

The order matters. Images, dates, widgets and credits are known by themselves and must go before anything that goes by
place. Two equal lines in a row are a related headline (or a byline printed twice), and only as long as nobody removed
duplicates before. Then comes what stands after the article, then the head, and what is left is the body.
"""

from __future__ import annotations

from collections.abc import Callable

from vinese.ingest import heuristics
from vinese.ingest.page import Page

PICTURES = ("image", "image_alt")
LEAD_LENGTH = 350
PARAGRAPH_LENGTH = 200
HEADING_LENGTH = 120
TAG_LENGTH = 60


def by_form(page: Page) -> None:
    """Claim the lines that are known by themselves."""
    kinds: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("image", heuristics.is_image),
        ("date", heuristics.is_date),
        ("widget", heuristics.is_widget),
        ("credit", heuristics.is_credit),
        ("image_alt", heuristics.is_alt),
        ("caption", heuristics.is_caption),
    )
    for index, line in enumerate(page.lines):
        for zone, looks_so in kinds:
            if looks_so(line.text):
                page.claim(index, zone)
                break


def repeats(page: Page) -> None:
    """Claim pairs of equal lines: a byline or title printed twice, or a related headline with its teaser."""
    for index in range(len(page.lines) - 1):
        text = page.text(index)
        if not (page.free(index) and page.free(index + 1) and text == page.text(index + 1)) or heuristics.has_stop(
            text
        ):
            continue
        if heuristics.is_name(text):
            first = second = "byline"
        elif index == 0:
            first, second = "title", "widget"
        else:
            first = second = "related_headline"
            if page.text(index + 2) != page.text(index + 3):
                page.claim(index + 2, "related_teaser")
        page.claim(index, first)
        page.claim(index + 1, second)


def cut_teasers(page: Page) -> None:
    """Claim teasers cut short with dots, and the headline above each."""
    for index in range(1, len(page.lines)):
        if heuristics.is_cut(page.text(index)) and (page.free(index) or page.zone(index) == "related_teaser"):
            page.claim(index, "related_teaser")
            if not heuristics.has_stop(page.text(index - 1)):
                page.claim(index - 1, "related_headline")


def title(page: Page) -> None:
    """Claim the title: the first line of its own, without a full stop, before any picture or text."""
    for index in range(len(page.lines)):
        if page.zone(index) in ("title", "caption", "related_headline", *PICTURES):
            return
        if not page.free(index):
            continue
        text = page.text(index)
        if heuristics.has_stop(text) or len(text) > 2 * HEADING_LENGTH:
            return
        if heuristics.is_name(text):
            page.claim(index, "byline")
            continue
        page.claim(index, "title")
        return


def captions(page: Page) -> None:
    """Claim the line after a picture where it has no full stop, and its credit."""
    for index in page.all_free():
        if page.zone(index - 1) in PICTURES and not heuristics.ends_sentence(page.text(index)):
            page.claim(index, "caption")
        elif page.zone(index - 1) == "caption" and _is_acronym(page.text(index)):
            page.claim(index, "credit")


def _is_acronym(text: str) -> bool:
    """Return whether the line is one word in capitals."""
    return len(text) <= 12 and text.isupper() and text.isalpha()


def alts(page: Page) -> None:
    """Claim a line without a full stop before a caption: what a picture shows where it is not loaded."""
    for index in page.all_free():
        if page.zone(index + 1) == "caption" and not heuristics.ends_sentence(page.text(index)):
            page.claim(index, "image_alt")


def end_of_article(page: Page) -> int:
    """Return the first line after the article as far as markers tell; the page's length where none does."""
    begun = False
    for index, line in enumerate(page.lines):
        if heuristics.ends_article(line.text) and page.zone(index) in (None, "lead", "body"):
            return index + 1
        if begun and (heuristics.is_tail_marker(line.text) or _closes(page, index)):
            return index
        begun = begun or heuristics.has_stop(line.text)
    return len(page.lines)


def _closes(page: Page, index: int) -> bool:
    """Return whether a line is the credit of an article, not of a picture."""
    return heuristics.is_closing_credit(page.text(index)) and page.zone(index - 1) not in (*PICTURES, "caption")


def bylines(page: Page) -> None:
    """Claim names: in the head before the first sentence, and as the article's last lines."""
    free = page.all_free()
    head = next((place for place, index in enumerate(free) if heuristics.ends_sentence(page.text(index))), len(free))
    for index in free[:head]:
        if heuristics.is_name(page.text(index)):
            page.claim(index, "byline")
    end = end_of_article(page)
    while end < len(page.lines) and page.free(end) and heuristics.is_name(page.text(end)):
        page.claim(end, "byline")
        end += 1
    last = [index for index in page.all_free() if index < end][-1:]
    if last and heuristics.is_name(page.text(last[0])):
        page.claim(last[0], "byline")


def tail(page: Page) -> None:
    """Claim what follows the article: headlines, teasers, tags; what is as long as a paragraph is left alone."""
    end = end_of_article(page)
    for index in [index for index in page.all_free() if index >= end]:
        text = page.text(index)
        follows = page.zone(index - 1) == "related_headline"
        if len(text) > PARAGRAPH_LENGTH and heuristics.has_stop(text):
            continue
        if heuristics.has_stop(text) or (follows and heuristics.ends_sentence(text)):
            page.claim(index, "related_teaser")
        elif len(text) <= TAG_LENGTH and not (
            page.free(index + 1) and heuristics.ends_sentence(page.text(index + 1))
        ):
            page.claim(index, "topic_tag")
        else:
            page.claim(index, "related_headline")


def lead(page: Page) -> None:
    """Claim the lead: the first sentence-like line of moderate length, if no picture stands before it."""
    for index in range(len(page.lines)):
        if page.zone(index) in ("caption", *PICTURES):
            return
        if page.free(index) and heuristics.ends_sentence(page.text(index)):
            if len(page.text(index)) <= LEAD_LENGTH:
                page.claim(index, "lead")
            return


def body(page: Page) -> None:
    """Claim the rest: short lines without a closing mark that have text below are subheadings, all else body."""
    free = page.all_free()
    for place, index in enumerate(free):
        heading = not heuristics.ends_sentence(page.text(index)) and len(page.text(index)) <= HEADING_LENGTH
        page.claim(index, "subheading" if heading and place + 1 < len(free) else "body")


RULES: tuple[Callable[[Page], None], ...] = (
    by_form,
    repeats,
    cut_teasers,
    title,
    captions,
    alts,
    bylines,
    tail,
    lead,
    body,
)


def zone_by_rules(page: Page) -> None:
    """Give every line of `page` its zone."""
    for rule in RULES:
        rule(page)
