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
from vinese.ingest.layout import find_title
from vinese.ingest.page import Page

PICTURES = ("image", "image_alt")
LEAD_LENGTH = 350
PARAGRAPH_LENGTH = 200
HEADING_LENGTH = 120
TAG_WORDS = 6
CAPTION_WORDS = 20
CAPTION_FROM = 8
UNSTOPPED_LEAD = 18
SHORT_LABEL = 5
MENU_LINES = 3
RESUMING_WORDS = 15
TEASED_WORDS = 7


def by_form(page: Page) -> None:
    """Claim the lines that are known by themselves."""
    kinds: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("image", heuristics.is_image),
        ("date", heuristics.is_date),
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
    """Claim the title and what stands before it: names are bylines if they stand right above it, all else menus."""
    found = find_title(page)
    if "title" in page.zones:  # markup told it
        page.text_end = found.text_end
        _label_head(page, page.zones.index("title"))
        return
    choice, page.title_sure, page.text_end = found.index, found.sure, found.text_end
    if choice is None:
        for index in range(next((i for i in page.all_free() if heuristics.ends_sentence(page.text(i))), 0)):
            if not heuristics.is_byline(page.text(index)):
                page.claim(index, "widget")
        return
    page.claim(choice, "title")
    _label_head(page, choice)
    for index in range(choice - 1, -1, -1):
        text = page.text(index)
        near = all(page.zone(place) in ("byline", "date") for place in range(index + 1, choice))
        page.claim(
            index, "byline" if near and heuristics.is_byline(text) and len(heuristics.words(text)) > 1 else "widget"
        )
    for index in (*range(choice), *range(choice + 1, len(page.lines))):
        if page.free(index) and page.text(index) == page.text(choice):
            page.claim(index, "widget")


def _label_head(page: Page, title_index: int) -> None:
    """Claim what stands between the title and running text: buttons, or a lead that has no full stop."""
    for index in range(title_index + 1, len(page.lines)):
        text = page.text(index)
        size = len(heuristics.words(text[:600]))
        if page.free(index) and (heuristics.ends_sentence(text) or size >= UNSTOPPED_LEAD):
            return
        if page.free(index) and size < SHORT_LABEL and not heuristics.is_byline(text):
            page.claim(index, "widget")


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


def alts(page: Page) -> None:
    """Claim what stands in for a picture: the title again with a number, or words that have lost their accents."""
    heading = next((line.text for line, zone in zip(page.lines, page.zones, strict=True) if zone == "title"), "")
    bare = heuristics.plain(heading)
    accented = sum(not line.text.isascii() for line in page.lines) > len(page.lines) / 2
    for index in page.all_free():
        text = page.text(index)
        if len(text) > 2 * HEADING_LENGTH or heuristics.has_stop(text):
            continue
        short = heuristics.plain(heuristics.NUMBER.sub("", text))
        again = bool(bare) and len(short) > 10 and (bare.startswith(short) or short.startswith(bare))
        lost = accented and text.isascii() and len(heuristics.words(text)) >= 5
        shown = page.zone(index + 1) == "caption" and _before_body(page, index) and not heuristics.ends_sentence(text)
        if again or (lost and (page.zone(index + 1) == "caption" or heuristics.NUMBER.search(text))) or shown:
            page.claim(index, "image_alt")


def _before_body(page: Page, index: int) -> bool:
    """Return whether no more than a lead stands above the line: too early for a subheading."""
    above = [place for place in range(index) if page.free(place) and heuristics.is_running(page.text(place))]
    return len(above) <= 1


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


def end_of_article(page: Page) -> int:
    """Return the first line after the article as far as markers tell; the page's length where none does."""
    begun = False
    for index, line in enumerate(page.lines):
        if heuristics.ends_article(line.text) and page.zone(index) in (None, "lead", "body"):
            return index + 1
        marked = heuristics.is_tail_marker(line.text) or heuristics.is_tags(line.text) or _imprint(page, index)
        if begun and (marked or _closes(page, index)) and not _resumes(page, index):
            return index
        begun = begun or (page.zone(index) in (None, "lead", "body") and heuristics.has_stop(line.text))
    return len(page.lines)


def _imprint(page: Page, index: int) -> bool:
    """Return whether a line begins the imprint of a newspaper."""
    return page.zone(index) == "widget" and heuristics.is_footer(page.text(index))


def _closes(page: Page, index: int) -> bool:
    """Return whether a line is the credit of an article, not of a picture."""
    return heuristics.is_closing_credit(page.text(index)) and page.zone(index - 1) not in (*PICTURES, "caption")


def _resumes(page: Page, index: int) -> bool:
    """Return whether running text goes on after a list in the middle that the line at `index` heads."""
    if _imprint(page, index):
        return False
    place = _resumption(page, index)
    if heuristics.heads_comments(page.text(index)):  # a button above the text, or what readers wrote below it
        return place is not None and not any(page.free(between) for between in range(index + 1, place))
    return place is not None


def _resumption(page: Page, marker: int) -> int | None:
    """Return the line at which running text goes on below a marker.

    That is the first of two paragraphs in a row, as no teasers stand; or below headlines without teasers the first.
    """
    paragraphs: list[int] = []
    bare = all(page.free(index) and not heuristics.has_stop(page.text(index)) for index in (marker + 1, marker + 2))
    for index in range(marker + 1, len(page.lines)):
        text = page.text(index)
        if heuristics.heads_comments(text) or _imprint(page, index) or _closes(page, index):
            return None
        if not page.free(index):
            if page.zone(index) not in ("caption", "credit", *PICTURES):
                paragraphs.clear()
        elif heuristics.is_running(text) and len(heuristics.words(text[:600])) >= RESUMING_WORDS:
            paragraphs.append(index)
            if len(paragraphs) == 2 or (bare and (index <= page.text_end or _heads_on(page, index + 1))):
                return paragraphs[0]
            bare = False
        else:
            paragraphs.clear()
    return None


def _heads_on(page: Page, index: int) -> bool:
    """Return whether a line is a subheading by its length, with running text below."""
    return (
        page.free(index)
        and not heuristics.ends_sentence(page.text(index))
        and len(heuristics.words(page.text(index))) < TEASED_WORDS
        and page.free(index + 1)
        and heuristics.is_running(page.text(index + 1))
    )


def inner_lists(page: Page) -> None:
    """Claim the list of related pages below each marker between two stretches of running text."""
    end = end_of_article(page)
    for index in range(page.zones.index("title") + 1 if "title" in page.zones else 0, end):
        if not (heuristics.is_tail_marker(page.text(index)) or heuristics.is_tags(page.text(index))):
            continue
        resumption = _resumption(page, index)
        for place in range(index + 1, resumption or index + 1):
            stop = heuristics.has_stop(page.text(place))
            page.claim(place, "related_teaser" if stop else "related_headline")


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


def tail(page: Page) -> None:
    """Claim what follows the article: headlines, teasers, tags; what is as long as a paragraph is left alone."""
    end = end_of_article(page)
    below = any(
        heuristics.heads_comments(page.text(index)) or _imprint(page, index)
        for index in range(end, min(end + 1, len(page.lines)))
    )
    for index in [index for index in page.all_free() if index >= end]:
        text = page.text(index)
        follows = page.zone(index - 1) == "related_headline"
        below = below or heuristics.heads_comments(page.text(index - 1)) or _imprint(page, index - 1)
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
        if index < len(page.lines) and page.zones[index] in ("widget", "related_headline", "topic_tag"):
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


def lead(page: Page) -> None:
    """Claim the lead: the first sentence-like line of moderate length, if no picture stands before it."""
    for index in range(page.zones.index("title") if "title" in page.zones else 0, len(page.lines)):
        if page.zone(index) in ("caption", *PICTURES):
            return
        unstopped = len(heuristics.words(page.text(index))) >= UNSTOPPED_LEAD
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
    bylines,
    inner_lists,
    tail,
    menus,
    teasers,
    lead,
    body,
)


def zone_by_rules(page: Page) -> None:
    """Give every line of `page` its zone."""
    for rule in RULES:
        rule(page)
