"""Check one article against what every article promises; each check is a generator of issues.

What is wrong in the article stands at a JSON Pointer into it; `check_article` runs them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vinese.core.files import text_digest
from vinese.core.issues import Issue, issue
from vinese.model.records import Article, Sentence, Zone
from vinese.text.normalise import fold, is_clean

ARTICLE_ID = re.compile("[a-z0-9][a-z0-9-]{0,63}")
TEXT_ZONES = ("title", "lead", "subheading", "body")
ZONE_TYPES = (
    *TEXT_ZONES,
    *("byline", "date", "caption", "credit", "topic_tag"),
    *("image", "image_alt", "related_headline", "related_teaser", "widget"),
)


def check_article(article: Article, raw: str | None = None) -> Iterator[Issue]:
    """Yield what is wrong with an article; `raw` is its raw page, decoded, or None where that is not at hand."""
    yield from check_article_id(article)
    yield from check_article_text(article)
    yield from check_article_sentences(article)
    yield from check_article_zones(article)
    if raw is not None:
        yield from check_article_raw(article, raw)


def check_article_id(article: Article) -> Iterator[Issue]:
    """Report an id that cannot be one."""
    if not ARTICLE_ID.fullmatch(article.id):
        yield issue("article-id", article_id=article.id, pointer="/id", id=article.id)


def check_article_text(article: Article) -> Iterator[Issue]:
    """Report text that is empty or not clean, and a hash that is not the text's."""
    if not is_clean(article.text):
        yield issue(
            "article-text-unclean", article_id=article.id, pointer="/text", where=_first_unclean(article.text)
        )
    if text_digest(article.text) != article.text_sha256:
        yield issue("article-hash", article_id=article.id, pointer="/text_sha256")


def _first_unclean(text: str) -> str:
    """Return in words where `text` stops being clean."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            return f"line {number} is empty"
        clean = fold(line)
        if clean != line:
            same = next((i for i, (a, b) in enumerate(zip(line, clean, strict=False)) if a != b), len(clean))
            return (
                f"line {number}, code point {min(same, len(line) - 1)} (U+{ord(line[min(same, len(line) - 1)]):04X})"
            )
    return "nowhere"


def check_article_sentences(article: Article) -> Iterator[Issue]:
    """Report sentences that lie outside the text, overlap, cross a line, have edge spaces, or leave text out."""
    problem = first_sentence_problem(article.text, article.sentences)
    if problem is not None:
        pointer, start, end = problem
        yield issue("article-sentences", article_id=article.id, pointer=pointer, span=f"[{start}, {end})")


def check_article_zones(article: Article) -> Iterator[Issue]:
    """Report zones of no known type, out of order, or that do not make up the text line by line."""
    problem = first_zone_problem(article.text, article.zones, article.raw.chars)
    if problem is not None:
        yield issue("article-zones", article_id=article.id, pointer=problem[0], reason=problem[1])


def check_article_raw(article: Article, raw: str) -> Iterator[Issue]:
    """Report a raw file that is another one, and zones that do not trace to it."""
    if text_digest(raw) != article.raw.sha256 or len(raw) != article.raw.chars:
        yield issue("article-raw-differs", article_id=article.id, pointer="/raw", raw=article.raw.file)
        return
    reached = 0
    for index, zone in enumerate(article.zones):
        pointer = f"/zones/{index}"
        if fold(raw[reached : zone.raw_start]):
            missed = fold(raw[reached : zone.raw_start])[:60]
            yield issue("article-zone-missing", article_id=article.id, pointer=pointer, text=missed)
        if zone.start is not None and fold(raw[zone.raw_start : zone.raw_end]) != article.text[zone.start : zone.end]:
            yield issue("article-zone-trace", article_id=article.id, pointer=pointer, start=zone.start, end=zone.end)
        reached = zone.raw_end
    if fold(raw[reached:]):
        missed = fold(raw[reached:])[:60]
        yield issue("article-zone-missing", article_id=article.id, pointer="/zones", text=missed)


def first_sentence_problem(text: str, sentences: Sequence[Sentence]) -> tuple[str, int, int] | None:
    """Return where sentences stop parting `text`, as a pointer and a span; None if they part it.

    They do if none lies outside it, overlaps another, crosses a line or has spaces at its edges, and no text is left.
    """
    reached = 0
    for index, sentence in enumerate(sentences):
        part = text[sentence.start : sentence.end]
        sound = reached <= sentence.start < sentence.end <= len(text)
        if not sound or text[reached : sentence.start].strip() or part != part.strip() or "\n" in part:
            return f"/sentences/{index}", sentence.start, sentence.end
        reached = sentence.end
    return ("/sentences", reached, len(text)) if text[reached:].strip() else None


def first_zone_problem(text: str, zones: Sequence[Zone], raw_chars: int | None = None) -> tuple[str, str] | None:
    """Return the pointer of the first zone that cannot be, and why; None if they make up `text` line by line.

    `raw_chars` is the length of the raw page, where that is at hand.
    """
    at = raw_at = 0
    for index, zone in enumerate(zones):
        reason = _raw_problem(zone, raw_at, raw_chars) or _zone_problem(zone, at, text)
        if reason:
            return f"/zones/{index}", reason
        raw_at = zone.raw_end
        at = zone.end + 1 if zone.end is not None else at
    if at != len(text) + 1:
        return "/zones", f"the zones make up {max(at - 1, 0)} of the text's {len(text)} code points"
    return None


def _raw_problem(zone: Zone, raw_at: int, raw_chars: int | None) -> str:
    """Return what is wrong with the type and the raw side of a zone; empty where nothing is."""
    if zone.type not in ZONE_TYPES:
        return f"{zone.type!r} is no zone type"
    if not raw_at <= zone.raw_start < zone.raw_end or (raw_chars is not None and zone.raw_end > raw_chars):
        return f"raw [{zone.raw_start}, {zone.raw_end}) is empty, out of order or outside the raw file"
    return ""


def _zone_problem(zone: Zone, at: int, text: str) -> str:
    """Return what is wrong with a zone that should begin at `at` in the text; empty where nothing is."""
    if zone.type not in TEXT_ZONES:
        return "" if zone.start is None and zone.end is None else f"a zone {zone.type} is no part of the text"
    if zone.start != at or zone.end is None or not at < zone.end <= len(text):
        return f"[{zone.start}, {zone.end}) does not continue the text at {at}"
    if "\n" in text[at : zone.end] or text[zone.end : zone.end + 1] not in ("", "\n"):
        return f"[{zone.start}, {zone.end}) is not one whole line of the text"
    return ""
