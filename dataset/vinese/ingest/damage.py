"""Tell a page that no rule of ours should read: in another language, decoded wrongly, or with its tags left in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vinese.core.issues import Issue, issue

ENOUGH_WORDS = 20
"""Of fewer words nothing is said."""
FEWEST_ACCENTED = 0.2
"""At least so many of the words of a Vietnamese text have a letter that no other language has; most have half."""
MOST_DAMAGE = 0.01
TAGGED_LINES = 3
SAMPLE = 200_000
"""So many characters of a page are looked at."""

_ACCENTED = re.compile("[ăâđêôơưĩũ\u1ea0-\u1ef9]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_SECOND_BYTE = "[\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
MOJIBAKE = re.compile(rf"[ÃÄÆ]{_SECOND_BYTE}|á[º»]|Â[\xa0-\xbf]|â€")
"""UTF-8 that was read as Latin-1 or Windows-1252: the first byte of a Vietnamese letter, and one that follows it."""
MARKUP = re.compile(
    r"</?(?:p|br|b|i|em|strong|a|div|span|h[1-6]|img|ul|li|figure|table|td|tr)\b[^<>]*>|&(?:[a-zA-Z]{2,8}"
    r"|#\d{2,5}|#x[0-9a-fA-F]{2,5});"
)
_TAGGED = re.compile(
    r"(?m)^\s*</?(?:p|br|div|h[1-6]|ul|li|table|article|section|figure|html|body)\b[^<>\n]*>", re.IGNORECASE
)


def has_tags(text: str) -> bool:
    """Return whether HTML's tags stand at the beginning of several lines: a page, or a piece of one."""
    return len(_TAGGED.findall(text[:SAMPLE])) >= TAGGED_LINES


def damage_of(text: str, *, file: str, article_id: str) -> Iterator[Issue]:
    """Yield why the text of an article is not to be trusted: a wrong encoding, another language."""
    text = text[:SAMPLE]
    word_list = _WORD.findall(text)
    if len(word_list) < ENOUGH_WORDS:
        return
    lost, misread = text.count("\ufffd"), len(MOJIBAKE.findall(text))
    if max(lost, misread) > max(1, MOST_DAMAGE * len(word_list)):
        what = f"{lost} characters could not be decoded" if lost >= misread else "UTF-8 was read as another encoding"
        yield issue("raw-damaged", file=file, article_id=article_id, reason=what)
        return
    share = sum(bool(_ACCENTED.search(word)) for word in word_list) / len(word_list)
    if share < FEWEST_ACCENTED:
        yield issue("raw-language", file=file, article_id=article_id, percent=round(100 * share))
