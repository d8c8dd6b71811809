"""Zone the lines of a page by rules, most certain first; a line belongs to the first rule that claims it.

The order matters. Images, dates, widgets and credits are known by themselves and must go before anything that goes by
place. Then the title is found, and what stands before it is no article. Two equal lines in a row are a related
headline (or a byline printed twice), and only as long as nobody removed duplicates before. Then comes what stands
after the article and between its paragraphs, and what is left is the body.
"""

from __future__ import annotations

from collections.abc import Callable

from vinese.checks.personal import personal_data
from vinese.ingest import heuristics
from vinese.ingest.dates import is_date
from vinese.ingest.layout import find_title
from vinese.ingest.lists import (
    HEADING_LENGTH,
    MENU_LINES,
    cut_teasers,
    end_of_article,
    inner_lists,
    menus,
    repeats,
    tail,
    teasers,
)
from vinese.ingest.page import Page
from vinese.ingest.resuming import PICTURES, TEASED_WORDS

LEAD_LENGTH = 350
CAPTION_WORDS = 20
CAPTION_FROM = 8
TWICE_WORDS = 40
UNSTOPPED_LEAD = 18
LABELS = ((5, "widget"), (UNSTOPPED_LEAD, "related_headline"))


def by_form(page: Page) -> None:
    """Claim the lines that are known by themselves."""
    kinds: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("image", heuristics.is_image),
        ("date", is_date),
        ("widget", heuristics.is_widget),
        ("widget", heuristics.is_footer),
        ("topic_tag", heuristics.is_tags),
        ("date", heuristics.is_dated),
        ("credit", heuristics.is_credit),
        ("image_alt", heuristics.is_alt),
        ("related_headline", heuristics.is_pointer),
        ("caption", heuristics.is_caption),
    )
    for index, line in enumerate(page.lines):
        if len(line.text) > heuristics.FORM_LENGTH:
            continue
        for zone, looks_so in kinds:
            if looks_so(line.text):
                page.claim(index, zone)
                break


def contacts(page: Page) -> None:
    """Claim the lines that hold an address or a number: a byline or an imprint, and never part of the text."""
    for index in page.all_free():
        if personal_data(page.text(index)):
            page.claim(index, "byline" if heuristics.is_byline(page.text(index)) else "widget")


def title(page: Page) -> None:
    """Claim the title, what stands before it as a menu, and the buttons below it."""
    found = find_title(page)
    if "title" in page.zones:  # markup told it
        page.text_end = found.text_end
        _label_head(page, page.zones.index("title"), LABELS[:1])
        return
    choice, page.title_sure, page.text_end = found.index, found.sure, found.text_end
    if choice is None:
        for index in range(next((i for i in page.all_free() if heuristics.ends_sentence(page.text(i))), 0)):
            if not heuristics.is_byline(page.text(index)):
                page.claim(index, "widget")
        return
    page.claim(choice, "title")
    for index in range(choice):
        page.claim(index, "widget")
    for index in (*range(choice), *range(choice + 1, len(page.lines))):
        if page.free(index) and page.text(index) == page.text(choice):
            page.claim(index, "widget")
    _label_head(page, choice, LABELS)


def _label_head(page: Page, title_index: int, labels: tuple[tuple[int, str], ...]) -> None:
    """Claim what stands between the title and running text, a button, or the headline of another page."""
    for index in range(title_index + 1, len(page.lines)):
        text = page.text(index)
        size = len(heuristics.words(text[:600]))
        if page.free(index) and (heuristics.ends_sentence(text) or size >= UNSTOPPED_LEAD):
            return
        zone = next((zone for below, zone in labels if size < below), None)
        if zone and page.free(index) and not heuristics.is_byline(text):
            page.claim(index, zone)


def alts(page: Page) -> None:
    """Claim what stands in for a picture: the title again with a number, or words that have lost their accents."""
    heading = next((line.text for line, zone in zip(page.lines, page.zones, strict=True) if zone == "title"), "")
    bare = heuristics.bare_words(heading)
    accented = sum(not line.text.isascii() for line in page.lines) > len(page.lines) / 2
    above = looked_at = 0  # lines of running text above, as far as was looked at
    for index in page.all_free():
        text = page.text(index)
        if len(text) > 2 * HEADING_LENGTH or heuristics.has_stop(text):
            continue
        short = heuristics.bare_words(heuristics.NUMBER.sub("", text))
        again = bool(bare) and len(short) > 10 and (bare.startswith(short) or short.startswith(bare))
        lost = accented and text.isascii() and len(heuristics.words(text)) >= 5
        captioned = page.zone(index + 1) == "caption"
        while captioned and looked_at < index:
            above += page.free(looked_at) and heuristics.is_running(page.text(looked_at))
            looked_at += 1
        # With no more than a lead above, it is too early for a subheading.
        shown = captioned and above <= 1 and not heuristics.ends_sentence(text)
        if again or (lost and (captioned or heuristics.NUMBER.search(text))) or shown:
            page.claim(index, "image_alt")


def captions(page: Page) -> None:
    """Claim the line after a picture where it has no full stop, or after its title a short one; and its credit."""
    for index in page.all_free():
        text, above = page.text(index), page.zone(index - 1)
        short = len(heuristics.words(text)) <= CAPTION_WORDS and ". " not in text
        unstopped = not heuristics.ends_sentence(text) and len(text) <= heuristics.FORM_LENGTH
        if (above in PICTURES and unstopped) or (above == "image_alt" and short and heuristics.has_stop(text)):
            page.claim(index, "caption")
        elif above == "caption" and len(text) <= 12 and text.isupper() and text.isalpha():
            page.claim(index, "credit")


def printed_twice(page: Page) -> None:
    """Claim a short sentence that stands twice in a row, once perhaps with more: a picture's text and caption."""
    for index in range(len(page.lines) - 1):
        text, below = page.text(index), page.text(index + 1)
        short = TEASED_WORDS <= len(heuristics.words(below[:600])) <= TWICE_WORDS and heuristics.has_stop(below)
        if page.free(index) and page.free(index + 1) and short and (text.endswith(below) or below.endswith(text)):
            page.claim(index, "image_alt")
            page.claim(index + 1, "caption")


def credited(page: Page) -> None:
    """Claim a short line with the name of an agency below it, where running text goes on: a caption."""
    for index in page.all_free():
        signed = page.zone(index + 1) == "credit" and not heuristics.names_origin(page.text(index + 1))
        goes_on = page.free(index + 2) and heuristics.is_running(page.text(index + 2))
        if signed and goes_on and len(heuristics.words(page.text(index)[:600])) <= CAPTION_WORDS:
            page.claim(index, "caption")


def bylines(page: Page) -> None:
    """Claim names: in the head before the first sentence, and as the article's last lines."""
    free = page.all_free()
    head = next((place for place, index in enumerate(free) if heuristics.ends_sentence(page.text(index))), len(free))
    for index in free[:head]:
        if heuristics.is_byline(page.text(index)):
            page.claim(index, "byline")
    end = end_of_article(page)
    while end < len(page.lines) and page.free(end) and heuristics.is_byline(page.text(end)):
        page.claim(end, "byline")
        end += 1
    last = [index for index in page.all_free() if index < end][-1:]
    if last and heuristics.is_byline(page.text(last[0])):
        page.claim(last[0], "byline")


def closing(page: Page) -> None:
    """Claim the last line where it is a name, or reads like the headline of another page."""
    free = page.all_free()
    if len(free) < MENU_LINES or heuristics.ends_sentence(page.text(free[-1])):
        return
    text = page.text(free[-1])
    if heuristics.is_byline(text):
        page.claim(free[-1], "byline")
    elif TEASED_WORDS <= len(heuristics.words(text[:600])) <= CAPTION_WORDS:
        page.claim(free[-1], "related_headline")


def lead(page: Page) -> None:
    """Claim the lead: the first sentence-like line of moderate length, if no picture stands before it."""
    for index in range(page.zones.index("title") if "title" in page.zones else 0, len(page.lines)):
        if page.zone(index) in ("caption", *PICTURES):
            return
        unstopped = len(heuristics.words(page.text(index)[:600])) >= UNSTOPPED_LEAD
        if page.free(index) and (unstopped or heuristics.ends_sentence(page.text(index))):
            if len(page.text(index)) <= LEAD_LENGTH:
                page.claim(index, "lead")
            return


def body(page: Page) -> None:
    """Claim the rest: short lines without a closing mark that have text below are subheadings, all else body."""
    free = page.all_free()
    for place, index in enumerate(free):
        text = page.text(index)
        heading = not heuristics.ends_sentence(text) and len(text) <= HEADING_LENGTH and not heuristics.is_item(text)
        if heading and page.zone(index - 1) == "lead" and len(heuristics.words(text)) >= CAPTION_FROM:
            page.claim(index, "caption")
        page.claim(index, "subheading" if heading and place + 1 < len(free) else "body")


RULES: tuple[Callable[[Page], None], ...] = (
    by_form,
    contacts,
    title,
    repeats,
    cut_teasers,
    alts,
    captions,
    printed_twice,
    credited,
    bylines,
    inner_lists,
    tail,
    menus,
    teasers,
    closing,
    lead,
    body,
)


def zone_by_rules(page: Page) -> None:
    """Give every line of `page` its zone."""
    for rule in RULES:
        rule(page)
