"""Claim what a page shows of other pages: related headlines and teasers, menus, and all that follows the article."""

from __future__ import annotations

from vinese.ingest import heuristics
from vinese.ingest.page import Page
from vinese.ingest.resuming import PICTURES, TEASED_WORDS, Resuming, closes, imprint

PARAGRAPH_LENGTH = 200
HEADING_LENGTH = 120
TAG_WORDS = 6
MENU_LINES = 3
BETWEEN_LINKS = ("widget", "related_headline", "topic_tag", "date", *PICTURES)


def repeats(page: Page) -> None:
    """Claim pairs of equal lines: a byline printed twice, or a related headline with its teaser."""
    for index in range(len(page.lines) - 1):
        text = page.text(index)
        if not (page.free(index) and page.free(index + 1) and text == page.text(index + 1)) or heuristics.has_stop(
            text
        ):
            continue
        if heuristics.is_name(text):
            zone = "byline"
        else:
            zone = "related_headline"
            if page.text(index + 2) != page.text(index + 3):
                page.claim(index + 2, "related_teaser")
        page.claim(index, zone)
        page.claim(index + 1, zone)


def cut_teasers(page: Page) -> None:
    """Claim teasers cut short with dots, and the headline above each."""
    for index in range(1, len(page.lines)):
        if heuristics.is_cut(page.text(index)) and (page.free(index) or page.zone(index) == "related_teaser"):
            page.claim(index, "related_teaser")
            if not heuristics.has_stop(page.text(index - 1)):
                page.claim(index - 1, "related_headline")


def end_of_article(page: Page) -> int:
    """Return the first line after the article as far as markers tell; the page's length where none does."""
    begun = False
    resuming: Resuming | None = None  # made for the first marker that asks for it
    running = above = -1  # the first free line of running text, and the last line above that is no button
    for index, line in enumerate(page.lines):
        if heuristics.ends_article(line.text) and page.zone(index) in (None, "lead", "body"):
            return index + 1
        marked = heuristics.is_tail_marker(line.text) or heuristics.is_tags(line.text) or imprint(page, index)
        if begun and (marked or closes(page, index)):
            closed = 0 <= running < above and _signed(page.text(above))
            if imprint(page, index) or closed:
                return index
            resuming = resuming or Resuming(page)
            if not _resumes(page, index, resuming):
                return index
        begun = begun or (page.zone(index) in (None, "lead", "body") and heuristics.has_stop(line.text))
        if running < 0 and page.free(index) and heuristics.is_running(line.text):
            running = index
        if page.zone(index) != "widget":
            above = index
    return len(page.lines)


def _signed(text: str) -> bool:
    """Return whether a line says whose the article was: a name, or an agency it goes by."""
    return heuristics.is_byline(text) or heuristics.names_origin(text)


def _resumes(page: Page, index: int, resuming: Resuming) -> bool:
    """Return whether running text goes on after a list in the middle that the line at `index` heads."""
    place = resuming.below(index)
    if heuristics.heads_comments(page.text(index)):  # a button above the text, or what readers wrote below it
        return place is not None and resuming.first_free(index + 1) >= place
    return place is not None


def inner_lists(page: Page) -> None:
    """Claim the list of related pages below each marker between two stretches of running text."""
    end = end_of_article(page)
    resuming, done = Resuming(page), 0
    for index in range(page.zones.index("title") + 1 if "title" in page.zones else 0, end):
        if not (heuristics.is_tail_marker(page.text(index)) or heuristics.is_tags(page.text(index))):
            continue
        resumption = resuming.below(index)
        if resumption is None or resumption <= done:
            continue  # what is above `done` has its zone from the marker before
        for place in range(max(index + 1, done), resumption):
            stop = heuristics.has_stop(page.text(place))
            page.claim(place, "related_teaser" if stop else "related_headline")
        resuming.look(index + 1, resumption)
        done = resumption


def tail(page: Page) -> None:
    """Claim what follows the article: headlines, teasers, tags; what is as long as a paragraph is left alone."""
    end = end_of_article(page)
    below = any(
        heuristics.heads_comments(page.text(index)) or imprint(page, index)
        for index in range(end, min(end + 1, len(page.lines)))
    )
    for index in [index for index in page.all_free() if index >= end]:
        text = page.text(index)
        follows = page.zone(index - 1) == "related_headline"
        below = below or heuristics.heads_comments(page.text(index - 1)) or imprint(page, index - 1)
        if len(text) > PARAGRAPH_LENGTH and heuristics.has_stop(text) and not below:
            continue
        if heuristics.has_stop(text) or (follows and heuristics.ends_sentence(text)):
            page.claim(index, "related_teaser")
        elif len(heuristics.words(text)) <= TAG_WORDS and not (
            page.free(index + 1) and heuristics.ends_sentence(page.text(index + 1))
        ):
            page.claim(index, "topic_tag")
        else:
            page.claim(index, "related_headline")


def menus(page: Page) -> None:
    """Claim runs of lines without a closing mark: three are a menu or a list of headlines, never subheadings.

    So are two, where both are as long as headlines, and any at the end of the page.
    """
    run: list[int] = []
    for index in range(len(page.lines) + 1):
        if index < len(page.lines) and page.free(index) and not _sentence_like(page.text(index)):
            run.append(index)
            continue
        if index < len(page.lines) and page.zones[index] in BETWEEN_LINKS:
            continue
        if run and page.text(run[0] - 1).endswith(":") and all(heuristics.is_item(page.text(place)) for place in run):
            run = []
        long = all(len(heuristics.words(page.text(place))) >= 8 for place in run)
        if len(run) >= MENU_LINES or (len(run) == 2 and long):
            for place in run:
                page.claim(place, "related_headline" if long else "widget")
        run = []


def _sentence_like(text: str) -> bool:
    """Return whether a line is no headline: it ends a sentence, or is as long as a paragraph."""
    return (
        heuristics.has_stop(text)
        or (text.endswith(":") and len(heuristics.words(text)) > 3)
        or (heuristics.ends_sentence(text) and len(heuristics.words(text)) > 12)
        or len(text) > 2 * HEADING_LENGTH
    )


def teasers(page: Page) -> None:
    """Claim headlines with a teaser each at the end of the page: three or more by turns, with nothing between."""
    free = page.all_free()
    pairs = 0
    while len(free) >= 2 * pairs + 2:
        head, teaser = page.text(free[-2 * pairs - 2]), page.text(free[-2 * pairs - 1])
        if heuristics.has_stop(head) or len(heuristics.words(head)) < TEASED_WORDS:
            break
        if not heuristics.has_stop(teaser) or len(teaser) > PARAGRAPH_LENGTH:
            break
        pairs += 1
    if pairs >= MENU_LINES:
        for place in range(len(free) - 2 * pairs, len(free), 2):
            page.claim(free[place], "related_headline")
            page.claim(free[place + 1], "related_teaser")
