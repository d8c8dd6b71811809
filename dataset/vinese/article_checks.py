"""Check one article against what every article promises; each check is a generator of issues.

What is wrong in the article stands at a JSON Pointer into it. `vinese.articles.check_article` runs them all.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from vinese.checks.parts import TEXT_ZONES, ZONE_TYPES, wrong_sentence, wrong_zone
from vinese.issues import issue
from vinese.text.normalise import fold, is_clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.issues import Issue
    from vinese.records import Article

__all__ = [
    "ARTICLE_ID",
    "TEXT_ZONES",
    "ZONE_TYPES",
    "check_id",
    "check_raw",
    "check_sentences",
    "check_text",
    "check_zones",
]

ARTICLE_ID = re.compile("[a-z0-9][a-z0-9-]{0,63}")


def check_id(article: Article) -> Iterator[Issue]:
    """Report an id that cannot be one."""
    if not ARTICLE_ID.fullmatch(article.id):
        yield issue("article-id", article_id=article.id, pointer="/id", id=article.id)


def check_text(article: Article) -> Iterator[Issue]:
    """Report text that is empty or not clean, and a hash that is not the text's."""
    if not is_clean(article.text):
        yield issue(
            "article-text-unclean", article_id=article.id, pointer="/text", where=_first_unclean(article.text)
        )
    if hashlib.sha256(article.text.encode(errors="surrogatepass")).hexdigest() != article.text_sha256:
        yield issue("article-hash", article_id=article.id, pointer="/text_sha256")


def _first_unclean(text: str) -> str:
    """Say in words where `text` stops being clean."""
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


def check_sentences(article: Article) -> Iterator[Issue]:
    """Report sentences that lie outside the text, overlap, cross a line, have edge spaces, or leave text out."""
    wrong = wrong_sentence(article.text, article.sentences)
    if wrong is not None:
        pointer, start, end = wrong
        yield issue("article-sentences", article_id=article.id, pointer=pointer, span=f"[{start}, {end})")


def check_zones(article: Article) -> Iterator[Issue]:
    """Report zones of no known type, out of order, or that do not make up the text line by line."""
    wrong = wrong_zone(article.text, article.zones, article.raw.chars)
    if wrong is not None:
        yield issue("article-zones", article_id=article.id, pointer=wrong[0], reason=wrong[1])


def check_raw(article: Article, raw: str) -> Iterator[Issue]:
    """Report a raw file that is another one, and zones that do not trace to it."""
    if hashlib.sha256(raw.encode()).hexdigest() != article.raw.sha256 or len(raw) != article.raw.chars:
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
